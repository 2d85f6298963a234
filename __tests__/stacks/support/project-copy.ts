import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import path from "node:path";

const PROJECT = path.resolve(__dirname, "../../..");

/** What a synthesis is made from; the packages come by way of a link. */
const SOURCES = [
  "main.ts",
  "cdktf.json",
  "package.json",
  "tsconfig.json",
  "typescript.js",
  "stacks",
  "lambda-src",
];

/** A checkout of the project in a folder of its own. */
export class ProjectCopy {
  constructor(readonly folder: string) {
    mkdirSync(folder, { recursive: true });
    for (const source of SOURCES)
      cpSync(path.join(PROJECT, source), path.join(folder, source), { recursive: true });
    symlinkSync(path.join(PROJECT, "node_modules"), path.join(folder, "node_modules"), "dir");
  }

  /** Runs `main.ts` as the cdktf CLI does; the result has what it said when it failed. */
  async synthesize(
    settings: Readonly<Record<string, string>> = {},
    wrap = (argv: readonly string[]) => argv,
  ): Promise<{ code: number | null; errors: string }> {
    const child = spawn(process.execPath, wrap(["--require", "./typescript.js", "main.ts"]), {
      cwd: this.folder,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, CDKTF_OUTDIR: "cdktf.out", ...settings },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors += text;
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject).once("close", resolve);
    });
    return { code, errors };
  }

  /** Every file that the synthesis wrote, by its path below the output folder. */
  output(): Map<string, Buffer> {
    const root = path.join(this.folder, "cdktf.out");
    const files = readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .sort();
    return new Map(files.map((file) => [path.relative(root, file), readFileSync(file)]));
  }
}
