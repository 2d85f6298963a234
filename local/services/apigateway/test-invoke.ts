import { AwsError } from "../../kernel/aws-error";
import type { HeaderList } from "../../kernel/headers";
import type { Members } from "../../kernel/input";
import type { Principal } from "../../kernel/principal";
import { failureAnswer, methodAnswer } from "./edge-responses";
import type { RoutedExchange } from "./exchange-state";
import { createRequestIds } from "./identifiers";
import { executeMethod, settle } from "./method-execution";
import { parseQuery } from "./request-target";
import type { ApiMethod, ApiResource, RestApi } from "./rest-api";
import { Router } from "./router";
import type { EdgeServices } from "./services";
import { renderTestLog } from "./test-invoke-log";

const STAGE = "test-invoke-stage";

/**
 * API Gateway's test of a method: validation and the integration as in earnest, without web ACL, authorizer, API key and
 * throttle. The event says so: its stage is `test-invoke-stage`, its source IP `test-invoke-source-ip`.
 */
export async function testInvokeMethod(
  api: RestApi,
  target: { readonly resource: ApiResource; readonly method: ApiMethod },
  input: Members,
  principal: Principal,
  services: EdgeServices,
): Promise<Members> {
  const startedAt = services.clock.now();
  const exchange = testExchange(api, target, input, principal, startedAt);
  const result = await settle(exchange, () => executeMethod(exchange, services));
  const answer =
    "type" in result
      ? failureAnswer(exchange, exchange.httpMethod, result)
      : methodAnswer(exchange, exchange.httpMethod, result);
  const headers = answer.headers.filter(([name]) => !/^x-amz(?:n-requestid|-apigw-id)$/i.test(name));
  return {
    status: answer.status,
    body: answer.body.toString("utf8"),
    headers: Object.fromEntries(headers),
    multiValueHeaders: multiValue(headers),
    log: renderTestLog(exchange, answer, services.clock.now()),
    latency: services.clock.now() - startedAt,
  };
}

function testExchange(
  api: RestApi,
  { resource, method }: { readonly resource: ApiResource; readonly method: ApiMethod },
  input: Members,
  principal: Principal,
  now: number,
): RoutedExchange {
  const pathWithQuery = typeof input.pathWithQueryString === "string" ? input.pathWithQueryString : "";
  const [path = "", ...queryParts] = (pathWithQuery || resource.path).split("?");
  const query = parseQuery(queryParts.join("?"));
  if (query === undefined) throw new AwsError("BadRequestException", "Invalid query string specified");
  const matched = new Router([resource]).match(method.httpMethod, path);
  const headers = readHeaders(input);
  const stageVariables = Object.entries(readMap(input.stageVariables)).map(
    ([name, value]) => [name, String(value)] as const,
  );
  return {
    api,
    stage: { name: STAGE, deploymentId: undefined, variables: new Map(stageVariables) },
    ids: createRequestIds(now, undefined),
    receivedAt: now,
    protocol: "HTTP/1.1",
    httpMethod: method.httpMethod === "ANY" ? "GET" : method.httpMethod,
    path,
    contextPath: resource.path,
    headers,
    integrationHeaders: headers,
    query,
    body: Buffer.from(typeof input.body === "string" ? input.body : ""),
    caller: {
      sourceIp: "test-invoke-source-ip",
      userAgent: "aws-internal/3",
      domainName: "testPrefix.testDomainName",
      domainPrefix: "testPrefix",
      identity: testIdentity(api, principal),
    },
    // A path that does not fit the resource's is taken all the same, without parameters.
    route: { resource, method, pathParameters: matched?.pathParameters ?? new Map() },
  };
}

function testIdentity(api: RestApi, principal: Principal): Record<string, string> {
  const key = { apiKey: "test-invoke-api-key", apiKeyId: "test-invoke-api-key-id", accountId: api.accountId };
  if (principal.kind !== "administrator" && principal.kind !== "role") return key;
  return { ...key, userArn: principal.arn, caller: principal.userId, user: principal.userId };
}

function readHeaders(input: Members): HeaderList {
  const multiple = Object.entries(readMap(input.multiValueHeaders)).flatMap(([name, values]) =>
    (Array.isArray(values) ? values : [values]).map((value) => [name, String(value)] as const),
  );
  const single = Object.entries(readMap(input.headers))
    .filter(([name]) => !multiple.some(([other]) => other === name))
    .map(([name, value]) => [name, String(value)] as const);
  return [...single, ...multiple];
}

function readMap(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function multiValue(headers: HeaderList): Record<string, string[]> {
  const names = [...new Set(headers.map(([name]) => name))];
  return Object.fromEntries(
    names.map((name) => [name, headers.filter(([other]) => other === name).map(([, value]) => value)]),
  );
}
