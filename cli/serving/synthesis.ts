import { setFlagsFromString } from "node:v8";
import { describeError } from "../../local/command/describe-error";

// V8 waits before it optimizes: a synthesis ends before that pays, and takes a tenth less CPU time.
setFlagsFromString("--interrupt-budget=2000000");

/** The process that synthesizes: what the stacks refuse is told as every other error is, not as Node.js would. */
import("../../main").catch((error: unknown) => {
  process.stderr.write(`${refusalIn(error) ?? describeError(error)}\n`);
  process.exitCode = 1;
});

/** What cdktf itself stops at, guardrails among it: an error without a name of its own, whose stack says nothing. */
function refusalIn(error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : "";
  const [, problems] =
    /^(?:Encountered Annotations with level "ERROR"|Validation failed with the following errors):\n(.*)$/s.exec(
      message,
    ) ?? [];
  return problems?.trim().replace(/\n\s*/g, "\n");
}
