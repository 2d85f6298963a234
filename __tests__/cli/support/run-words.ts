import { commands } from "../../../cli/command-table";
import type { CommandContext } from "../../../local/command/command";
import { Interruption } from "../../../local/command/interruption";
import { runToExitCode } from "../../../local/command/run-command";
import { CapturedText } from "./captured-text";

/** What a command printed, and ended with. */
export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command that the words name, in this process. */
export async function runWords(
  words: readonly string[],
  context: Partial<CommandContext> = {},
  table: Parameters<typeof runToExitCode>[0] = commands,
): Promise<Ran> {
  const [stdout, stderr] = [new CapturedText(), new CapturedText()];
  const own = { stdout, stderr, signal: new AbortController().signal, project: "", ...context };
  const exitCode = await runToExitCode(table, words, own);
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

/** A command that ends when it is stopped, in this process. */
export function beginWords(words: readonly string[], context: Partial<CommandContext>) {
  const [stdout, interruption] = [new CapturedText(), new AbortController()];
  const ended = runWords(words, { stdout, signal: interruption.signal, ...context });
  return {
    stdout,
    stop: () => {
      interruption.abort(new Interruption("interrupted", 130));
      return ended;
    },
  };
}
