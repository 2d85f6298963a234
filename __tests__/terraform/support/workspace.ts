import type { ChildProcess } from "node:child_process";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { PROJECT } from "../../../cli/common/project";
import { type Finished, runProcess } from "./run-process";

/** The dependencies are shared: the program is the same from every copy. */
const CDKTF = path.join(PROJECT, "node_modules", ".bin", "cdktf");

export type StackName = "shared-messaging" | "secure-edge" | "api-gateway-account";

/** A copy of the project, as a fresh clone with these changes would be, to deploy from and to change. */
export class Workspace {
  private constructor(
    readonly folder: string,
    private env: Readonly<Record<string, string>>,
    private readonly output = "cdktf.out.moto",
  ) {}

  /** The same copy of the project, for a deployment of its own beside the first. */
  another(output: string, settings: Readonly<Record<string, string>>): Workspace {
    return new Workspace(this.folder, { ...this.env, ...settings }, output);
  }

  /** Copies what git has or would have; the dependencies are the project's own. */
  static create(parent: string, env: Readonly<Record<string, string>>): Workspace {
    const folder = path.join(mkdtempSync(path.join(parent, "workspace-")), "secure lambda");
    for (const file of filesOfProject()) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      cpSync(path.join(PROJECT, file), path.join(folder, file));
    }
    symlinkSync(path.join(PROJECT, "node_modules"), path.join(folder, "node_modules"), "dir");
    return new Workspace(folder, env);
  }

  /** `npm run deploy`, as a user runs it; fails with what it said. */
  async deploy(): Promise<Finished> {
    const finished = await this.command("deploy");
    expectSuccess("npm run deploy", finished);
    return finished;
  }

  /** `npm run destroy`, as a user runs it; fails with what it said. */
  async destroy(): Promise<void> {
    expectSuccess("npm run destroy", await this.command("destroy"));
  }

  /** @param onLine what to do at a line of the output, for instance to interrupt */
  async command(
    command: "deploy" | "destroy",
    onLine: (line: string, child: ChildProcess) => void = () => {},
  ): Promise<Finished> {
    const words = [
      "--require",
      "./typescript.js",
      "cli/main.ts",
      command,
      "--target",
      "moto",
      "--auto-approve",
    ];
    const started = Date.now();
    say(`npm run ${command}`);
    const finished = await this.run(process.execPath, words, (line, child) => {
      say(line);
      onLine(line, child);
    });
    say(
      `npm run ${command} ended with ${finished.code} after ${Math.round((Date.now() - started) / 1000)} s`,
    );
    return finished;
  }

  /** The cdktf CLI itself, as somebody runs it who knows no other. */
  async cdktf(...words: readonly string[]): Promise<Finished> {
    return this.run(CDKTF, [...words, "--output", this.output]);
  }

  /** Writes the stacks' JSON anew; fails with what the stacks said. */
  async synthesize(): Promise<void> {
    const env = { ...this.env, CDKTF_OUTDIR: this.output };
    const words = ["--require", "./typescript.js", "main.ts"];
    expectSuccess("the synthesis", await runProcess(process.execPath, words, { cwd: this.folder, env }));
  }

  /** Deploys one stack as it was synthesized last; fails with what Terraform said. */
  async apply(stack: StackName): Promise<void> {
    expectSuccess("terraform init", await this.terraform(stack, "init", "-input=false"));
    expectSuccess("terraform apply", await this.terraform(stack, "apply", "-input=false", "-auto-approve"));
    say(`applied ${this.output} ${stack}`);
  }

  /** The files in the folder that git does not have, but for the output folder's and the providers. */
  leftovers(): string[] {
    const { stdout } = spawnSync(
      "find",
      [".", "-path", "./node_modules", "-prune", "-o", "-type", "f", "-print"],
      {
        cwd: this.folder,
        encoding: "utf8",
      },
    );
    const known = new Set(filesOfProject());
    return stdout
      .split("\n")
      .map((file) => file.slice(2))
      .filter((file) => file !== "" && !known.has(file) && !/\/(\.terraform|assets|archives)\//.test(file))
      .sort();
  }

  /** Runs Terraform on a stack that has been deployed. */
  async terraform(stack: StackName, ...args: readonly string[]): Promise<Finished> {
    return this.run("terraform", [`-chdir=${path.join(this.output, "stacks", stack)}`, ...args]);
  }

  /** Settings for all that is run from now on. */
  set(settings: Readonly<Record<string, string>>): void {
    this.env = { ...this.env, ...settings };
  }

  /** Changes a file as somebody at an editor would; fails when that changes nothing. */
  edit(file: string, change: (text: string) => string): void {
    const target = path.join(this.folder, file);
    const before = readFileSync(target, "utf8");
    const after = change(before);
    if (after === before) throw new Error(`the edit of ${file} has changed nothing`);
    writeFileSync(target, after);
  }

  remove(): void {
    rmSync(path.dirname(this.folder), { recursive: true, force: true });
  }

  private run(
    command: string,
    args: readonly string[],
    onLine?: (line: string, child: ChildProcess) => void,
  ): Promise<Finished> {
    return runProcess(command, args, { cwd: this.folder, env: this.env, onLine });
  }
}

/** Fails with the end of what the program said, unless it ended well. */
export function expectSuccess(what: string, { code, lines }: Finished): void {
  if (code !== 0) throw new Error(`${what} ended with ${code}\n${lines.slice(-60).join("\n")}`);
}

function filesOfProject(): string[] {
  const { stdout, status } = spawnSync(
    "git",
    ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    {
      cwd: PROJECT,
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error("git cannot list the project's files: the tests need a clone");
  const { stdout: deleted } = spawnSync("git", ["ls-files", "-z", "--deleted"], {
    cwd: PROJECT,
    encoding: "utf8",
  });
  const gone = new Set(deleted.split("\0"));
  return stdout.split("\0").filter((file) => file !== "" && !gone.has(file));
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
