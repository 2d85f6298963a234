import { describeError } from "../common/describe-error";

/** The process that synthesizes: what the stacks refuse is told as every other error is, not as Node.js would. */
import("../../main").catch((error: unknown) => {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = 1;
});
