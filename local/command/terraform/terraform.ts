import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { UserError } from "../../kernel/user-error";
import type { Environment } from "./tools";

/**
 * Whatever becomes of the process that started it, Terraform finishes what it has begun and writes its state: neither a
 * closed terminal nor a pipe that nobody reads any more ends it in the middle of its work.
 */
const UNDISTURBED = ["/bin/sh", "-c", 'trap "" HUP PIPE; exec terraform "$@"', "terraform"] as const;

interface Run {
  /** The stack's folder. */
  readonly folder: string;
  readonly words: readonly string[];
  /** Called for each line of standard output. */
  readonly onLine?: (line: string) => void;
}

/** How a run ended, and what it said of errors. */
export interface Ended {
  readonly code: number;
  readonly stderr: string;
}

/** The Terraform CLI, in one environment, until a signal asks it to stop. */
export class Terraform {
  constructor(
    private readonly env: Environment,
    private readonly signal: AbortSignal,
    /** Told once when Terraform is asked to stop, and is waited for. */
    private readonly onStopping: () => void = () => {},
  ) {}

  /** @throws the signal's reason where it was asked to stop */
  async run({ folder, words, onLine = () => {} }: Run): Promise<Ended> {
    this.signal.throwIfAborted();
    const [command, ...before] = process.platform === "win32" ? ["terraform"] : UNDISTURBED;
    const child = spawn(command, [...before, `-chdir=${folder}`, ...words], {
      env: { ...this.env },
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own: Ctrl-C of the terminal does not reach it besides the one that is handed on. Terraform takes a
      // second one for impatience, and drops its work.
      detached: process.platform !== "win32",
    });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    createInterface({ input: child.stdout }).on("line", onLine);
    return { code: await this.end(child), stderr };
  }

  private async end(child: ChildProcess): Promise<number> {
    const stop = () => {
      this.onStopping();
      child.kill("SIGINT");
    };
    this.signal.addEventListener("abort", stop, { once: true });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject).once("close", resolve);
    });
    this.signal.removeEventListener("abort", stop);
    if (code !== 0) this.signal.throwIfAborted();
    return code ?? 1;
  }
}

/** What Terraform says of an error, in one line: it draws a frame around it, breaks its lines and warns before. */
export function sentenceIn(said: string): string {
  const lines = said.split("\n").map((line) => line.replace(/^[\s╷│╵]+/, "").trim());
  const text = lines.filter(Boolean).join(" ");
  return text.slice(Math.max(text.indexOf("Error:"), 0)) || "it said nothing";
}

/** @throws UserError with Terraform's own words */
export function refuseFailure(what: string, { code, stderr }: Ended): void {
  if (code !== 0) throw new UserError(`${what}: ${sentenceIn(stderr)}`);
}
