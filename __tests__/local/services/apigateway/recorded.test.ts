import type { CallContext } from "../../../../local/aws-api/service";
import type { EdgeResponse } from "../../../../local/kernel/exchange";
import type { Members } from "../../../../local/kernel/input";
import type { Resources, Values } from "../../../support/deployment";
import { expectGeneratedSection } from "../../../support/generated-section";
import {
  API_ID,
  Bench,
  baseResources,
  gatewayResponse,
  headersOf,
  lambdaMethod,
  resource,
  type Sent,
  succeeds,
  textOf,
} from "./fixture";

/**
 * What AWS answered, as facts: read from the recordings beside localstack's AWS-validated tests
 * (localstack/localstack, `tests/aws/services/apigateway/*.snapshot.json`), for the resources that are served here. The
 * name is the recording's test and key. Recordings of HTTP, AWS and VTL integrations, of imports, canaries and of
 * operations that change an API are not in the table: none of these is served.
 */
interface Recording {
  readonly name: string;
  readonly resources?: Resources;
  /** The function's answer; a function that is not asked for one echoes its event. */
  readonly answer?: unknown;
  readonly sent: Sent;
  readonly status?: number;
  readonly body?: unknown;
  /** In lower case. `undefined`: there is none. */
  readonly headers?: Record<string, unknown>;
  /** A part of the function's event. */
  readonly event?: Members;
}

const proxy: Resources = {
  ...baseResources(),
  ...resource("{proxy+}", "res100"),
  ...lambdaMethod("proxy", "res100", "ANY"),
  ...resource("hardcoded", "res101"),
  ...lambdaMethod("hardcoded", "res101", "ANY"),
};
const get = (target: string, headers: Sent["headers"] = []): Sent => ({
  method: "GET",
  target,
  headers,
  body: "",
});
const post = (target: string, body: unknown, headers: Sent["headers"] = []): Sent => ({
  method: "POST",
  target,
  headers: [["Content-Type", "application/json"], ...headers],
  body: JSON.stringify(body),
});
const route = (target: string, proxyParameter: string, more: Members = {}): Omit<Recording, "name"> => ({
  resources: proxy,
  sent: get(`/development${target}`),
  event: {
    resource: "/{proxy+}",
    httpMethod: "GET",
    path: target.split("?")[0],
    pathParameters: { proxy: proxyParameter },
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    body: null,
    isBase64Encoded: false,
    stageVariables: null,
    ...more,
  },
});
const query = (single: Members, multiple: Members): Members => ({
  queryStringParameters: single,
  multiValueQueryStringParameters: multiple,
});

