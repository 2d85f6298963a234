import { UsageError, UserError } from "../kernel/user-error";
import { type Caller, type Command, type CommandContext, type CommandGroup, npmScripts } from "./command";
import { callIn, readCall } from "./command-line";
import { describeError, isErrorLike } from "./describe-error";
import { Interruption, watchForInterruption } from "./interruption";

/** Runs the command that the words name as this process: its exit code is honest, an error is one clear line. */
export async function runAsProcess(
  commands: readonly (Command | CommandGroup)[],
  words: readonly string[],
  project: string,
  caller: Caller = npmScripts,
): Promise<void> {
  const { stdout, stderr } = process;
  const context = { stdout, stderr, signal: watchForInterruption(), project };
  const exitCode = await runToExitCode(commands, words, context, caller);
  await Promise.all([process.stdout, process.stderr].map(flushed));
  // A timer of the served system, a retry in two minutes for instance, must not keep the process from ending.
  process.exit(exitCode);
}

/** Resolves with what the process is to end with; what went wrong is on the standard error by then. */
export async function runToExitCode(
  commands: readonly (Command | CommandGroup)[],
  words: readonly string[],
  context: CommandContext,
  caller: Caller = npmScripts,
): Promise<number> {
  const { stderr } = context;
  try {
    const call = readCall(commands, words, process.env, caller);
    if ("command" in call) return await call.command.run(call.values, context, call.operand);
    context.stdout.write(call.help);
    return 0;
  } catch (error) {
    const interruption = interruptionIn(error, context.signal);
    const help = `${callIn(commands, words, caller)}${caller.separator} --help`;
    const hint = error instanceof UsageError ? ` (${help} says more)` : "";
    if (interruption === undefined) stderr.write(`error: ${describeError(error)}${hint}\n`);
    else if (interruption.message !== "") stderr.write(`${interruption.message}\n`);
    return (interruption ?? reasonOf(context.signal))?.exitCode ?? exitCodeOf(error);
  }
}

/** An aborted call throws the reason itself or an error of its own named AbortError. */
function interruptionIn(error: unknown, signal: AbortSignal): Interruption | undefined {
  if (error instanceof Interruption) return error;
  return isErrorLike(error) && error.name === "AbortError" ? reasonOf(signal) : undefined;
}

function reasonOf({ reason }: AbortSignal): Interruption | undefined {
  return reason instanceof Interruption ? reason : undefined;
}

function exitCodeOf(error: unknown): number {
  return error instanceof UserError ? error.exitCode : 1;
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write("", () => resolve());
  });
}
