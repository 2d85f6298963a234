import { AwsError } from "../../kernel/aws-error";
import type { EdgeResponse } from "../../kernel/exchange";
import { type HeaderList, headerValues } from "../../kernel/headers";
import type { Input, Members } from "../../kernel/input";
import type { Principal } from "../../kernel/principal";
import { apiGatewayArn } from "./computed-attributes";
import { runLayers } from "./edge/edge";
import { type AtMethod, createRequestIds } from "./edge/exchange";
import type { EdgeContext } from "./edge/layer";
import { METHOD_LAYERS } from "./edge/layers";
import { parseQuery } from "./edge/request-target";
import { formatJavaDate } from "./edge/request-time";
import { Router } from "./edge/router";
import type { ApiMethod } from "./methods";
import type { ApiResource } from "./resource-tree";
import type { RestApi } from "./rest-api";

const STAGE = "test-invoke-stage";
const SOURCE_IP = "test-invoke-source-ip";

const IDENTIFIERS = /^x-amz(?:n-requestid|-apigw-id)$/i;

/** The method that is tested. */
export interface TestTarget {
  readonly api: RestApi;
  readonly resource: ApiResource;
  readonly method: ApiMethod;
}

/**
 * API Gateway's test of a method: validation and the integration as for any request, without web ACL, authorizer, API key
 * and throttle. The event says so: its stage is `test-invoke-stage`, its source IP `test-invoke-source-ip`.
 */
export async function testInvokeMethod(
  target: TestTarget,
  input: Input,
  principal: Principal,
  context: EdgeContext,
): Promise<Members> {
  const startedAt = context.clock.now();
  const exchange = testExchange(target, input, principal, startedAt);
  const answer = await runLayers(METHOD_LAYERS, exchange, context);
  // A failed test has the error type alone (recorded in localstack's AWS-validated tests, `test_failed_invoke_test_method`).
  const isLeftOut = exchange.failure === undefined ? IDENTIFIERS : /^(?!x-amzn-errortype$)/i;
  const headers = answer.headers.filter(([name]) => !isLeftOut.test(name));
  return {
    status: answer.status,
    body: answer.body.toString("utf8"),
    headers: Object.fromEntries(headers),
    multiValueHeaders: Object.fromEntries(headers.map(([name]) => [name, headerValues(headers, name)])),
    log: renderTestLog(exchange, { ...answer, headers }, context.clock.now()),
    latency: context.clock.now() - startedAt,
  };
}

function testExchange(
  { api, resource, method }: TestTarget,
  input: Input,
  principal: Principal,
  now: number,
): AtMethod {
  const pathWithQuery = input.optionalText("pathWithQueryString") || resource.path;
  const [path = "", ...queryParts] = pathWithQuery.split("?");
  const rawQuery = queryParts.join("?");
  const query = parseQuery(rawQuery);
  if (query === undefined) throw new AwsError("BadRequestException", "Invalid query string specified");
  const router = new Router([resource]);
  const httpMethod = method.httpMethod === "ANY" ? "GET" : method.httpMethod;
  const headers = readHeaders(input);
  const body = Buffer.from(input.optionalText("body") ?? "");
  return {
    request: {
      method: httpMethod,
      target: pathWithQuery,
      httpVersion: "1.1",
      headers,
      body,
      sourceIp: SOURCE_IP,
    },
    ids: createRequestIds(now, undefined),
    receivedAt: now,
    steps: [],
    api,
    stage: {
      name: STAGE,
      attributes: api.attributes,
      deploymentId: undefined,
      arn: apiGatewayArn(api, `restapis/${api.id}/stages/${STAGE}`),
      webAclArn: undefined,
      variables: input.textMap("stageVariables"),
      accessLog: undefined,
      settings: [],
    },
    router,
    target: { rawPath: path, rawQuery, stageName: STAGE, path },
    isSound: true,
    protocol: "HTTP/1.1",
    httpMethod,
    path,
    contextPath: resource.path,
    headers,
    integrationHeaders: headers,
    query,
    body,
    connection: {
      sourceIp: SOURCE_IP,
      userAgent: "aws-internal/3",
      domainName: "testPrefix.testDomainName",
      domainPrefix: "testPrefix",
      identity: testIdentity(api, principal),
    },
    // A path that does not fit the resource's is taken all the same, without parameters.
    route: {
      resource,
      method,
      pathParameters: router.match(method.httpMethod, path)?.pathParameters ?? new Map(),
    },
  };
}

function testIdentity(api: RestApi, principal: Principal): Record<string, string> {
  const key = { apiKey: "test-invoke-api-key", apiKeyId: "test-invoke-api-key-id", accountId: api.accountId };
  if (principal.kind !== "administrator" && principal.kind !== "role") return key;
  return { ...key, userArn: principal.arn, caller: principal.userId, user: principal.userId };
}

function readHeaders(input: Input): HeaderList {
  const multiple = input.textsMap("multiValueHeaders");
  const single = [...input.textMap("headers")].filter(([name]) => !multiple.has(name));
  return [
    ...single,
    ...[...multiple].flatMap(([name, values]) => values.map((value) => [name, value] as const)),
  ];
}

/** The log of a method test, as the console shows it. Credentials in it are masked except for their end. */
function renderTestLog(exchange: AtMethod, answer: EdgeResponse, now: number): string {
  const { ids, route, integration, failure } = exchange;
  const lines = [
    `Starting execution for request: ${ids.requestId}`,
    `HTTP Method: ${exchange.httpMethod}, Resource Path: ${exchange.path}`,
    `Method request path: ${braces([...route.pathParameters])}`,
    `Method request query string: ${braces(exchange.query)}`,
    `Method request headers: ${braces(masked(exchange.headers))}`,
    `Method request body before transformations: ${exchange.body.toString("utf8")}`,
    ...(integration === undefined
      ? []
      : [
          `Received response. Status: ${integration.status ?? "none"}, Integration latency: ${integration.latencyMs} ms`,
        ]),
    ...(failure === undefined
      ? [
          `Method response body after transformations: ${answer.body.toString("utf8")}`,
          `Method response headers: ${braces(answer.headers)}`,
          "Successfully completed execution",
        ]
      : [`Execution failed due to ${failure.decision.layer}: ${failure.decision.detail}`]),
    `Method completed with status: ${answer.status}`,
  ];
  const date = formatJavaDate(now);
  return [`Execution log for request ${ids.requestId}`, ...lines.map((line) => `${date} : ${line}`), ""].join(
    "\n",
  );
}

const braces = (pairs: HeaderList) => `{${pairs.map(([name, value]) => `${name}=${value}`).join(", ")}}`;

function masked(headers: HeaderList): HeaderList {
  return headers.map(([name, value]) => {
    if (!/^(?:authorization|x-api-key)$/i.test(name)) return [name, value];
    const shown = value.length > 12 ? value.slice(-6) : "";
    return [name, "*".repeat(value.length - shown.length) + shown];
  });
}