const ROUTES: readonly Recording[] = [
  { name: "without-trailing-slash", ...route("/proxy-value", "proxy-value") },
  { name: "with-trailing-slash", ...route("/proxy-value/", "proxy-value") },
  { name: "with-double-slash", ...route("/proxy-value//double-slash", "proxy-value//double-slash") },
  {
    name: "with-prepended-slash",
    ...route("//proxy-value", "proxy-value", { path: "/proxy-value" }),
  },
  {
    name: "without-trailing-slash-and-query-params",
    ...route(
      "/proxy-value?urlparam=test",
      "proxy-value",
      query({ urlparam: "test" }, { urlparam: ["test"] }),
    ),
  },
  {
    name: "with-trailing-slash-and-query-params",
    ...route(
      "/proxy-value/?urlparam=test",
      "proxy-value",
      query({ urlparam: "test" }, { urlparam: ["test"] }),
    ),
  },
  {
    name: "with-path-encoded-email",
    ...route(
      "/proxy-value/api/user/test%2Balias@gmail.com/plus/test+alias@gmail.com",
      "proxy-value/api/user/test%2Balias@gmail.com/plus/test+alias@gmail.com",
    ),
  },
  {
    name: "with-params-encoding",
    ...route(
      "/proxy-value/api?dateTimeOffset=2023-06-12T18:05:10.123456+00:00&email=test%2Balias@gmail.com&plus=test+alias@gmail.com&url=https://www.google.com/&whitespace=foo%20bar&zhash=abort/",
      "proxy-value/api",
      query(
        {
          ...{ dateTimeOffset: "2023-06-12T18:05:10.123456 00:00", email: "test+alias@gmail.com" },
          ...{ plus: "test alias@gmail.com", url: "https://www.google.com/" },
          ...{ whitespace: "foo bar", zhash: "abort/" },
        },
        {
          ...{ dateTimeOffset: ["2023-06-12T18:05:10.123456 00:00"], email: ["test+alias@gmail.com"] },
          ...{ plus: ["test alias@gmail.com"], url: ["https://www.google.com/"] },
          ...{ whitespace: ["foo bar"], zhash: ["abort/"] },
        },
      ),
    ),
  },
  {
    name: "with-params-encoding-multi",
    resources: proxy,
    sent: post("/development/proxy-value?category=electronics&category=books&price=10&price=20&price=30", {
      message: "hello world",
    }),
    event: {
      ...query(
        { category: "books", price: "30" },
        { category: ["electronics", "books"], price: ["10", "20", "30"] },
      ),
      body: '{"message":"hello world"}',
    },
  },
  {
    name: "invocation-hardcoded",
    resources: proxy,
    sent: get("/development//hardcoded"),
    event: { resource: "/hardcoded", path: "/hardcoded", pathParameters: null },
  },
  {
    name: "requestContext",
    resources: proxy,
    sent: get("/development//hardcoded", [["User-Agent", "python-requests/testing"]]),
    event: {
      requestContext: {
        resourcePath: "/hardcoded",
        httpMethod: "GET",
        path: "/development//hardcoded",
        protocol: "HTTP/1.1",
        stage: "development",
        domainPrefix: API_ID,
        identity: {
          ...{ cognitoIdentityPoolId: null, cognitoIdentityId: null, principalOrgId: null, accessKey: null },
          ...{
            cognitoAuthenticationType: null,
            cognitoAuthenticationProvider: null,
            userArn: null,
            user: null,
          },
          ...{ accountId: null, caller: null, sourceIp: "127.0.0.1", userAgent: "python-requests/testing" },
        },
      },
    },
  },
  {
    name: "headers keep the client's case",
    resources: proxy,
    sent: get("/development/x", [
      ["tEsT-HEADeR", "aValUE"],
      ["authorization", "random-value"],
    ]),
    event: {
      headers: expect.objectContaining({ "tEsT-HEADeR": "aValUE", Authorization: "random-value" }),
      multiValueHeaders: expect.objectContaining({ "tEsT-HEADeR": ["aValUE"] }),
    },
  },
].map((recording) => ({ ...recording, name: `lambda_aws_proxy_integration: ${recording.name}` }));

const internalError = { status: 502, body: { message: "Internal server error" } };
const PAYLOADS: readonly Recording[] = (
  [
    ["no-body", { statusCode: 200 }, { status: 200, body: "" }],
    [
      "with-headers",
      { statusCode: 200, headers: { "test-header": "value", "header-bool": true } },
      { headers: { "test-header": "value", "header-bool": "true", "content-type": "application/json" } },
    ],
    ["with-headers-null", { statusCode: 200, headers: null }, { status: 200, body: "" }],
    ["wrong-format", { statusCode: 200, wrongValue: "value" }, internalError],
    ["empty-response", null, internalError],
    [
      "b64-encoded-true",
      { statusCode: 200, body: "dGVzdC1kYXRh", isBase64Encoded: true },
      { body: "dGVzdC1kYXRh" },
    ],
    ["b64-encoded-false", { statusCode: 200, body: "dGVzdC1kYXRh" }, { body: "dGVzdC1kYXRh" }],
    [
      "multi-headers-valid",
      { statusCode: 200, multiValueHeaders: { "test-multi": ["value1", "value2"] } },
      { headers: { "test-multi": "value1, value2" } },
    ],
    [
      "multi-headers-overwrite",
      { multiValueHeaders: { "test-multi": ["value-multi"] }, headers: { "test-multi": "value-solo" } },
      { headers: { "test-multi": "value-multi, value-solo" } },
    ],
    [
      "multi-headers-overwrite-casing",
      { multiValueHeaders: { "tesT-Multi": ["value-multi"] }, headers: { "test-multi": "value-solo" } },
      { headers: { "test-multi": "value-multi, value-solo" } },
    ],
    [
      "multi-headers-invalid",
      { statusCode: 200, multiValueHeaders: { "test-multi": "value1" } },
      internalError,
    ],
    ["invalid-status-code", { statusCode: "test", headers: {} }, internalError],
    ["status-code-str", { statusCode: "200" }, { status: 200, body: "" }],
    ["just-string", "message", internalError],
    ["only-headers", { headers: { "test-header": "value" } }, { status: 200, body: "" }],
  ] satisfies readonly [string, unknown, Partial<Recording>][]
).map(([name, answer, expected]) => ({
  name: `aws_proxy_response_payload_format_validation: ${name}`,
  resources: proxy,
  answer,
  sent: post("/development/test", answer),
  ...expected,
}));

