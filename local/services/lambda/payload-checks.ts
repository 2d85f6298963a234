import { AwsError } from "../../kernel/aws-error";
import type { InvocationResult } from "../../kernel/function-invoker";

// Lambda Developer Guide, "Lambda quotas": 6 MB for request and response of a synchronous invocation, 1 MB for an
// asynchronous one (256 KB until October 2025). A response may be 100 bytes longer, which only its message tells.
const limits = { RequestResponse: 6_291_456, Event: 1_048_576 };
const responseLimit = 6_291_556;

/** @throws AwsError `RequestEntityTooLargeException` (413), `InvalidRequestContentException` (400) for what is not JSON */
export function checkRequest(payload: string, type: "RequestResponse" | "Event"): void {
  const bytes = Buffer.byteLength(payload);
  if (bytes > limits[type]) {
    throw new AwsError(
      "RequestEntityTooLargeException",
      `${bytes} byte payload is too large for the ${type} invocation type (limit ${limits[type]} bytes)`,
      413,
      { Type: "User" },
    );
  }
  try {
    JSON.parse(payload);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AwsError(
      "InvalidRequestContentException",
      `Could not parse request body into json: ${reason}`,
      400,
      { Type: "User" },
    );
  }
}

/** The result, or Lambda's error in its place where the answer is too long. */
export function limitedResponse(result: InvocationResult): InvocationResult {
  if (!result.ok || Buffer.byteLength(result.payload) <= responseLimit) return result;
  const payload = JSON.stringify({
    errorType: "Function.ResponseSizeTooLarge",
    errorMessage: `Response payload size exceeded maximum allowed payload size (${responseLimit} bytes).`,
  });
  return { ...result, ok: false, payload, cause: "error" };
}
