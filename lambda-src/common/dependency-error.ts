/**
 * How a service that the function needs let it down.
 *
 * - `refused`: it said no, or holds something unusable; the same request fails again until somebody repairs the set-up
 * - `failed`: it answered with an error of its own
 * - `unavailable`: it was throttled, timed out or could not be reached; worth another try
 */
export type Trouble = "refused" | "failed" | "unavailable";

/** What may be known about the trouble in a log. */
export interface DependencyDetails {
  /** The call, as IAM names it: `sns:Publish`. */
  readonly operation: string;
  /** The error's name, or a sentence of ours. */
  readonly reason: string;
  /** The service's HTTP status, if it answered. */
  readonly status?: number | undefined;
  /** The service's request id, if it answered. */
  readonly requestId?: string | undefined;
}

/**
 * A failed call to another service, without anything that the service or the secret said: an error message of AWS names
 * ARNs, and one of `JSON.parse` quotes its input. So the original error is not kept as the cause either.
 */
export class DependencyError extends Error {
  override readonly name = "DependencyError";

  constructor(
    readonly trouble: Trouble,
    readonly details: DependencyDetails,
  ) {
    super(`${details.operation}: ${details.reason}`);
  }
}

const THROTTLED = /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown/;

/** What the SDK threw for `operation`, sorted by whether another try can help. */
export function dependencyError(operation: string, error: unknown): DependencyError {
  const reason = textOf(error, "name") ?? "Error";
  const metadata = propertyOf(error, "$metadata");
  const status = propertyOf(metadata, "httpStatusCode");
  if (typeof status !== "number") {
    const code = textOf(error, "code");
    return new DependencyError("unavailable", {
      operation,
      reason: code === undefined ? reason : `${reason} (${code})`,
    });
  }
  return new DependencyError(troubleOf(status, reason), {
    operation,
    reason,
    status,
    requestId: textOf(metadata, "requestId"),
  });
}

function troubleOf(status: number, reason: string): Trouble {
  if (status === 429 || status === 503 || status === 504 || THROTTLED.test(reason)) return "unavailable";
  return status >= 500 ? "failed" : "refused";
}

function textOf(value: unknown, key: string): string | undefined {
  const found = propertyOf(value, key);
  return typeof found === "string" ? found : undefined;
}

function propertyOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}