const SENT_AND_KEPT = {
  ...{ Accept: "application/json", "Accept-Charset": "UTF-8", "Accept-Encoding": "br", Age: "request_Age" },
  ...{ Authorization: "Unauthorized", "Content-Encoding": "deflate", "Content-Type": "application/json" },
  ...{ Pragma: "cache", Range: "bytes=500-999", Referer: "https://example.com/", Via: "localhost" },
  ...{ "User-Agent": "localStack/0.0", Warn: "299 localStack/0.0", Date: "today" },
};

const schema = {
  $schema: "http://json-schema.org/draft-04/schema#",
  title: "testSchema",
  type: "object",
  properties: { a: { type: "number" }, b: { type: "number" } },
  required: ["a", "b"],
};
const model = (name: string, value: unknown): Resources => ({
  [`aws_api_gateway_model.${name}`]: {
    ...{ rest_api_id: API_ID, id: name, name, content_type: "application/json" },
    schema: JSON.stringify(value),
  },
});
const validated = (modelName: string, parameters: Values = {}): Resources => ({
  ...baseResources(),
  ...model("testSchema", schema),
  ...model("testSchemaList", { type: "array", items: { $ref: modelUri("testSchema") } }),
  ...model("StatusModel", {
    type: "object",
    properties: { Status: { type: "string" }, Order: { type: "integer" } },
    required: ["Status", "Order"],
  }),
  ...model("TestModel", {
    type: "object",
    properties: { status: { oneOf: [{ type: "null" }, { $ref: modelUri("StatusModel") }] } },
    required: ["status"],
  }),
  ...resource("nested", "res200"),
  ...resource("{test}", "res201", "res200"),
  ...validatedMethod("POST", { "application/json": modelName }, parameters),
  ...validatedMethod("GET", {}, parameters),
});
const validatedMethod = (httpMethod: string, request_models: Values, request_parameters: Values) =>
  lambdaMethod("nested", "res201", httpMethod, {
    ...{ request_validator_id: "valid1", request_models, request_parameters },
  });
const modelUri = (name: string) => `https://apigateway.amazonaws.com/restapis/${API_ID}/models/${name}`;
const required = (pathName: string): Values => ({
  "method.request.header.x-header-param": true,
  [`method.request.path.${pathName}`]: true,
  "method.request.querystring.qs1": true,
});
const NESTED = "/development/nested/value";
const withHeader: Sent["headers"] = [["x-header-param", "test"]];
const missing = (names: string) => ({
  status: 400,
  body: { message: `Missing required request parameters: [${names}]` },
});
const invalidBody = { status: 400, body: { message: "Invalid request body" } };

