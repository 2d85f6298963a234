import type { Principal } from "./principal";

export interface Invocation {
  /** The function's ARN, with or without a qualifier. */
  readonly functionArn: string;
  /** The event, as JSON text. */
  readonly payload: string;
  /** The caller; the function's permissions decide whether it may. */
  readonly principal: Principal;
  /** Aborted when nobody waits for the answer any more. @default never */
  readonly signal?: AbortSignal;
  /** What a mobile SDK says of its client: JSON in base64 (`X-Amz-Client-Context`). */
  readonly clientContext?: string;
  /** The trace that the invocation belongs to, as X-Ray's header has it: `Root=1-67891233-abcdef012345678912345678`. @default a new one */
  readonly traceId?: string;
  /** The API's request, or the message, that the run is because of, by its id: for the record. */
  readonly cause?: string;
}

/** What a function's run came to. */
export type InvocationResult = {
  readonly requestId: string;
  /** The last 4 KB of the run's log, plain text. */
  readonly logTail: string;
  readonly durationMs: number;
  /** Whether an instance was started for this run. */
  readonly cold?: boolean;
} & (
  | { readonly ok: true /** The answer, as JSON text; `null` for `undefined`. */; readonly payload: string }
  | {
      readonly ok: false;
      /** `{"errorType": …, "errorMessage": …, "trace": […]}` as JSON text, as Lambda's runtime reports it. */
      readonly payload: string;
      /** `timeout`: the function's own timeout ran out, the instance is gone. */
      readonly cause: "error" | "timeout" | "crash";
    }
);

/** Runs the deployment's functions. */
export interface FunctionInvoker {
  /**
   * Invokes and waits (`RequestResponse`). A function that fails resolves, with `ok: false`.
   *
   * @throws AwsError `AccessDeniedException` (403) without permission, `ResourceNotFoundException` (404) for an unknown
   *   function, `TooManyRequestsException` (429) when it is throttled
   */
  invoke(invocation: Invocation): Promise<InvocationResult>;
  /**
   * Queues the event (`Event`) and returns at once with the request id: Lambda runs it, retries it and hands it to the
   * on-failure destination or dead-letter queue at the end.
   *
   * @throws AwsError as `invoke`, but never for throttling: a throttled event waits in the queue
   */
  invokeAsync(invocation: Invocation): Promise<string>;
}
