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
const ESBUILD = path.join(PROJECT, "node_modules/esbuild");
const folder = mkdtempSync(path.join(tmpdir(), "runs typescript "));
const cache = path.join(folder, "node_modules/.cache/secure-lambda/typescript");
/** What the first run left in the cache: each test has its own. */
const kept = path.join(folder, "kept");

/** A checkout with packages of its own: esbuild, which may be made unusable. */
beforeAll(() => {
  mkdirSync(path.join(folder, "node_modules"));
  cpSync(path.join(PROJECT, "typescript.js"), path.join(folder, "typescript.js"));
});

afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(() => rmSync(path.join(folder, "node_modules"), { recursive: true, force: true }));

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

/** Says all that a run is asked about, so that one run with esbuild and one from the cache are enough. */
const PROGRAM = `import { a } from "./a";

interface Props {
  readonly text: string;
}

const failed = (props: Props) => new RangeError(props.text).stack;
const token = { stack: "" };
Error.captureStackTrace(token);
console.log(JSON.stringify({ imported: a as string, frames: token.stack, stack: failed({ text: "x" }) }));
void import("./b").then(({ b }) => console.log(b));
`;

describe("TypeScript that is run as it is", () => {
  let first: ReturnType<typeof run>;

  /** Written anew, because other tests write programs of their own. */
  const writeProgram = () => {
    write("main.ts", PROGRAM);
    write("a/index.ts", 'export const a: string = "a";');
    write("b.ts", 'export const b: string = "b";');
  };
  const said = ({ stdout }: typeof first) => JSON.parse(stdout.split("\n")[0] ?? "");

  beforeAll(() => {
    writeProgram();
    first = run();
    cpSync(cache, kept, { recursive: true });
  });

  it("finds its imports without their extensions, in folders too, and those that wait for their use", () => {
    expect(first).toMatchObject({ status: 0, stderr: "" });
    expect(said(first).imported).toBe("a");
    expect(first.stdout).toMatch(/\nb\n$/);
  });

  it("names the line of the source in a stack", () => {
    const main = path.join(folder, "main.ts");

    expect(said(first).stack).toContain(
      `RangeError: x\n    at failed (${main}:7:34)\n    at Object.<anonymous> (${main}:10:81)\n`,
    );
  });

  it("writes no frames for what is not an error, which cdktf would have for every token", () => {
    expect(said(first).frames).toBe("");
  });

  describe("once it has run,", () => {
    const again = "esbuild was asked for";

    beforeEach(() => {
      writeProgram();
      cpSync(kept, cache, { recursive: true });
    });

    it("needs no esbuild, and says the same, lines of the sources too", () => {
      expect(run("broken")).toEqual(first);
    });

    it("needs esbuild for a changed file alone", () => {
      write("a/index.ts", 'export const a: string = "second";');

      expect(said(run()).imported).toBe("second");
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

  it("says what does not compile, with file and line, and keeps nothing of it", () => {
    write("main.ts", "const a = (;\n");

    const ran = run();

    expect(ran).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/main\.ts:1:11: ERROR: Unexpected ";"/),
    });
    expect(readdirSync(path.join(folder, "node_modules"))).toEqual(["esbuild"]);
  });
});
