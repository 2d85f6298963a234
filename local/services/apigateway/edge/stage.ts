import type { EdgeRequest } from "../../../kernel/exchange";
import { headerValue } from "../../../kernel/headers";
import { HTTP_METHODS } from "../methods";
import type { AtStage, Exchange, Received } from "./exchange";
import { KINDS } from "./failures";
import { forwardedHeaders } from "./forwarded-headers";
import { type EdgeContext, type Outcome, pass, refuse, type ServedStage } from "./layer";
import { isSoundlyEncoded, parseQuery, parseTarget, type RequestTarget } from "./request-target";

/** AWS's limits, which no setting raises (Developer Guide, "Quotas for configuring and running a REST API"). */
const MAX_BODY_BYTES = 10_485_760;
const MAX_HEADER_BYTES = 10_240;

/** Refuses a request above a size limit, before anything looks at it. */
export function checkSizes({ request }: Exchange): Outcome {
  const line = request.method.length + request.target.length;
  const headerBytes = request.headers.reduce((sum, [, value]) => sum + Buffer.byteLength(value), line);
  if (headerBytes > MAX_HEADER_BYTES) return refuse(KINDS.headersTooLarge, "headers above 10,240 bytes");
  if (request.body.length > MAX_BODY_BYTES) return refuse(KINDS.bodyTooLarge, "body above 10 MB");
  return pass(`${headerBytes} bytes of headers, ${request.body.length} of body`);
}

/** Finds the stage that the path names, and takes the request apart. */
export function findStage(exchange: Exchange, { stages }: EdgeContext): Outcome {
  const target = parseTarget(exchange.request.target);
  if (target === undefined) return refuse(KINDS.malformedRequest, "the request target is not a path");
  const served = stages.get(target.stageName);
  if (served === undefined) return refuse(KINDS.unknownStage, "no such stage");
  Object.assign(exchange, stageOf(exchange, served, target));
  return pass(target.stageName);
}

function stageOf(
  { request, ids }: Received,
  { api, stage, router }: ServedStage,
  target: RequestTarget,
): Omit<AtStage, keyof Received> {
  const query = parseQuery(target.rawQuery);
  const connection = {
    sourceIp: request.sourceIp,
    userAgent: headerValue(request.headers, "User-Agent") ?? null,
    domainName: `${api.id}.execute-api.${api.region}.amazonaws.com`,
    domainPrefix: api.id,
    identity: {},
  };
  return {
    api,
    stage,
    router,
    target,
    isSound: query !== undefined && isSoundlyEncoded(target.rawPath),
    protocol: `HTTP/${request.httpVersion}`,
    httpMethod: effectiveMethod(request),
    path: target.path,
    contextPath: target.rawPath,
    headers: request.headers,
    integrationHeaders: forwardedHeaders({ headers: request.headers, connection, ids }),
    query: query ?? [],
    body: request.body,
    connection,
  };
}

/**
 * The method that the request is routed by. "When sending requests to an API by passing the X-HTTP-Method-Override header,
 * API Gateway overrides the method" (Developer Guide, "Amazon API Gateway important notes"). It does so before routing: the
 * method that results brings its own authorizer, throttle and validation.
 */
function effectiveMethod({ method, headers }: EdgeRequest): string {
  const override = headerValue(headers, "X-HTTP-Method-Override")?.trim().toUpperCase();
  return override !== undefined && HTTP_METHODS.includes(override) ? override : method;
}
