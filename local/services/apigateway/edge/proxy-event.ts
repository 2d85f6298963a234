import { headerValue, matchesMediaType, mediaType } from "../../../kernel/headers";
import type { AtMethod } from "./exchange";
import { formatRequestTime } from "./request-time";

type Pairs = readonly (readonly [name: string, value: string])[];

/**
 * The event of a Lambda proxy integration, payload format 1.0, with every field that AWS sends and in its order
 * (Developer Guide, "Lambda proxy integrations in API Gateway").
 */
export function proxyEvent(exchange: AtMethod): Record<string, unknown> {
  const { route, body, api } = exchange;
  const binary = matchesMediaType(
    api.binaryMediaTypes,
    mediaType(headerValue(exchange.headers, "Content-Type") ?? "application/json"),
  );
  return {
    resource: route.resource.path,
    path: exchange.path,
    httpMethod: exchange.httpMethod,
    headers: lastValues(exchange.integrationHeaders),
    multiValueHeaders: allValues(exchange.integrationHeaders),
    queryStringParameters: lastValues(exchange.query),
    multiValueQueryStringParameters: allValues(exchange.query),
    pathParameters: orNull(route.pathParameters),
    stageVariables: orNull(exchange.stage.variables),
    requestContext: requestContext(exchange),
    body: body.length === 0 ? null : body.toString(binary ? "base64" : "utf8"),
    isBase64Encoded: binary && body.length > 0,
  };
}

export function requestContext(exchange: AtMethod): Record<string, unknown> {
  const { route, ids, stage, connection } = exchange;
  const { operationName } = route.method;
  const authorizer = authorizerOf(exchange);
  return {
    resourceId: route.resource.id,
    ...(authorizer === undefined ? {} : { authorizer }),
    resourcePath: route.resource.path,
    ...(operationName === undefined ? {} : { operationName }),
    httpMethod: exchange.httpMethod,
    extendedRequestId: ids.extendedRequestId,
    requestTime: formatRequestTime(exchange.receivedAt),
    path: exchange.contextPath,
    accountId: exchange.api.accountId,
    protocol: exchange.protocol,
    stage: stage.name,
    domainPrefix: connection.domainPrefix,
    requestTimeEpoch: exchange.receivedAt,
    requestId: ids.requestId,
    identity: identity(exchange),
    domainName: connection.domainName,
    ...(stage.deploymentId === undefined ? {} : { deploymentId: stage.deploymentId }),
    apiId: exchange.api.id,
  };
}

/** A pool's claims, or what a Lambda authorizer answered ("Output from an API Gateway Lambda authorizer"). */
function authorizerOf({ claims, authorization }: AtMethod): Record<string, unknown> | undefined {
  if (claims !== undefined) return { claims };
  if (authorization === undefined) return undefined;
  const { context, principalId, latencyMs } = authorization;
  return { ...context, principalId, integrationLatency: latencyMs };
}

function identity({ connection, client }: AtMethod): Record<string, string | null> {
  return {
    cognitoIdentityPoolId: null,
    cognitoIdentityId: null,
    // Only a method that requires a key has these two members.
    ...(client === undefined ? {} : { apiKey: client.key.value, apiKeyId: client.key.id }),
    principalOrgId: null,
    cognitoAuthenticationType: null,
    userArn: null,
    userAgent: connection.userAgent,
    accountId: null,
    caller: null,
    sourceIp: connection.sourceIp,
    accessKey: null,
    cognitoAuthenticationProvider: null,
    user: null,
    ...connection.identity,
  };
}

function orNull(values: ReadonlyMap<string, string>): Record<string, string> | null {
  return values.size === 0 ? null : Object.fromEntries(values);
}

/** The last of several values. `fromEntries` defines its members, so that a name like `__proto__` is one too. */
export function lastValues(pairs: Pairs): Record<string, string> | null {
  return orNull(new Map(pairs));
}

export function allValues(pairs: Pairs): Record<string, string[]> | null {
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const known = values.get(name);
    if (known === undefined) values.set(name, [value]);
    else known.push(value);
  }
  return values.size === 0 ? null : Object.fromEntries(values);
}
