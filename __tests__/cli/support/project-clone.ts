import { execFile, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const PROJECT = path.resolve(__dirname, "../../..");

/** Whoever adds an API runs no tests but a handler's own and those of the documents. */
const isNeeded = (file: string) =>
  file !== "" && !/^(bench|__tests__\/(?!support|lambda-src)[^/]+)\//.test(file);

/** What a program said, and how it ended. */
export interface Ran {
  readonly code: number;
  readonly output: string;
}

/** The project as in a fresh clone, with its first commit, to add APIs in; the packages are the project's own. */
export class ProjectClone {
  private constructor(readonly folder: string) {}

  static create(): ProjectClone {
    const folder = path.join(mkdtempSync(path.join(tmpdir(), "clone-")), "secure lambda");
    const listed = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
      cwd: PROJECT,
      encoding: "utf8",
    });
    if (listed.status !== 0) throw new Error("git cannot list the project's files: the test needs a clone");
    for (const file of listed.stdout.split("\0").filter(isNeeded)) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      cpSync(path.join(PROJECT, file), path.join(folder, file), { force: true });
    }
    symlinkSync(path.join(PROJECT, "node_modules"), path.join(folder, "node_modules"), "dir");
    const clone = new ProjectClone(folder);
    clone.git("init", "--quiet");
    clone.commit();
    return clone;
  }

  commit(): void {
    this.git("add", "--all");
    this.git(
      "-c",
      "user.name=test",
      "-c",
      "user.email=test@example.com",
      "commit",
      "--quiet",
      "--message",
      "all",
    );
  }

  /** What differs from the last commit, as `git status --porcelain` says it. */
  get changes(): string[] {
    return this.git("status", "--porcelain", "--untracked-files=all").split("\n").filter(Boolean);
  }

  read(file: string): string {
    return readFileSync(path.join(this.folder, file), "utf8");
  }

  write(file: string, text: string): void {
    mkdirSync(path.dirname(path.join(this.folder, file)), { recursive: true });
    writeFileSync(path.join(this.folder, file), text);
  }

  git(...args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync("git", args, { cwd: this.folder, encoding: "utf8" });
    if (status !== 0) throw new Error(`git ${args[0]} ended with ${status}: ${stderr}`);
    return stdout;
  }

  /** A line of a shell, as README has it. */
  shell(line: string, env: Readonly<Record<string, string>> = {}): Promise<Ran> {
    return this.run("sh", ["-c", line], env);
  }

  /** A script of a package: `biome`, `jest`. */
  tool(name: string, ...args: readonly string[]): Promise<Ran> {
    return this.run(path.join(this.folder, "node_modules", ".bin", name), args);
  }

  remove(): void {
    rmSync(path.dirname(this.folder), { recursive: true, force: true });
  }

  private run(
    file: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Ran> {
    const { TEST_RUN_FOLDER: _, ...inherited } = process.env;
    // The compiler ends before it is worth collecting garbage.
    const options = {
      cwd: this.folder,
      env: { ...inherited, GOGC: "off", ...env },
      maxBuffer: 64 * 1024 * 1024,
    };
    return new Promise((resolve) => {
      execFile(file, args, options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
        resolve({ code, output: `${stdout}${stderr}` });
      });
    });
  }
}