const VALIDATION: readonly Recording[] = [
  {
    name: "missing-all-required-request-params-post",
    resources: validated("testSchema", required("issuer")),
    sent: post(NESTED, { test: "test" }),
    ...missing("x-header-param, issuer, qs1"),
  },
  {
    name: "missing-required-headers-request-params-get",
    resources: validated("testSchema", required("test")),
    sent: get(`${NESTED}?qs1=test`),
    ...missing("x-header-param"),
  },
  {
    name: "missing-required-qs-request-params-get",
    resources: validated("testSchema", required("test")),
    sent: get(NESTED, withHeader),
    ...missing("qs1"),
  },
  {
    name: "invalid-request-body",
    resources: validated("testSchema", required("test")),
    sent: post(`${NESTED}?qs1=test`, { test: "test" }, withHeader),
    ...invalidBody,
  },
  {
    name: "a valid request",
    resources: validated("testSchema", required("test")),
    sent: post(`${NESTED}?qs1=test`, { a: 1, b: 2 }, withHeader),
    status: 200,
  },
  {
    name: "ref_models: successful",
    resources: validated("testSchemaList"),
    sent: post(NESTED, [{ a: 1, b: 2 }]),
    status: 200,
  },
  {
    name: "ref_models: failed-validation",
    resources: validated("testSchemaList"),
    sent: post(NESTED, [{ a: 1 }]),
    ...invalidBody,
  },
  {
    name: "one_of: successful",
    resources: validated("TestModel"),
    sent: post(NESTED, { status: null }),
    status: 200,
  },
  {
    name: "one_of: successful-with-data",
    resources: validated("TestModel"),
    sent: post(NESTED, { status: { Status: "works", Order: 1 } }),
    status: 200,
  },
  {
    name: "one_of: failed-validation-no-data",
    resources: validated("TestModel"),
    sent: post(NESTED, {}),
    ...invalidBody,
  },
  {
    name: "one_of: failed-validation-bad-data",
    resources: validated("TestModel"),
    sent: post(NESTED, { badFormat: "bla" }),
    ...invalidBody,
  },
].map((recording) => ({ ...recording, name: `api_gateway_request_validator: ${recording.name}` }));

const mocked = (text: string, more: Values = {}): Resources => {
  const where = { rest_api_id: API_ID, resource_id: "res300", http_method: "GET" };
  return {
    ...baseResources(),
    ...resource("existing", "res300"),
    "aws_api_gateway_method.mock": { ...where, authorization: "NONE" },
    "aws_api_gateway_method_response.mock": { ...where, status_code: "200" },
    "aws_api_gateway_integration.mock": {
      ...{ ...where, type: "MOCK", request_templates: { "application/json": '{"statusCode":200}' } },
      ...more,
    },
    "aws_api_gateway_integration_response.mock": {
      ...where,
      status_code: "200",
      response_templates: { "application/json": text },
    },
  };
};
const notFound = {
  status: 403,
  body: { message: "Missing Authentication Token" },
  headers: { "x-amzn-errortype": "MissingAuthenticationTokenException" },
};
const ROOT = "Root=1-3152b799-8954dae64eda91bc9a23a7e8";
const FULL_TRACE = `${ROOT};Parent=7fa8c0f79203be72;Sampled=1`;
const json: Sent["headers"] = [["Content-Type", "application/json"]];
const existing = mocked('{"statusCode": 200, "message": "exists"}');

