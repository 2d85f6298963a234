/** An error that an AWS API answers with. The wire protocols render it; SDKs show it by its `code`. */
export class AwsError extends Error {
  override readonly name = "AwsError";
  constructor(
    /** `ResourceNotFoundException`, `AccessDeniedException`, … */
    readonly code: string,
    message: string,
    /** The HTTP status. */
    readonly status = 400,
    /** Further members of the error's shape. */
    readonly members: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}
