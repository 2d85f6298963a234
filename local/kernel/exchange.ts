import type { HeaderList } from "./headers";
import type { Caller, TraceStep } from "./trace";

/** A request to the invoke URL, as it came. */
export interface EdgeRequest {
  readonly method: string;
  /** The request target as sent: `/development/lambda1?a=1`. */
  readonly target: string;
  readonly httpVersion: string;
  /** Names as sent, in order, duplicates kept. */
  readonly headers: HeaderList;
  readonly body: Buffer;
  readonly sourceIp: string;
  /** Aborted when the client is gone before its answer. @default never */
  readonly signal?: AbortSignal;
}

export interface EdgeResponse {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Buffer;
  readonly decision: Decision;
  readonly trace: EdgeTrace;
}

/** Which layer answered, and why: for the request log. */
export interface Decision {
  readonly layer: string;
  /** One short phrase: `AGAuthorizer1: no token`, `ExternalLambda1`. Never a token or a body. */
  readonly detail: string;
}

/** What the edge knows of a request besides the message itself. */
export interface EdgeTrace {
  /** `x-amzn-RequestId` */
  readonly id: string;
  /** `x-amz-apigw-id` */
  readonly extendedId: string;
  readonly caller: Caller | undefined;
  readonly steps: readonly TraceStep[];
}
