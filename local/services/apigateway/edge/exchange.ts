import { randomUUID } from "node:crypto";
import type { EdgeRequest } from "../../../kernel/exchange";
import type { InvocationResult } from "../../../kernel/function-invoker";
import type { HeaderList } from "../../../kernel/headers";
import { randomIdBytes } from "../../../kernel/ids";
import type { Caller, TraceStep } from "../../../kernel/trace";
import type { RestApi } from "../rest-api";
import type { Stage } from "../stages";
import type { Overrides } from "../templates/variables";
import type { Authorization } from "./authorizer-answer";
import type { Failure } from "./failures";
import type { QueryParameters, RequestTarget } from "./request-target";
import type { Route, Router } from "./router";
import type { Client, Reservation } from "./usage";

/** The identifiers that API Gateway gives a request. */
export interface RequestIds {
  /** `x-amzn-RequestId`: a UUID. */
  readonly requestId: string;
  /** `x-amz-apigw-id`: 15 characters and `=`. */
  readonly extendedRequestId: string;
  /** `X-Amzn-Trace-Id`: `Root=1-<seconds, hexadecimal>-<24 hexadecimal digits>`. */
  readonly traceId: string;
  /** The same header of a function's answer, with `Parent` and `Sampled`. */
  readonly answeredTrace: string;
}

/** Where a request comes from and goes to, as `requestContext` says it. */
export interface Connection {
  readonly sourceIp: string;
  readonly userAgent: string | null;
  readonly domainName: string;
  readonly domainPrefix: string;
  /** Members of `requestContext.identity` that only a signed call has: a method test. */
  readonly identity: Readonly<Record<string, string>>;
}

/** A request as it came. Nothing of it is understood yet. */
export interface Received {
  readonly request: EdgeRequest;
  readonly ids: RequestIds;
  readonly receivedAt: number;
  /** What the layers decided so far, in order. */
  readonly steps: TraceStep[];
  /** Set by the layer that refuses. */
  failure?: Failure;
}

/** A request to a stage, with what the layers found out so far. The layer `stage` sets the required members. */
export interface AtStage extends Received {
  readonly api: RestApi;
  readonly stage: Stage;
  readonly router: Pick<Router, "match">;
  readonly target: RequestTarget;
  /** Whether AWS can decode path and query string. */
  readonly isSound: boolean;
  readonly protocol: string;
  readonly httpMethod: string;
  /** `/lambda1`: the event's path. */
  readonly path: string;
  /** `/development/lambda1`: `requestContext.path`. */
  readonly contextPath: string;
  readonly query: QueryParameters;
  readonly body: Buffer;
  readonly connection: Connection;
  /** As received, with those that the web ACL put in. */
  headers: HeaderList;
  /** Those of them that the integration gets. */
  integrationHeaders: HeaderList;
  /** Set by the web ACL; `prediction`: what AWS's managed rules would make of the request. */
  waf?: {
    readonly webAclArn: string;
    readonly responseCode: "WAF_ALLOW" | "WAF_BLOCK";
    readonly prediction: string | undefined;
  };
  /** Set by routing. */
  route?: Route;
  /** Set by the authorizer: the verified token's claims, as AWS passes them on, and whose token it is. */
  claims?: Readonly<Record<string, string>>;
  caller?: Caller;
  /** Set by a Lambda authorizer: what its function answered, and how long it took. */
  authorization?: Authorization & { readonly latencyMs: number };
  /** Set by the layer `API key`. */
  client?: Client;
  /** Set by the throttle: the tokens that the request took. */
  reservation?: Reservation;
  /** Set by a template of the integration: `$context.requestOverride` and `responseOverride`. */
  overrides?: Overrides;
  /** Set by the integration, for the logs and for the layer `function`. */
  integration?: { readonly status: number | undefined; readonly latencyMs: number };
  run?: InvocationResult;
}

/** A request whose method is known: routing has set `route`. */
export interface AtMethod extends AtStage {
  readonly route: Route;
}

/** A request in any of its states. */
export type Exchange = Received & Partial<Omit<AtStage, keyof Received>>;

const ROOT = /(?:^|;)\s*(Root=1-[0-9a-f]{8}-[0-9a-f]{24})\s*(?:;|$)/i;
const PARENT = /;\s*(Parent=[0-9a-f]{16})\s*(?:;|$)/i;
const SAMPLED = /;\s*(Sampled=[01])\s*(?:;|$)/i;

/**
 * New identifiers. A trace that the client started goes on, with its parent or with a new one (recorded in localstack's
 * AWS-validated tests, `test_invocation_trace_id`); anything else in its header is left out.
 */
export function createRequestIds(now: number, clientTrace: string | undefined): RequestIds {
  const seconds = Math.floor(now / 1000)
    .toString(16)
    .padStart(8, "0");
  const root = ROOT.exec(clientTrace ?? "")?.[1];
  const traceId = root ?? `Root=1-${seconds}-${randomIdBytes(12).toString("hex")}`;
  const continued = root === undefined ? "" : (clientTrace ?? "");
  const parent = PARENT.exec(continued)?.[1] ?? `Parent=${randomIdBytes(8).toString("hex")}`;
  return {
    requestId: randomUUID(),
    // 11 bytes are 15 base64 digits and one `=`; Node leaves that out in the alphabet for URLs.
    extendedRequestId: `${randomIdBytes(11).toString("base64url")}=`,
    traceId,
    answeredTrace: `${traceId};${parent};${SAMPLED.exec(continued)?.[1] ?? "Sampled=0"}`,
  };
}
