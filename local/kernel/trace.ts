import type { HttpRequest, HttpResponse } from "./http-message";
import { Newest } from "./newest";
import type { RuleTrace } from "./web-acl-inspection";

/**
 * What a layer decided about a request. `counted`: let through, with a match that only counts. `answered`: this is the answer of
 * the API itself. `not evaluated`: the layer has nothing to check for this request.
 */
export type StepVerdict = "passed" | "counted" | "answered" | "refused" | "not evaluated";

/** One layer's part in a request: what it decided, and what it looked at. Never a token, and nothing of a body. */
export interface TraceStep {
  /** A name of the list in `services/apigateway/edge/layers.ts`; `server`: what was refused before it reached the edge. */
  readonly layer: string;
  readonly verdict: StepVerdict;
  /** One short phrase: `AGAuthorizer1: no token`, `ExternalLambda1`. */
  readonly detail: string;
  readonly durationMs: number;
  readonly facts: Facts;
}

/** What a layer found. Each layer sets its own members and leaves out the others. */
export interface Facts {
  /** Web ACL: what every rule did that was looked at, in order, and what AWS's managed rules would make of it. */
  readonly rules?: readonly RuleTrace[];
  readonly prediction?: string;
  readonly webAclArn?: string;
  /** Routing: the path of the resource, `/users/{id}`. */
  readonly resourcePath?: string;
  /** Authorizer: what was checked of the token, in order. The first check that failed ends the list. */
  readonly claims?: readonly ClaimCheck[];
  /** API key: its id, never its value. */
  readonly apiKeyId?: string;
  /** Throttle: every bucket that holds for the request. */
  readonly buckets?: readonly BucketLevel[];
  /** Quota: the client's requests of the period, this one included where it was let through. */
  readonly quota?: { readonly limit: number; readonly period: string; readonly used: number };
  /** Parameters: the names of required ones that are missing. */
  readonly missing?: readonly string[];
  /** Body: the model's name, and where the body breaks it. */
  readonly model?: string;
  readonly violations?: readonly string[];
  /** Integration. */
  readonly eventBytes?: number;
  readonly timeoutMs?: number;
  readonly latencyMs?: number;
  /** Function. */
  readonly run?: FunctionRun;
}

export interface ClaimCheck {
  /** `token`, `signature, issuer, expiry and token_use`, `aud`, `scope`. */
  readonly name: string;
  readonly ok: boolean;
  /** What was wrong, in a fixed phrase. */
  readonly detail?: string;
}

export interface BucketLevel {
  /** `stage development POST /lambda1` */
  readonly name: string;
  /** Tokens a second. */
  readonly rate: number;
  readonly burst: number;
  /** Tokens in the bucket. */
  readonly before: number;
  readonly after: number;
}

export interface FunctionRun {
  readonly name: string;
  readonly requestId?: string;
  /** The function's own time. */
  readonly durationMs?: number;
  /** Whether an instance was started for this run. */
  readonly cold?: boolean;
}

/** The caller: a user of a pool, or `undefined` where no token was verified. */
export interface Caller {
  /** The pool's id. */
  readonly pool: string;
  readonly sub: string;
}

/** What happened to one request, from its first byte to its answer. */
export interface RequestTrace {
  /** `x-amzn-RequestId`, where it got one. */
  readonly id: string;
  /** When it came, in milliseconds since the epoch. */
  readonly at: number;
  readonly method: string;
  /** The path as sent, with the stage. */
  readonly path: string;
  /** Without the question mark; left out where there is none. Values that look like credentials are masked. */
  readonly query?: string;
  readonly sourceIp: string;
  readonly userAgent: string | undefined;
  readonly status: number;
  readonly durationMs: number;
  /** As the request log has it. The last of the steps is the layer. */
  readonly decidedBy: { readonly layer: string; readonly detail: string };
  readonly caller: Caller | undefined;
  readonly steps: readonly TraceStep[];
  /** API Gateway's extended request id, which the web ACL's log names. */
  readonly extendedId?: string;
}

/** What passed between a client and the runtime, for whoever looks at it while it passes: the log keeps none of it. */
export interface PassedMessages {
  readonly request: HttpRequest;
  readonly response: HttpResponse;
}

type TraceListener = (trace: RequestTrace, passed: PassedMessages | undefined) => void;

/** The newest requests. */
export class TraceLog {
  private readonly newest: Newest<RequestTrace>;
  private readonly listeners = new Set<TraceListener>();

  constructor(capacity = 10_000) {
    this.newest = new Newest(capacity);
  }

  add(trace: RequestTrace, passed?: PassedMessages): void {
    this.newest.add(trace);
    for (const listener of this.listeners) listener(trace, passed);
  }

  /** Newest first. */
  recent(limit?: number): RequestTrace[] {
    return this.newest.recent(limit);
  }

  find(id: string): RequestTrace | undefined {
    return this.newest.find((trace) => trace.id === id);
  }

  clear(): void {
    this.newest.clear();
  }

  /** Calls the listener for each request from now on. @returns what ends that */
  onAdded(listener: TraceListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}

/** A JSON Web Token, or a part of one. */
const TOKEN = /eyJ[\w.-]{8,}/g;
const SECRET_NAME = /token|secret|password|credential|signature|key|code/i;

/** Client text for a trace: without what looks like a token, and of bounded length. */
export function shown(text: string, length: number): string {
  const masked = text.slice(0, length).replace(TOKEN, "***");
  // A slice would keep the whole text alive; a copy does not.
  return text.length <= length ? masked : `${Buffer.from(masked).toString("utf8")}…`;
}

/** A query string for a trace: values under names like `access_token` are masked. */
export function shownQuery(query: string, length: number): string {
  const parts = query.slice(0, length).split("&");
  const masked = parts.map((part) => {
    const name = part.split("=", 1)[0] ?? "";
    return SECRET_NAME.test(name) && name !== part ? `${name}=***` : part;
  });
  return shown(masked.join("&"), length);
}