const OTHERS: readonly Recording[] = [
  {
    name: "routing_not_found: working-route",
    resources: existing,
    sent: get("/development/existing"),
    status: 200,
    body: { statusCode: 200, message: "exists" },
  },
  {
    name: "routing_not_found: not-found",
    resources: existing,
    sent: get("/development/random"),
    ...notFound,
  },
  {
    name: "routing_not_found: wrong-method",
    resources: existing,
    sent: { ...get("/development/existing"), method: "POST" },
    ...notFound,
  },
  ...["WHEN_NO_MATCH", "NEVER", "WHEN_NO_TEMPLATES"].map((behaviour) => ({
    name: `mock_integration_response[${behaviour}] (with a constant for the template's one variable)`,
    resources: mocked('{"statusCode": 200, "id": 42}', { passthrough_behavior: behaviour }),
    sent: get("/development/existing", json),
    status: 200,
    body: { statusCode: 200, id: 42 },
  })),
  {
    name: "invocation_trace_id: normal-req-headers-MOCK",
    resources: existing,
    sent: get("/development/existing"),
    headers: { "content-type": "application/json", "x-amzn-trace-id": undefined },
  },
  {
    name: "invocation_trace_id: trace-id-req-headers-MOCK",
    resources: existing,
    sent: get("/development/existing", [["x-amzn-trace-id", FULL_TRACE]]),
    headers: { "x-amzn-trace-id": undefined, "x-amz-apigw-id": expect.any(String) },
  },
  {
    name: "invocation_trace_id: normal-req-headers-AWS_PROXY",
    resources: proxy,
    sent: get("/development/proxy-value"),
    headers: {
      "x-amzn-trace-id": expect.stringMatching(/^Root=1-[0-9a-f-]{33};Parent=[0-9a-f]{16};Sampled=0/),
    },
  },
  {
    name: "invocation_trace_id: trace-id-req-headers-AWS_PROXY",
    resources: proxy,
    sent: get("/development/proxy-value", [["x-amzn-trace-id", FULL_TRACE]]),
    headers: { "x-amzn-trace-id": expect.stringContaining(FULL_TRACE) },
  },
  {
    name: "invocation_trace_id: trace-id-small-req-headers-AWS_PROXY",
    resources: proxy,
    sent: get("/development/proxy-value", [["x-amzn-trace-id", ROOT]]),
    headers: {
      "x-amzn-trace-id": expect.stringMatching(`^${ROOT};Parent=(?!7fa8c0f79203be72)[0-9a-f]{16};`),
    },
  },
  {
    name: "header_remapping_aws[AWS_PROXY]: no-param-integration",
    resources: proxy,
    sent: get("/development/x", [
      ...Object.entries(SENT_AND_KEPT),
      ...[
        "Connection",
        "Expect",
        "Max-Forwards",
        "Proxy-Authenticate",
        "Server",
        "TE",
        "Trailer",
        "Upgrade",
      ].map((name) => [name, "x"] as const),
      ["WWW-Authenticate", "x"],
      ["Content-MD5", "x"],
    ]),
    event: {
      headers: {
        ...SENT_AND_KEPT,
        "X-Amzn-Trace-Id": expect.stringMatching(/^Root=/),
        ...{ "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Port": "443", "X-Forwarded-Proto": "https" },
      },
    },
  },
  {
    name: "gateway_response_put: status-only",
    resources: { ...existing, ...gatewayResponse("MISSING_AUTHENTICATION_TOKEN", { status_code: "404" }) },
    sent: get("/development/random"),
    ...notFound,
    status: 404,
  },
];

const RECORDINGS = [...ROUTES, ...PAYLOADS, ...VALIDATION, ...OTHERS];

