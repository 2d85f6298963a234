import { type ParseArgsConfig, parseArgs } from "node:util";

/** Something the user can put right; shown as one line, without a stack trace. */
export class UserError extends Error {
  override readonly name: string = "UserError";
}

/** The command was called with the wrong words. */
export class UsageError extends UserError {
  override readonly name = "UsageError";
}

export interface Command {
  /** Shown by `--help`, and behind an error in the words of a call. */
  readonly usage: string;
  /** Resolves with the exit code. */
  run(argv: readonly string[]): Promise<number>;
}

/** Names of errors whose message alone tells the user what to do. */
const EXPECTED = new Set([
  "UserError",
  "UsageError",
  "DeploymentError",
  "SettingsError",
  "RouteError",
  "BundleError",
  "FaultError",
  "ListenError",
]);

/** Runs a command as this process: its exit code is honest, an error is one clear line on standard error. */
export async function runAsProcess(command: Command): Promise<void> {
  const argv = process.argv.slice(2);
  if (argv.includes("--help")) {
    process.stdout.write(`${command.usage.trim()}\n`);
    return;
  }
  try {
    process.exitCode = await command.run(argv);
  } catch (error) {
    process.exitCode = 1;
    process.stderr.write(`${describe(error)}\n`);
    if (error instanceof UsageError) process.stderr.write(`\n${command.usage.trim()}\n`);
  }
}

/** What an error that the user can act on says; anything else is a defect, and its stack is what helps. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return `error: ${String(error)}`;
  if (EXPECTED.has(error.name)) return `error: ${error.message}`;
  if ("$metadata" in error) return `error: ${error.name}: ${error.message}`;
  const cause = error.cause instanceof Error ? error.cause : error;
  if ("code" in cause && cause.code === "ECONNREFUSED") {
    return `error: nothing answers (${cause.message || cause.code}): is the local runtime still running? npm start`;
  }
  return `error: ${error.stack ?? error.message}`;
}

/**
 * Reads the options of a call.
 *
 * @throws UsageError naming the option that is unknown or lacks its value
 */
export function readOptions<const T extends NonNullable<ParseArgsConfig["options"]>>(
  argv: readonly string[],
  options: T,
  allowPositionals = false,
) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
