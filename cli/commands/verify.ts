import type { CommandContext } from "../../local/command/command";
import type { Credentials } from "../../local/command/credentials";
import { painter } from "../../local/command/terminal";
import { UsageError } from "../../local/kernel/user-error";
import { readTarget, type TargetWords } from "../common/target";
import { writeAsked } from "../common/written-file";
import { hasFailed, renderCheck, renderSummary } from "../verification/check";
import { junitReport } from "../verification/junit";
import { runChecks } from "../verification/run-checks";

interface VerifyWords extends TargetWords {
  readonly user: readonly (Credentials & { readonly pool: string })[];
  readonly junit: string | undefined;
  readonly json: boolean;
}

/** Runs the end-to-end check against a system that is there already. */
export async function verify(words: VerifyWords, context: CommandContext): Promise<number> {
  const { stdout, signal } = context;
  if (words.user.length > 0 && words.environment === undefined) {
    throw new UsageError(
      "--user goes with --environment: the local runtime's users are in its endpoints file",
    );
  }
  const users = new Map(words.user.map(({ pool, email, password }) => [pool, { email, password }]));
  const target = await readTarget(words, context, users);
  const paint = painter(stdout);
  const say = (text: string) => {
    if (!words.json) stdout.write(`${text}\n`);
  };
  const checks = await runChecks(target, { signal, onCheck: (check) => say(renderCheck(check, paint)) });
  say(`\n${renderSummary(checks, paint)}`);
  if (words.json) stdout.write(`${JSON.stringify({ target: target.invokeUrl, checks }, null, 2)}\n`);
  if (words.junit !== undefined) writeAsked("junit", words.junit, junitReport(target.invokeUrl, checks));
  return hasFailed(checks) ? 1 : 0;
}
