import childProcess, { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { once } from "../../../local/kernel/once";
import {
  BundleError,
  bundleHandler,
  bundleHandlers,
  bundleKey,
  optionsFor,
} from "../../../stacks/common/bundle";

const PROJECT = path.resolve(__dirname, "../../..");
const folder = mkdtempSync(path.join(tmpdir(), "bundled handlers "));

afterAll(() => rmSync(folder, { recursive: true }));

const GREETER = {
  "greeter/index.ts":
    'import { greet } from "./core";\n\nexport const handler = (name: string) => greet(name);\n',
  "greeter/core.ts": "export const greet = (name: string): string => `Hello ${name}.`;\n",
};

describe.each(["external", "internal"])("the bundle of %s", (handler) => {
  const bundle = bundleHandler(handler);

  it("is a folder with index.mjs, its source map and nothing else", () => {
    expect(path.isAbsolute(bundle)).toBe(true);
    expect(readdirSync(bundle).sort()).toEqual(["index.mjs", "index.mjs.map"]);
  });

  it("has a source map that leads to the project's own files", () => {
    const map = JSON.parse(readFileSync(path.join(bundle, "index.mjs.map"), "utf8"));
    const sources: string[] = map.sources;

    expect(sources).toContain(`../lambda-src/${handler}/index.ts`);
    expect(sources.filter((source) => !existsSync(path.join(PROJECT, "bundle", source)))).toEqual([]);
    expect(map).not.toHaveProperty("sourcesContent");
  });

  it("holds no absolute path", () => {
    const text = readdirSync(bundle).map((file) => readFileSync(path.join(bundle, file), "utf8"));

    for (const place of [PROJECT, homedir(), tmpdir()]) expect(text.join()).not.toContain(`${place}/`);
  });
});

describe("a handler's bundle", () => {
  it("is the same bytes on every run and in every folder", () => {
    const [here, there] = [project("here", GREETER), project("there with spaces", GREETER)];

    const bundles = [here, here, there].map((checkout) => bundleHandler("greeter", checkout));

    const [first, ...others] = bundles.map((bundle) => ({
      name: path.basename(bundle),
      code: readFileSync(path.join(bundle, "index.mjs"), "utf8"),
      map: readFileSync(path.join(bundle, "index.mjs.map"), "utf8"),
    }));
    expect(first?.code).toContain("Hello");
    expect(others).toEqual([first, first]);
  });

  it("is another folder as soon as the code is another, and the former one stays", () => {
    const checkout = project("there with spaces", GREETER);
    const former = bundleHandler("greeter", checkout);

    project("there with spaces", {
      "greeter/core.ts": GREETER["greeter/core.ts"].replace("Hello", "Welcome"),
    });
    const current = bundleHandler("greeter", checkout);

    expect(current).not.toBe(former);
    expect(readFileSync(path.join(current, "index.mjs"), "utf8")).toContain("Welcome");
    expect(readFileSync(path.join(former, "index.mjs"), "utf8")).toContain("Hello");
  });
});

describe("a CommonJS package that requires a module of Node.js", () => {
  const PACKAGE = {
    "common/old.cjs": 'module.exports = { joined: (name) => require("node:path").join("/", name) };\n',
    "greeter/index.ts": 'import old from "../common/old.cjs";\n\nexport const handler = old.joined;\n',
  };

  it("gets it, and no other bundle has what that takes", async () => {
    const code = (name: string, files: Readonly<Record<string, string>>) =>
      path.join(bundleHandler("greeter", project(name, files)), "index.mjs");
    const [plain, requiring] = [code("here", GREETER), code("with require", PACKAGE)];

    expect(readFileSync(plain, "utf8")).not.toContain("createRequire");
    const run = `import { handler } from ${JSON.stringify(requiring)}; console.log(handler("a"));`;
    // As a module: elsewhere `-e` has a global `require`.
    const words = ["--input-type=module", "-e", run];
    expect(childProcess.execFileSync(process.execPath, words, { encoding: "utf8" })).toBe("/a\n");
  });
});

describe("what was bundled once", () => {
  const shared = { "common/greeting.ts": 'export const greeting = "Hello";\n' };
  /** What esbuild would answer; it is the same, whatever it is asked. */
  const answer = [{ files: [{ name: "index.mjs", contents: "export const handler = 1;" }] }];

  /** How often esbuild was asked for. */
  function runs(checkout: string): { readonly count: number; readonly bundle: string } {
    const spawned = jest.spyOn(childProcess, "spawnSync").mockReturnValue({
      ...{ pid: 1, status: 0, signal: null, output: [] },
      ...{ stdout: JSON.stringify(answer), stderr: "" },
    });
    const bundle = bundleHandler("greeter", checkout);
    const count = spawned.mock.calls.length;
    spawned.mockRestore();
    return { count, bundle };
  }

  it("is found again without esbuild, and bundled anew where somebody removed it", () => {
    const checkout = project("kept", { ...GREETER, ...shared });

    const { count, bundle } = runs(checkout);
    expect(count).toBe(1);
    expect(runs(checkout)).toEqual({ count: 0, bundle });
    rmSync(bundle, { recursive: true });
    expect(runs(checkout)).toEqual({ count: 1, bundle });
    expect(readdirSync(bundle)).toContain("index.mjs");
  });

  it("is bundled in one run of esbuild for all handlers that need it", () => {
    const checkout = project("several", { ...GREETER, "other/index.ts": "export const handler = 1;\n" });
    const spawned = jest.spyOn(childProcess, "spawnSync");

    const bundles = bundleHandlers(["greeter", "other", "greeter"], checkout);
    const again = bundleHandlers(["other", "greeter"], checkout);

    expect(spawned).toHaveBeenCalledTimes(1);
    spawned.mockRestore();
    expect([...bundles.keys()]).toEqual(["greeter", "other"]);
    expect(new Map([...again].reverse())).toEqual(bundles);
    expect(bundleHandler("other", checkout)).toBe(bundles.get("other"));
  });

  it.each([
    [
      "a source of the handler",
      "lambda-src/greeter/core.ts",
      GREETER["greeter/core.ts"].replace("Hello", "Hi"),
    ],
    ["a source that handlers share", "lambda-src/common/greeting.ts", 'export const greeting = "Hi";\n'],
    ["a new source, which an import may mean now", "lambda-src/greeter/core/index.ts", "export {};\n"],
    ["the lock file", "package-lock.json", '{"lockfileVersion": 3}'],
    ["package.json", "package.json", '{"type": "module"}'],
    ["tsconfig.json", "tsconfig.json", '{"compilerOptions": {}}'],
  ])("is bundled anew after a change of %s", (what, file, content) => {
    const checkout = project(`changed ${what}`, { ...GREETER, ...shared });
    expect(runs(checkout).count).toBe(1);

    mkdirSync(path.dirname(path.join(checkout, file)), { recursive: true });
    writeFileSync(path.join(checkout, file), content);

    expect(runs(checkout).count).toBe(1);
    expect(runs(checkout).count).toBe(0);
  });

  it("is another one with other options, and the same in another checkout", () => {
    const [here, there] = [project("options here", GREETER), project("options there", GREETER)];
    const options = optionsFor("greeter", here);

    expect(bundleKey("greeter", here)).toBe(bundleKey("greeter", there));
    expect(bundleKey("greeter", here, { ...options, minify: false })).not.toBe(bundleKey("greeter", here));
    expect(bundleKey("other", here)).not.toBe(bundleKey("greeter", here));
    // Any other file in place of the one that runs esbuild.
    expect(bundleKey("greeter", here, options, __filename)).not.toBe(bundleKey("greeter", here));
  });
});

describe("handlers that do not compile", () => {
  const checkout = project("broken", {
    "syntax/index.ts": "export const handler = (\n",
    "file/index.ts": '\nimport "./missing";\n',
    "exported/index.ts": 'import { a } from "./core";\n\na();\n',
    "exported/core.ts": "export const b = 1;\n",
  });
  const error = once(() => errorOf(() => bundleHandlers(["syntax", "file", "exported", "nobody"], checkout)));

  it.each([
    ["a syntax error", "syntax", /lambda-src\/syntax\/index\.ts:2:0/],
    ["a missing file", "file", /Could not resolve "\.\/missing".*lambda-src\/file\/index\.ts:2:7/s],
    ["a missing export", "exported", /No matching export.*index\.ts:1:9/s],
    ["a handler that is not there", "nobody", /Could not resolve "lambda-src\/nobody\/index\.ts"/],
  ])("stop with esbuild's message, file and line, for each of them: %s", (_, handler, message) => {
    const [said = ""] = error()
      .message.split("\n\nlambda-src/")
      .filter((part) => part.includes(`${handler} cannot be bundled:\n`));

    expect(error()).toBeInstanceOf(BundleError);
    expect(said).toMatch(message);
  });

  it("leave nothing behind", () => {
    expect(error()).toBeInstanceOf(BundleError);
    expect(readdirSync(checkout)).toEqual(["lambda-src"]);
  });
});

describe("runs at the same time", () => {
  it("do not disturb each other: each finds every bundle whole, and no draft is left", async () => {
    const handlers = Array.from({ length: 8 }, (_, n) => `greeter${n}`);
    const checkout = project(
      "crowded",
      Object.fromEntries(
        handlers.map((name) => [`${name}/index.ts`, `export const handler = () => "${name}";\n`]),
      ),
    );

    const results = await bundleAtOnce(3, checkout, handlers);

    const cache = path.join(checkout, "node_modules/.cache/secure-lambda/bundles");
    expect(results[0]).toHaveLength(handlers.length);
    expect(results).toEqual(results.map(() => results[0]));
    expect(readdirSync(cache).map((name) => name.split("-")[0])).toEqual([...handlers].sort());
  }, 60_000);
});

function errorOf(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("it did not stop");
}

/** A checkout that has handlers and nothing else. */
function project(name: string, handlers: Readonly<Record<string, string>>): string {
  const root = path.join(folder, name);
  for (const [file, code] of Object.entries(handlers)) {
    const target = path.join(root, "lambda-src", file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, code);
  }
  return root;
}

/** Starts so many processes, and lets all of them bundle as soon as the last one is ready. */
async function bundleAtOnce(
  count: number,
  checkout: string,
  handlers: readonly string[],
): Promise<unknown[]> {
  const program = path.join(PROJECT, "__tests__/stacks/support/bundle-when-told.ts");
  const children = Array.from({ length: count }, () =>
    spawn(process.execPath, ["--require", "./typescript.js", program, checkout, ...handlers], {
      cwd: PROJECT,
      stdio: ["pipe", "pipe", "inherit"],
    }),
  );
  const outputs = children.map((child) => {
    let text = "";
    const ready = new Promise<void>((resolve) => {
      child.stdout.setEncoding("utf8").on("data", (part: string) => {
        text += part;
        if (text.startsWith("ready\n")) resolve();
      });
    });
    const done = new Promise<unknown>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) =>
        code === 0
          ? resolve(JSON.parse(text.slice("ready\n".length)))
          : reject(new Error(`exit code ${code}`)),
      );
    });
    return { ready, done };
  });
  const done = Promise.all(outputs.map((output) => output.done));
  await Promise.race([Promise.all(outputs.map((output) => output.ready)), done]);
  for (const child of children) child.stdin.end("go");
  return done;
}
