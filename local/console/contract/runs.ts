/** One run of a function. */
export interface RunView {
  readonly functionName: string;
  /** Lambda's request id, as in its log. */
  readonly requestId: string;
  /** The request that caused it. */
  readonly causedBy?: string;
  readonly at: number;
  /** Not set while it runs. */
  readonly durationMs?: number;
  /** On AWS, what is paid for: rounded up to a millisecond. */
  readonly billedMs?: number;
  readonly cold?: boolean;
  readonly instance?: string;
  readonly outcome: "running" | "succeeded" | "failed" | "timed out" | "crashed";
  readonly logGroup: string;
  readonly logStream?: string;
  readonly lines: readonly LogLine[];
  readonly calls: readonly AwsCallView[];
}

export interface LogLine {
  readonly group: string;
  readonly stream: string;
  readonly at: number;
  readonly message: string;
}

/** A call of an AWS API that a function did, with the credentials of its role. */
export interface AwsCallView {
  readonly at: number;
  readonly service: string;
  readonly operation: string;
  /** What the permission is asked for: `sns:Publish`; not set where none is needed. */
  readonly action?: string;
  readonly resource?: string;
  readonly allowed: boolean;
  /** The statement that allowed or denied it; not set where nothing allows it. */
  readonly decidedBy?: StatementRef;
  /** Where it was denied: IAM's words. */
  readonly why?: string;
  readonly status: number;
  /** An AWS error's code. */
  readonly error?: string;
  readonly durationMs: number;
}

export interface StatementRef {
  /** The policy: the address of the resource that carries it. */
  readonly policy: string;
  readonly kind: "identity" | "resource" | "boundary";
  /** Its `Sid`, else its place: `statement 1`. */
  readonly statement: string;
}