/** What API Gateway's own API answered. */
const CALLS: readonly {
  readonly name: string;
  readonly operation: string;
  readonly input: Members;
  readonly resources?: Resources;
  readonly output?: unknown;
  readonly error?: string;
}[] = [
  {
    name: "get_api_case_insensitive",
    operation: "GetRestApi",
    input: { restApiId: API_ID.toUpperCase() },
    error: `Invalid API identifier specified 123456789012:${API_ID.toUpperCase()}`,
  },
  {
    name: "resource_lifecycle: an unknown resource",
    operation: "GetResource",
    input: { resourceId: "nobody" },
    error: "Invalid Resource identifier specified",
  },
  {
    name: "method_lifecycle: get-deleted-method-response",
    operation: "GetMethod",
    input: { resourceId: "res001", httpMethod: "PUT" },
    error: "Invalid Method identifier specified",
  },
  {
    name: "model_validation: get-models-wrong-id",
    operation: "GetModels",
    input: { restApiId: "abcde0" },
    error: "Invalid API identifier specified 123456789012:abcde0",
  },
  {
    name: "gateway_response_validation: get-gateway-responses-no-api",
    operation: "GetGatewayResponses",
    input: { restApiId: "fake-api-id" },
    error: "Invalid API identifier specified 123456789012:fake-api-id",
  },
  {
    name: "authorizer_crud_no_api: wrong-rest-api-id-get-authorizers",
    operation: "GetAuthorizers",
    input: { restApiId: "test-fake-rest-id" },
    error: "Invalid API identifier specified 123456789012:test-fake-rest-id",
  },
  {
    name: "invoke_test_method: resource-method-not-found",
    operation: "TestInvokeMethod",
    input: { resourceId: "res300", httpMethod: "POST" },
    resources: existing,
    error: "Invalid Method identifier specified",
  },
  {
    name: "invoke_test_method: resource-id-not-found",
    operation: "TestInvokeMethod",
    input: { resourceId: "wrong", httpMethod: "GET" },
    error: "Invalid Resource identifier specified",
  },
  {
    name: "invoke_test_method: rest-api-not-found",
    operation: "TestInvokeMethod",
    input: { restApiId: "wrong", resourceId: "res300", httpMethod: "GET" },
    error: "Invalid Resource identifier specified",
  },
  {
    name: "invoke_test_method: test-invoke-method-get-pets",
    operation: "TestInvokeMethod",
    input: { resourceId: "res300", httpMethod: "GET" },
    resources: existing,
    output: {
      status: 200,
      body: '{"statusCode": 200, "message": "exists"}',
      headers: { "Content-Type": "application/json" },
      multiValueHeaders: { "Content-Type": ["application/json"] },
      latency: expect.any(Number),
      log: expect.stringMatching(
        new RegExp(
          [
            "^Execution log for request [0-9a-f-]+",
            ".* : Starting execution for request: [0-9a-f-]+",
            ".* : HTTP Method: GET, Resource Path: /existing",
            ".* : Method request path: \\{\\}",
            ".* : Method request query string: \\{\\}",
            ".* : Method request headers: \\{\\}",
            ".* : Method request body before transformations: ",
            '.* : Method response body after transformations: \\{"statusCode": 200, "message": "exists"\\}',
            ".* : Method response headers: \\{Content-Type=application/json\\}",
            ".* : Successfully completed execution",
            ".* : Method completed with status: 200",
            "$",
          ].join("\n"),
        ),
      ),
    },
  },
  {
    name: "invoke_test_method: test-invoke-method-get-pets-bad-path",
    operation: "TestInvokeMethod",
    input: { resourceId: "res300", httpMethod: "GET", pathWithQueryString: "/random/test" },
    resources: existing,
    output: expect.objectContaining({
      status: 200,
      log: expect.stringContaining("HTTP Method: GET, Resource Path: /random/test\n"),
    }),
  },
  {
    name: "failed_invoke_test_method: test-invoke-failure",
    operation: "TestInvokeMethod",
    input: { resourceId: "res300", httpMethod: "GET" },
    resources: mocked("", { request_templates: { "application/json": "{}" } }),
    output: expect.objectContaining({
      status: 500,
      body: '{"message": "Internal server error"}',
      headers: { "x-amzn-ErrorType": "InternalServerErrorException" },
      multiValueHeaders: { "x-amzn-ErrorType": ["InternalServerErrorException"] },
    }),
  },
  {
    name: "gateway_response_crud: get-gateway-responses",
    operation: "GetGatewayResponses",
    input: {},
    output: {
      item: expect.arrayContaining([
        {
          responseType: "MISSING_AUTHENTICATION_TOKEN",
          statusCode: "403",
          responseParameters: {},
          responseTemplates: { "application/json": '{"message":$context.error.messageString}' },
          defaultResponse: true,
        },
      ]),
    },
  },
  {
    name: "gateway_response_put: get-gateway-responses",
    operation: "GetGatewayResponses",
    input: {},
    resources: {
      ...baseResources(),
      ...gatewayResponse("DEFAULT_5XX", {
        status_code: "599",
        response_parameters: { "gatewayresponse.header.x-request-header": "method.request.header.Accept" },
        response_templates: { "application/json": "{}" },
      }),
      ...gatewayResponse("AUTHORIZER_FAILURE", {
        response_parameters: { "gatewayresponse.header.foo": "'bar'" },
      }),
    },
    output: {
      item: expect.arrayContaining([
        ...["DEFAULT_5XX", "INTEGRATION_TIMEOUT", "API_CONFIGURATION_ERROR"].map((responseType) => ({
          responseType,
          statusCode: "599",
          responseParameters: { "gatewayresponse.header.x-request-header": "method.request.header.Accept" },
          responseTemplates: { "application/json": "{}" },
          defaultResponse: responseType !== "DEFAULT_5XX",
        })),
        {
          responseType: "AUTHORIZER_FAILURE",
          statusCode: "500",
          responseParameters: { "gatewayresponse.header.foo": "'bar'" },
          responseTemplates: { "application/json": '{"message":$context.error.messageString}' },
          defaultResponse: false,
        },
      ]),
    },
  },
];

