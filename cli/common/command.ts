import { type ParseArgsConfig, parseArgs } from "node:util";
import { describeError } from "./describe-error";
import { isErrorLike } from "./error-like";
import { Interruption, watchForInterruption, watchOutput } from "./interruption";
import { PROJECT } from "./project";
import type { TextStream } from "./terminal";

/** Something the user can put right; shown as one line, without a stack trace. */
export class UserError extends Error {
  override readonly name: string = "UserError";
}

/** The command was called with the wrong words. */
export class UsageError extends UserError {
  override readonly name = "UsageError";
}

/** What a command may touch of its process. */
export interface CommandContext {
  readonly stdout: TextStream;
  /** Aborted when the process is to end, with the reason that `run` then throws. */
  readonly signal: AbortSignal;
  /** The folder of the checkout. */
  readonly project: string;
}

export interface Command {
  /** Shown by `--help`. Its first line with a call names the command. */
  readonly usage: string;
  /** The command heeds the context's signal and cleans up; any other ends at once on Ctrl-C. */
  readonly cleansUp?: true;
  /** Resolves with the exit code. */
  run(argv: readonly string[], context: CommandContext): Promise<number>;
}

/** Runs a command as this process: its exit code is honest, an error is one clear line on standard error. */
export async function runAsProcess(command: Command): Promise<void> {
  const signal = command.cleansUp ? watchForInterruption() : new AbortController().signal;
  if (!command.cleansUp) watchOutput(({ exitCode }) => process.exit(exitCode));
  const context = { stdout: process.stdout, signal, project: PROJECT };
  const exitCode = await runToExitCode(command, process.argv.slice(2), context, process.stderr);
  await Promise.all([process.stdout, process.stderr].map(flushed));
  // A timer of the served system, a retry in two minutes for instance, must not keep the process from ending.
  process.exit(exitCode);
}

export async function runToExitCode(
  command: Command,
  argv: readonly string[],
  context: CommandContext,
  stderr: TextStream,
): Promise<number> {
  if (argv.includes("--help") || argv.includes("-h")) {
    context.stdout.write(`${command.usage.trim()}\n`);
    return 0;
  }
  try {
    return await command.run(argv, context);
  } catch (error) {
    const interruption = interruptionBehind(error, context.signal);
    if (interruption === undefined)
      stderr.write(`error: ${describeError(error)}${helpFor(error, command)}\n`);
    else if (interruption.message !== "") stderr.write(`${interruption.message}\n`);
    return interruption?.exitCode ?? exitCodeOf(context.signal) ?? 1;
  }
}

/** An aborted call throws the reason itself or an error of its own named AbortError. */
function interruptionBehind(error: unknown, signal: AbortSignal): Interruption | undefined {
  if (error instanceof Interruption) return error;
  const isAbort = isErrorLike(error) && error.name === "AbortError";
  return isAbort && signal.reason instanceof Interruption ? signal.reason : undefined;
}

function exitCodeOf(signal: AbortSignal): number | undefined {
  return signal.reason instanceof Interruption ? signal.reason.exitCode : undefined;
}

function helpFor(error: unknown, { usage }: Command): string {
  const call = /^ *(npm (?:start|run (?:--silent )?[\w-]+))/m.exec(usage)?.[1];
  return error instanceof UsageError && call !== undefined ? ` (${call} -- --help says more)` : "";
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write("", () => resolve());
  });
}

type Options = NonNullable<ParseArgsConfig["options"]>;

/**
 * Reads the options of a call.
 *
 * @throws UsageError, in one line, naming the option that is unknown, lacks its value or has one that it does not take
 */
export function readOptions<const T extends Options>(
  argv: readonly string[],
  options: T,
  allowPositionals = false,
) {
  try {
    const parsed = parseArgs({ args: [...argv], options, allowPositionals, strict: true });
    for (const [name, value] of Object.entries(parsed.values)) {
      if ([value].flat().includes("")) throw new UsageError(`--${name} is empty`);
    }
    return parsed;
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(explain(error, options));
  }
}

/** Node.js explains in up to three lines, in terms of programs that take file names behind a `--`. */
function explain(error: unknown, options: Options): string {
  const message = isErrorLike(error) ? error.message : String(error);
  const name = /--[\w-]+/.exec(message)?.[0] ?? "";
  const named = options[name.slice(2)];
  if (named !== undefined)
    return named.type === "boolean" ? `${name} takes no value` : `${name} needs a value`;
  const received = /'([^']*)'/.exec(message)?.[1] ?? message;
  if (message.startsWith("Unexpected argument"))
    return `${JSON.stringify(received)} is no option; options stand behind --, others npm takes for itself`;
  const known = Object.keys(options).map((option) => `--${option}`);
  return `there is no option ${received}; there are ${known.join(", ")}`;
}
