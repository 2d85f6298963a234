import { spawnSync } from "node:child_process";
import {
  cpSync,
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
const folder = mkdtempSync(path.join(tmpdir(), "runs typescript "));
const cache = path.join(folder, "node_modules/.cache/secure-lambda/typescript");

/** A checkout with packages of its own: esbuild, which may be made unusable. */
beforeAll(() => {
  mkdirSync(path.join(folder, "node_modules"));
  cpSync(path.join(PROJECT, "typescript.js"), path.join(folder, "typescript.js"));
});

afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(() => rmSync(path.join(folder, "node_modules"), { recursive: true }));

/** Runs `main.ts` with esbuild in its place, or with a stand-in that cannot translate anything. */
function run(esbuild: "there" | "broken" = "there", { keepsPackage = false } = {}) {
  const place = path.join(folder, "node_modules/esbuild");
  const known = keepsPackage ? readFileSync(path.join(place, "package.json")) : undefined;
  rmSync(place, { recursive: true, force: true });
  mkdirSync(path.dirname(place), { recursive: true });
  const real = path.join(PROJECT, "node_modules/esbuild");
  if (esbuild === "there") symlinkSync(real, place, "dir");
  else {
    mkdirSync(place);
    writeFileSync(path.join(place, "package.json"), known ?? readFileSync(path.join(real, "package.json")));
    write("node_modules/esbuild/lib/main.js", "throw new Error('esbuild was asked for');");
  }
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--require", "./typescript.js", "main.ts"],
    {
      cwd: folder,
      encoding: "utf8",
    },
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

  it("needs esbuild once for each content, and again for a changed file alone", () => {
    write("main.ts", 'import { a } from "./a";\nconsole.log(a satisfies string);');
    write("a/index.ts", 'export const a: string = "first";');
    expect(run().stdout).toBe("first\n");
    const kept = readdirSync(cache).length;

    expect(run("broken")).toEqual({ status: 0, stdout: "first\n", stderr: "" });
    write("a/index.ts", 'export const a: string = "second";');
    expect(run("broken").stderr).toContain("esbuild was asked for");
    expect(run().stdout).toBe("second\n");
    expect(readdirSync(cache)).toHaveLength(kept + 2);
  });

  it.each([
    ["esbuild's version", "node_modules/esbuild/package.json", '"version": "', '"version": "9'],
    ["its options", "typescript.js", 'loader: "ts"', 'loader: "ts", keepNames: true'],
  ])("needs esbuild again for another one of %s", (_part, file, from, to) => {
    write("main.ts", 'import { a } from "./a";\nconsole.log(a satisfies string);');
    write("a/index.ts", 'export const a: string = "a";');
    run();
    expect(run("broken").status).toBe(0);
    const place = path.join(folder, file);
    const before = readFileSync(file === "typescript.js" ? path.join(PROJECT, file) : place, "utf8");

    write(file, before.replace(from, to));
    const ran = run("broken", { keepsPackage: true });
    if (file === "typescript.js") write(file, before);

    expect(ran.stderr).toContain("esbuild was asked for");
  });

  it("needs esbuild again for the same file in another place: its source map leads there", () => {
    write("main.ts", 'import { a } from "./a";\nconsole.log(a satisfies string);');
    write("a/index.ts", 'export const a: string = "a";');
    run();
    expect(run("broken").status).toBe(0);

    renameSync(path.join(folder, "a/index.ts"), path.join(folder, "a.ts"));
    const ran = run("broken");
    rmSync(path.join(folder, "a.ts"));

    expect(ran.stderr).toContain("esbuild was asked for");
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
