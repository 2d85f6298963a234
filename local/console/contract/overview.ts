export interface Overview {
  /** `SecureLambdaAPI`, one for each REST API. */
  readonly apis: readonly string[];
  readonly environment?: string;
  /** `http://127.0.0.1:3000/development` for each stage. */
  readonly invokeUrls: readonly string[];
  readonly awsEndpointUrl: string;
  readonly region: string;
  readonly accountId: string;
  readonly startedAt: number;
  /** What is not enforced here, a line each. */
  readonly notEnforced: readonly string[];
  readonly layers: readonly LayerInfo[];
  readonly userPools: readonly { readonly id: string; readonly name: string; readonly clientId: string }[];
  /** Of the newest 10,000 requests. */
  readonly counts: { readonly requests: number; readonly refused: number; readonly failed: number };
}

/** A layer in AWS's order, as docs/security.md lists it. */
export interface LayerInfo {
  readonly name: string;
  readonly checks: string;
  readonly answers: string;
}

export interface MapData {
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
}

export type NodeKind =
  | "client"
  | "web ACL"
  | "stage"
  | "method"
  /** Methods of the same first part of the path, where an API has many: `/users`, `count` of them. */
  | "methods"
  | "user pool"
  | "function"
  | "secret"
  | "topic"
  | "queue"
  | "logs";

export interface MapNode {
  /** Terraform's address; `client` and `logs` for what is outside of the deployment; `methods:/users` for a group. */
  readonly id: string;
  readonly kind: NodeKind;
  /** As people call it: `POST /lambda1`, `ExternalLambda1`. */
  readonly name: string;
  /** From left to right: the longest way from the client. */
  readonly column: number;
  /** How many methods a group is for, and which. */
  readonly members?: readonly { readonly id: string; readonly name: string }[];
  /** What is not enforced here of this part, or of what belongs to it. */
  readonly notEnforced: readonly string[];
  /** Ids of the defences that are off here. */
  readonly defencesOff: readonly string[];
  /** What a page needs to open the part: the function's name, the queue's ARN, the log group, the pool's id. */
  readonly ref?: { readonly arn?: string; readonly name?: string };
}

export interface MapEdge {
  /** `<from>→<to>` */
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly label?: string;
  /** A check (method → user pool, function → secret) rather than the way of the request. */
  readonly isSide: boolean;
  /**
   * How many of the newest 10,000 requests, runs and messages passed it, also before the services were started anew. Add
   * `RequestSummary.way` to go on.
   */
  readonly count: number;
  /** How many were refused at its end. */
  readonly refused: number;
}
