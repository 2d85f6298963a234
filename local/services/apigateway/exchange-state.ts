import type { HeaderList } from "../../kernel/headers";
import type { Failure } from "./failures";
import type { RequestIds } from "./identifiers";
import type { QueryParameters } from "./request-target";
import type { RestApi, Stage } from "./rest-api";
import type { Route } from "./router";

/** Who calls and where, as `requestContext` says it. */
export interface Caller {
  readonly sourceIp: string;
  readonly userAgent: string | null;
  readonly domainName: string;
  readonly domainPrefix: string;
  /** Members of `requestContext.identity` that only a signed call has: a method test. */
  readonly identity: Readonly<Record<string, string>>;
}

/** A request on its way through the edge, with what its layers found out so far. */
export interface ExchangeState {
  readonly api: RestApi;
  readonly stage: Pick<Stage, "name" | "variables"> & { readonly deploymentId: string | undefined };
  readonly ids: RequestIds;
  readonly receivedAt: number;
  readonly protocol: string;
  readonly httpMethod: string;
  /** `/lambda1`: the event's path. */
  readonly path: string;
  /** `/development/lambda1`: `requestContext.path`. */
  readonly contextPath: string;
  /** As received, with those that the web ACL put in. */
  headers: HeaderList;
  /** What of them the integration gets. */
  integrationHeaders: HeaderList;
  readonly query: QueryParameters;
  readonly body: Buffer;
  readonly caller: Caller;
  route?: Route;
  /** The verified token's claims, as AWS passes them on. */
  claims?: Readonly<Record<string, string>>;
  apiKey?: { readonly id: string; readonly value: string };
  waf?: { readonly webAclArn: string; readonly responseCode: "WAF_ALLOW" | "WAF_BLOCK" };
  integration?: { readonly status: number | undefined; readonly latencyMs: number };
  failure?: Failure;
}

/** An exchange whose method is known. */
export type RoutedExchange = ExchangeState & { readonly route: Route };
