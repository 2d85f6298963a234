import type { CallContext } from "../../../../local/aws-api/service";
import type { Members } from "../../../../local/kernel/input";
import type { Resources } from "../../../support/deployment";
import {
  API_ID,
  Bench,
  baseResources,
  fails,
  gatewayResponse,
  INVOKE_ARN,
  NOW,
  POOL_ARN,
  resource,
  usagePlan,
  WEB_ACL_ARN,
  webAclAssociation,
} from "./fixture";

const context: CallContext = {
  principal: {
    kind: "administrator",
    arn: "arn:aws:iam::123456789012:root",
    accountId: "123456789012",
    userId: "123456789012",
  },
  requestId: "request",
  sourceIp: "127.0.0.1",
};

function start(resources: Resources = baseResources()) {
  const bench = new Bench(resources);
  const service = bench.service;
  const call = async (operation: string, input: Members = {}): Promise<Members> =>
    (await service.operations[operation]?.handle({ restApiId: API_ID, ...input }, context)) ?? {};
  return { bench, service, call };
}

const createdDate = Math.floor(NOW / 1000);

test("every operation has its route and its permission", () => {
  const { service } = start();

  for (const [name, operation] of Object.entries(service.operations)) {
    expect(operation.route).toBeDefined();
    expect(operation.permission?.({ restApiId: API_ID })).toEqual({
      action: name === "TestInvokeMethod" ? "apigateway:POST" : "apigateway:GET",
      resource: expect.stringMatching(/^arn:aws:apigateway:us-east-1::\//),
    });
  }
});

test("lists the APIs", async () => {
  const { call } = start();
  const api = {
    id: API_ID,
    name: "SecureAPI",
    createdDate,
    apiKeySource: "HEADER",
    endpointConfiguration: { types: ["REGIONAL"], ipAddressType: "ipv4" },
    tags: {},
    disableExecuteApiEndpoint: false,
    rootResourceId: "root000000",
  };

  expect(await call("GetRestApis")).toEqual({ item: [api] });
  expect(await call("GetRestApi")).toEqual(api);
});

const method = {
  httpMethod: "POST",
  authorizationType: "COGNITO_USER_POOLS",
  authorizerId: "auth01",
  apiKeyRequired: false,
  requestValidatorId: "valid1",
  requestModels: { "application/json": "Name", $default: "Name" },
  methodIntegration: {
    type: "AWS_PROXY",
    httpMethod: "POST",
    uri: INVOKE_ARN,
    passthroughBehavior: "WHEN_NO_MATCH",
    timeoutInMillis: 29000,
    cacheNamespace: "res001",
    cacheKeyParameters: [],
  },
};

test.each([
  [{}, {}],
  [{ embed: ["methods"] }, method],
])("lists resources, with their methods when asked: %j", async (input, shown) => {
  const { call } = start();
  const lambda1 = {
    id: "res001",
    parentId: "root000000",
    pathPart: "lambda1",
    path: "/lambda1",
    resourceMethods: { POST: shown },
  };

  expect(await call("GetResources", input)).toEqual({ item: [{ id: "root000000", path: "/" }, lambda1] });
  expect(await call("GetResource", { ...input, resourceId: "res001" })).toEqual(lambda1);
});

test("shows a method with its responses", async () => {
  const where = { rest_api_id: API_ID, resource_id: "res001", http_method: "POST", status_code: "204" };
  const { call } = start({
    ...baseResources(),
    "aws_api_gateway_method_response.r": {
      ...where,
      response_parameters: { "method.response.header.A": true },
    },
    "aws_api_gateway_integration_response.r": {
      ...where,
      response_parameters: { "method.response.header.A": "'a'" },
    },
  });

  expect(await call("GetMethod", { resourceId: "res001", httpMethod: "POST" })).toEqual({
    ...method,
    methodResponses: {
      "204": { statusCode: "204", responseParameters: { "method.response.header.A": true } },
    },
    methodIntegration: {
      ...method.methodIntegration,
      integrationResponses: {
        "204": { statusCode: "204", responseParameters: { "method.response.header.A": "'a'" } },
      },
    },
  });
});

test("shows stages with their settings and their web ACL", async () => {
  const { call } = start({
    ...baseResources(),
    ...webAclAssociation,
    "aws_api_gateway_method_settings.all": {
      rest_api_id: API_ID,
      stage_name: "development",
      method_path: "*/*",
      settings: { throttling_rate_limit: 50, throttling_burst_limit: 60, logging_level: "ERROR" },
    },
    "aws_api_gateway_method_settings.own": {
      rest_api_id: API_ID,
      stage_name: "development",
      method_path: "a/b/POST",
      settings: {},
    },
  });
  const stage = await call("GetStage", { stageName: "development" });

  expect(await call("GetStages")).toEqual({ item: [stage] });
  expect(stage).toMatchObject({
    deploymentId: "deploy",
    stageName: "development",
    webAclArn: WEB_ACL_ARN,
    methodSettings: {
      "*/*": { throttlingRateLimit: 50, throttlingBurstLimit: 60, loggingLevel: "ERROR" },
      "~1a~1b/POST": { throttlingRateLimit: 10_000, throttlingBurstLimit: 5_000, loggingLevel: "OFF" },
    },
  });
});

test("shows authorizers, models and gateway responses", async () => {
  const { call } = start({ ...baseResources(), ...gatewayResponse("UNAUTHORIZED", { status_code: "499" }) });

  expect(await call("GetAuthorizers")).toEqual({
    item: [
      {
        id: "auth01",
        name: "AGAuthorizer1",
        type: "COGNITO_USER_POOLS",
        providerARNs: [POOL_ARN],
        authType: "cognito_user_pools",
        identitySource: "method.request.header.Authorization",
        authorizerResultTtlInSeconds: 300,
      },
    ],
  });
  expect(await call("GetModels")).toMatchObject({
    item: [{ name: "Empty" }, { name: "Error" }, { name: "Name" }],
  });
  const { item } = await call("GetGatewayResponses");
  expect(item).toHaveLength(21);
  expect(item).toContainEqual({
    responseType: "UNAUTHORIZED",
    statusCode: "499",
    responseParameters: {},
    responseTemplates: { "application/json": '{"message":$context.error.messageString}' },
    defaultResponse: false,
  });
});

test("shows usage plans, and keys with their values only when asked", async () => {
  const { call } = start({
    ...baseResources(),
    ...usagePlan(
      {
        throttle_settings: { rate_limit: 1, burst_limit: 2 },
        quota_settings: { limit: 3, period: "WEEK", offset: 1 },
      },
      { throttle: [{ path: "/lambda1/POST", rate_limit: 4, burst_limit: 5 }] },
    ),
  });
  const plan = {
    id: "plan01",
    name: "plan",
    apiStages: [
      { apiId: API_ID, stage: "development", throttle: { "/lambda1/POST": { rateLimit: 4, burstLimit: 5 } } },
    ],
    throttle: { rateLimit: 1, burstLimit: 2 },
    quota: { limit: 3, period: "WEEK", offset: 1 },
    tags: {},
  };

  expect(await call("GetUsagePlans")).toEqual({ item: [plan] });
  expect(await call("GetUsagePlans", { keyId: "key001" })).toEqual({ item: [plan] });
  expect(await call("GetUsagePlans", { keyId: "other" })).toEqual({ item: [] });
  expect(JSON.stringify(await call("GetApiKeys"))).not.toContain("client-key-value-0001");
  expect(await call("GetApiKeys", { includeValues: "true", nameQuery: "cli" })).toMatchObject({
    item: [{ id: "key001", name: "client", value: "client-key-value-0001", enabled: true }],
  });
  expect(await call("GetApiKeys", { nameQuery: "other" })).toEqual({ item: [] });
});

test.each([
  ["GetRestApi", { restApiId: "nothing" }, "Invalid API identifier specified 123456789012:nothing"],
  ["GetResource", { resourceId: "nothing" }, "Invalid Resource identifier specified"],
  ["GetMethod", { resourceId: "res001", httpMethod: "GET" }, "Invalid Method identifier specified"],
  ["GetStage", { stageName: "nothing" }, "Invalid stage identifier specified"],
  ["TestInvokeMethod", { resourceId: "nothing", httpMethod: "GET" }, "Invalid Resource identifier specified"],
])("%s says what is not there", async (operation, input, message) => {
  const { call } = start();

  await expect(call(operation, input)).rejects.toMatchObject({
    code: "NotFoundException",
    status: 404,
    message,
  });
});

describe("the test of a method", () => {
  const target = { resourceId: "res001", httpMethod: "POST", body: '{"name":"Ada"}' };

  test("calls the integration without authorization, web ACL and throttle", async () => {
    const { bench, call } = start({ ...baseResources(), ...webAclAssociation });
    bench.verdict = { action: "BLOCK", rule: "r" };

    const result = await call("TestInvokeMethod", target);

    expect(result).toMatchObject({ status: 200, body: '{"message":"hello"}', latency: 0 });
    expect(result.headers).toEqual({
      "Content-Type": "application/json",
      "X-Amzn-Trace-Id": expect.stringMatching(/^Root=/),
    });
    expect(result.multiValueHeaders).toMatchObject({ "Content-Type": ["application/json"] });
    expect(bench.inspected).toHaveLength(0);
    expect(bench.tokens.calls).toHaveLength(0);
  });

  test("says in the event that it is a test", async () => {
    const { bench, call } = start({ ...baseResources(), ...resource("x", "res009") });

    await call("TestInvokeMethod", {
      ...target,
      pathWithQueryString: "/lambda1?a=1&a=2",
      headers: { "X-A": "1" },
      multiValueHeaders: { "X-B": ["2", "3"] },
      stageVariables: { color: "red" },
    });

    expect(bench.event()).toMatchObject({
      path: "/lambda1",
      headers: { "X-A": "1", "X-B": "3" },
      multiValueHeaders: { "X-A": ["1"], "X-B": ["2", "3"] },
      multiValueQueryStringParameters: { a: ["1", "2"] },
      stageVariables: { color: "red" },
      requestContext: {
        stage: "test-invoke-stage",
        path: "/lambda1",
        domainName: "testPrefix.testDomainName",
        identity: {
          apiKey: "test-invoke-api-key",
          apiKeyId: "test-invoke-api-key-id",
          sourceIp: "test-invoke-source-ip",
          userArn: "arn:aws:iam::123456789012:root",
        },
      },
    });
    expect(bench.invocations[0]?.principal).toMatchObject({
      sourceArn: expect.stringContaining(`${API_ID}/test-invoke-stage/POST/lambda1`),
    });
  });

  test("has no headers in the event when none are given", async () => {
    const { bench, call } = start();

    await call("TestInvokeMethod", target);

    expect(bench.event()).toMatchObject({ headers: null, multiValueHeaders: null });
  });

  test("validates", async () => {
    const { bench, call } = start();

    const result = await call("TestInvokeMethod", { ...target, body: "{}" });

    expect(result).toMatchObject({ status: 400, body: '{"message": "Invalid request body"}' });
    expect(bench.invocations).toHaveLength(0);
  });

  test("refuses a broken query string", async () => {
    const { call } = start();

    await expect(
      call("TestInvokeMethod", { ...target, pathWithQueryString: "/lambda1?%" }),
    ).rejects.toMatchObject({
      code: "BadRequestException",
    });
  });

  test("tells the way in its log, and masks credentials", async () => {
    const { bench, call } = start();
    const headers = { Authorization: "very-secret-token-abcdef", "x-api-key": "short", Accept: "*/*" };

    const succeeded = await call("TestInvokeMethod", { ...target, headers });
    bench.answer = fails("error");
    const failed = await call("TestInvokeMethod", target);

    expect(succeeded.log).toMatch(
      /^Execution log for request [0-9a-f-]{36}\nSun Nov 22 15:04:05 UTC 2026 : Starting/,
    );
    expect(succeeded.log).toContain(`Authorization=${"*".repeat(18)}abcdef, x-api-key=*****, Accept=*/*}`);
    expect(succeeded.log).not.toContain("very-secret");
    expect(succeeded.log).toContain("Method completed with status: 200\n");
    expect(failed.log).toContain("Execution failed due to function: ExternalLambda1: threw");
  });
});