/** Recordings that the runtime answers otherwise, and why. */
const OTHERWISE: readonly (readonly [name: string, reason: string])[] = [
  [
    "lambda_aws_proxy_integration_non_post_method",
    "AWS deploys it and answers every request with a 500; here it stops the start",
  ],
  [
    "lambda_aws_proxy_integration_request_data_mapping",
    "request parameters of a proxy integration are not served: they stop the start",
  ],
  [
    "lambda_aws_proxy_integration, CloudFront's headers",
    "the recording is of an EDGE API; the start says so",
  ],
  [
    "lambda_aws_proxy_integration: with-prepended-slash-to-stage",
    "not evidence: the client of the recording takes the second slash away before it sends",
  ],
];

const joined = (response: EdgeResponse): Record<string, string> => {
  const all = new Map<string, string>();
  for (const [name, value] of response.headers) {
    const key = name.toLowerCase();
    const known = all.get(key);
    all.set(key, known === undefined ? value : `${known}, ${value}`);
  }
  return Object.fromEntries(all);
};

test.each(RECORDINGS)("as recorded: $name", async (recording) => {
  const bench = new Bench(recording.resources);
  bench.answer = succeeds("answer" in recording ? recording.answer : { statusCode: 200, body: "{}" });

  const response = await bench.send(recording.sent);

  expect(response.status).toBe(recording.status ?? 200);
  if (recording.body !== undefined) {
    const text = textOf(response);
    expect(typeof recording.body === "string" ? text : JSON.parse(text)).toEqual(recording.body);
  }
  expect(joined(response)).toEqual(expect.objectContaining(withoutNone(recording.headers ?? {})));
  for (const [name, value] of Object.entries(recording.headers ?? {})) {
    if (value === undefined) expect(headersOf(response)).not.toHaveProperty(name);
  }
  if (recording.event !== undefined) expect(bench.event()).toMatchObject(recording.event);
});

const withoutNone = (headers: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));

const context: CallContext = {
  principal: { kind: "administrator", arn: "arn:aws:iam::123456789012:root", accountId: "1", userId: "1" },
  requestId: "request",
  sourceIp: "127.0.0.1",
};

test.each(CALLS)("as recorded: $name", async ({ operation, input, resources, output, error }) => {
  const { service } = new Bench(resources);
  const call = async () =>
    await service.operations[operation]?.handle({ restApiId: API_ID, ...input }, context);

  if (error === undefined) expect(await call()).toEqual(output);
  else await expect(call()).rejects.toMatchObject({ message: error });
});

test("the page on the local runtime says how many agree (UPDATE_DOCS=1 writes it)", () => {
  const agree = RECORDINGS.length + CALLS.length;
  const otherwise = OTHERWISE.map(([name, reason]) => `- \`${name}\`: ${reason}.`).join("\n");

  expectGeneratedSection(
    "docs/local-runtime.md",
    "recorded apigateway",
    `API Gateway: ${agree + OTHERWISE.length} recorded facts were tried, ${agree} agree. The others:\n\n${otherwise}`,
  );
});
