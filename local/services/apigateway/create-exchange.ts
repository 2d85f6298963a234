import type { EdgeRequest } from "../../kernel/exchange";
import { headerValue } from "../../kernel/headers";
import type { ExchangeState } from "./exchange-state";
import { forwardedHeaders } from "./forwarded-headers";
import { createRequestIds } from "./identifiers";
import type { QueryParameters, RequestTarget } from "./request-target";
import type { RestApi, Stage } from "./rest-api";

const METHODS = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]);

/** Starts the exchange of a request to a stage. */
export function createExchange(
  { api, stage }: { readonly api: RestApi; readonly stage: Stage },
  request: EdgeRequest,
  target: RequestTarget,
  query: QueryParameters,
  now: number,
): ExchangeState {
  const ids = createRequestIds(now, headerValue(request.headers, "X-Amzn-Trace-Id"));
  const caller = {
    sourceIp: request.sourceIp,
    userAgent: headerValue(request.headers, "User-Agent") ?? null,
    domainName: `${api.id}.execute-api.${api.region}.amazonaws.com`,
    domainPrefix: api.id,
    identity: {},
  };
  return {
    api,
    stage,
    ids,
    receivedAt: now,
    protocol: `HTTP/${request.httpVersion}`,
    httpMethod: effectiveMethod(request),
    path: target.path,
    contextPath: target.rawPath,
    headers: request.headers,
    integrationHeaders: forwardedHeaders({ headers: request.headers, caller, ids }),
    query,
    body: request.body,
    caller,
  };
}

/**
 * The method that the request is routed by. "When sending requests to an API by passing the X-HTTP-Method-Override header,
 * API Gateway overrides the method" (Developer Guide, "Amazon API Gateway important notes"). It does so before routing: the
 * method that results brings its own authorizer, throttle and validation.
 */
function effectiveMethod({ method, headers }: EdgeRequest): string {
  const override = headerValue(headers, "X-HTTP-Method-Override")?.trim().toUpperCase();
  return override !== undefined && METHODS.has(override) ? override : method;
}
