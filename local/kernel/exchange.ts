/** A request to the invoke URL, as it came. */
export interface EdgeRequest {
  readonly method: string;
  /** The request target as sent: `/development/lambda1?a=1`. */
  readonly target: string;
  readonly httpVersion: string;
  /** Names as sent, in order, duplicates kept. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  readonly sourceIp: string;
}

export interface EdgeResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  readonly decision: Decision;
}

/** Which layer answered, and why: for the request log. */
export interface Decision {
  readonly layer:
    | "web ACL"
    | "routing"
    | "authorizer"
    | "API key"
    | "throttle"
    | "quota"
    | "validation"
    | "integration"
    | "function";
  /** One short phrase: `AGAuthorizer1: no token`, `ExternalLambda1`. Never a token or a body. */
  readonly detail: string;
}
