import { type ChildProcessByStdio, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { PROJECT } from "../../../cli/common/project";
import { type Endpoints, readEndpoints } from "../../../local/command/endpoints";
import { keptKeys } from "../../support/run/key-pairs";

type CommandName = "start" | "demo" | "verify" | "token" | "user" | "cost" | "guardrails";

export interface Ending {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

const SDK_WARNING = /\(node:\d+\) Warning: NodeVersionSupportWarning[\s\S]*?--trace-warnings[^\n]*\n/g;

/** A command as a process of its own, as npm runs it. */
export class CommandProcess {
  stdout = "";
  #stderr = "";
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #ended: Promise<Ending>;

  constructor(
    command: CommandName,
    words: readonly string[] = [],
    env: Readonly<Record<string, string | undefined>> = {},
    wrap: (argv: readonly string[]) => readonly string[] = (argv) => argv,
  ) {
    this.child = spawn(
      process.execPath,
      wrap(["--require", "./typescript.js", "cli/main.ts", command, ...words]),
      {
        cwd: PROJECT,
        // jest's own, under which code behaves otherwise.
        env: { ...process.env, NODE_ENV: undefined, FORCE_COLOR: undefined, ...keptKeys(), ...env },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    this.child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    this.child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
    this.#ended = new Promise((resolve) => {
      this.child.once("close", (exitCode, signal) => resolve({ exitCode, signal }));
    });
  }

  /** What the command said, without the AWS SDK's word that it will no longer support this version of Node.js. */
  get stderr(): string {
    return this.#stderr.replace(SDK_WARNING, "");
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Resolves when the process is gone and all of its output is read. */
  ending(): Promise<Ending> {
    return this.#ended;
  }

  /** Sends the signal, and waits for the end. */
  interrupt(signal: NodeJS.Signals): Promise<Ending> {
    this.child.kill(signal);
    return this.#ended;
  }

  /** Sends the signal again and again until the end, as npm doubles Ctrl-C and an impatient user repeats it. */
  async interruptAgainAndAgain(signal: NodeJS.Signals): Promise<Ending> {
    const again = setInterval(() => this.child.kill(signal), 2);
    const ending = await this.interrupt(signal);
    clearInterval(again);
    return ending;
  }

  /** Waits until it printed that; fails when it ends without. */
  async says(text: string): Promise<void> {
    await this.until(() => this.stdout.includes(text) || undefined);
  }

  /** Waits until the condition gives something; fails when the process ends before, with what it said. */
  async until<T>(look: () => T | undefined): Promise<T> {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (this.child.exitCode !== null || this.child.signalCode !== null)
        throw new Error(`it ended before: ${this.stderr}`);
      await sleep(20);
    }
  }

  /** Whatever state a test left it in. */
  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.#ended;
  }
}

/** A command below a process that starts a shell for it and waits, as npm does; killed, that one cannot tell it. */
export function startBehindParent(
  command: CommandName,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): CommandProcess {
  const script = `
    const line = process.argv.slice(1).map((word) => JSON.stringify(word)).join(" ");
    require("node:child_process").spawn(JSON.stringify(process.execPath) + " " + line, { stdio: "ignore", shell: true });
  `;
  return new CommandProcess(command, words, env, (argv) => ["-e", script, "--", ...argv]);
}

/** What a running `start` wrote about itself. */
export function endpointsIn(file: string, process: CommandProcess): Promise<Endpoints> {
  return process.until(() => (existsSync(file) ? readEndpoints(file) : undefined));
}
