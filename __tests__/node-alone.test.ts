import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const read = (file: string) => readFileSync(file, "utf8");

/** The file, and what it imports of the tests' own files. */
function withImports(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, name = ""] of read(file).matchAll(/from "(\.[^"]+)"/g)) {
    const imported = `${path.join(path.dirname(file), name)}.ts`;
    if (imported.startsWith(__dirname) && existsSync(imported)) withImports(imported, seen);
  }
  return seen;
}

/** What of a suite starts programs, and names one that comes without Node.js. */
function toolsIn(suite: string): string[] {
  return [...withImports(suite)]
    .filter((file) => read(file).includes('from "node:child_process"'))
    .flatMap((file) => [...read(file).matchAll(/"(aws|bash|docker|git|npm|npx|pip|python3?|terraform)"/g)])
    .map(([, tool = ""]) => tool);
}

const suites = readdirSync(__dirname, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.ts") && !/^(terraform|browser)\b/.test(file))
  .map((file) => path.join(__dirname, file))
  // This one only reads.
  .filter((file) => file !== __filename);

const withTools = suites.filter((suite) => toolsIn(suite).length > 0).map((suite) => path.basename(suite));

it("a suite that starts git, npm, Python or another tool is called .tools, and npm test leaves it out", () => {
  expect(withTools.filter((name) => !name.endsWith(".tools.test.ts"))).toEqual([]);
});

it("those that do are found", () => {
  expect(withTools).toEqual(expect.arrayContaining(["aws.tools.test.ts", "new.tools.test.ts"]));
});
