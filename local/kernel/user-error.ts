/** Something that the user can put right; shown as its message alone, without a stack trace. Each error for users extends it. */
export class UserError extends Error {
  override readonly name: string = "UserError";
  /** What the command ends with: 1, refused or failed. */
  readonly exitCode: number = 1;
}

/** The command was called with the wrong words. */
export class UsageError extends UserError {
  override readonly name = "UsageError";
  /** As of shells and their builtins. Source: https://www.gnu.org/software/bash/manual/html_node/Exit-Status.html */
  override readonly exitCode = 2;
}
