import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const PROJECT = path.resolve(__dirname, "..");
const ESBUILD = path.join(PROJECT, "node_modules/esbuild");
const folder = mkdtempSync(path.join(tmpdir(), "runs typescript "));
const cache = path.join(folder, "node_modules/.cache/secure-lambda/typescript");
/** What one run left in the cache: each test has its own. */
const kept = path.join(folder, "kept");

/** A checkout with packages of its own: esbuild, which may be made unusable. */
beforeAll(() => {
  mkdirSync(path.join(folder, "node_modules"));
  cpSync(path.join(PROJECT, "typescript.js"), path.join(folder, "typescript.js"));
});

afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(() => rmSync(path.join(folder, "node_modules"), { recursive: true }));

/** Runs `main.ts` with esbuild in its place, or with a stand-in that cannot translate anything. */
function run(esbuild: "there" | "broken" = "there", description?: string) {
  const place = path.join(folder, "node_modules/esbuild");
  rmSync(place, { recursive: true, force: true });
  mkdirSync(path.dirname(place), { recursive: true });
  if (esbuild === "there") symlinkSync(ESBUILD, place, "dir");
  else {
    const file = "node_modules/esbuild/package.json";
    write(file, description ?? readFileSync(path.join(ESBUILD, "package.json"), "utf8"));
    write("node_modules/esbuild/lib/main.js", "throw new Error('esbuild was asked for');");
  }
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--require", "./typescript.js", "main.ts"],
    { cwd: folder, encoding: "utf8" },
  );
  return { status, stdout, stderr };
}

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), text);
}

describe("TypeScript that is run as it is", () => {
  it("finds its imports without their extensions, in folders too, and those that wait for their use", () => {
    write(
      "main.ts",
      'import { a } from "./a";\nvoid import("./b").then(({ b }) => console.log(a as string, b));',
    );
    write("a/index.ts", 'export const a: string = "a";');
    write("b.ts", 'export const b: string = "b";');

    expect(run()).toEqual({ status: 0, stdout: "a b\n", stderr: "" });
  });

  describe("once it has run,", () => {
    const again = "esbuild was asked for";

    beforeEach(() => {
      write("main.ts", 'import { a } from "./a";\nconsole.log(a satisfies string);');
      write("a/index.ts", 'export const a: string = "first";');
      if (existsSync(kept)) cpSync(kept, cache, { recursive: true });
      else {
        expect(run().stdout).toBe("first\n");
        cpSync(cache, kept, { recursive: true });
      }
    });

    it("needs no esbuild", () => {
      expect(run("broken")).toEqual({ status: 0, stdout: "first\n", stderr: "" });
    });

    it("needs esbuild for a changed file alone", () => {
      write("a/index.ts", 'export const a: string = "second";');

      expect(run("broken").stderr).toContain(again);
      expect(run().stdout).toBe("second\n");
      expect(readdirSync(cache)).toHaveLength(readdirSync(kept).length + 2);
    });

    it("needs esbuild again for another version of it", () => {
      const described = readFileSync(path.join(ESBUILD, "package.json"), "utf8");

      const ran = run("broken", described.replace('"version": "', '"version": "9'));

      expect(ran.stderr).toContain(again);
    });

    it("needs esbuild again for other options", () => {
      const before = readFileSync(path.join(PROJECT, "typescript.js"), "utf8");

      write("typescript.js", before.replace('loader: "ts"', 'loader: "ts", keepNames: true'));
      const ran = run("broken");
      write("typescript.js", before);

      expect(ran.stderr).toContain(again);
    });

    it("needs esbuild again for the same file in another place: its source map leads there", () => {
      renameSync(path.join(folder, "a/index.ts"), path.join(folder, "a.ts"));
      const ran = run("broken");
      rmSync(path.join(folder, "a.ts"));

      expect(ran.stderr).toContain(again);
    });
  });

  it("runs where nothing can be kept, and names the sources too", () => {
    write("main.ts", "type A = string;\n\n\nconsole.log(new RangeError('x' as A).stack);");
    write("node_modules/.cache", "is a file");

    for (const ran of [run(), run()]) {
      expect(ran).toMatchObject({ status: 0, stderr: "" });
      expect(ran.stdout).toContain(`${path.join(folder, "main.ts")}:4:13`);
    }
  });

  it("names the line of the source in a stack, also the second time", () => {
    const types = "interface Props {\n  readonly a: string;\n}\n\ntype Alias = Props;\n";
    write(
      "main.ts",
      `${types}const fail = (props: Alias) => {\n  throw new RangeError(props.a);\n};\nfail({ a: "x" });\n`,
    );

    for (const ran of [run(), run("broken")])
      expect(ran.stderr).toContain(
        `RangeError: x\n    at fail (${path.join(folder, "main.ts")}:7:9)\n    at Object.<anonymous> (${path.join(folder, "main.ts")}:9:1)\n`,
      );
  });

  it("says what does not compile, with file and line, and keeps nothing of it", () => {
    write("main.ts", "const a = (;\n");

    const ran = run();

    expect(ran).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/main\.ts:1:11: ERROR: Unexpected ";"/),
    });
    expect(readdirSync(path.join(folder, "node_modules"))).toEqual(["esbuild"]);
  });

  it("writes no frames for what is not an error, which cdktf would have for every token", () => {
    write(
      "main.ts",
      "const token = { stack: '' };\nError.captureStackTrace(token);\nconsole.log(JSON.stringify(token.stack));",
    );

    expect(run().stdout).toBe('""\n');
  });
});
