import { DeploymentError, type Value } from "../../../../local/deployment/attributes";
import { ledger } from "../../../../local/load";
import { edgeWarnings } from "../../../../local/services/apigateway/warnings";
import { deploymentOf, type Resources, type Values } from "../../../support/deployment";
import { API_ID, Bench, baseResources, lambdaMethod, openMethod, resource, usagePlan } from "./fixture";

const METHOD = "aws_api_gateway_method.POST-lambda1";
const INTEGRATION = "aws_api_gateway_integration.POST-lambda1";
const where = { rest_api_id: API_ID, resource_id: "res001", http_method: "POST" };

const set = (address: string, values: Values): Resources => {
  const resources = baseResources();
  return { ...resources, [address]: { ...resources[address], ...values } };
};
const add = (address: string, values: Values): Resources => ({ ...baseResources(), [address]: values });
const part = (pathPart: string): Resources => ({ ...baseResources(), ...resource(pathPart, "res009") });
const siblings = (...parts: readonly string[]): Resources =>
  Object.assign(baseResources(), ...parts.map((name, index) => resource(name, `res10${index}`)));
const schema = (model: Value): Resources =>
  set("aws_api_gateway_model.Name", { schema: JSON.stringify(model) });
const stage = (values: Values): Resources => set("aws_api_gateway_stage.stage", values);
const endpoint = (types: string[]): Resources =>
  set("aws_api_gateway_rest_api.api", { endpoint_configuration: { types } });
const logFormat = (format: string): Resources =>
  stage({ access_log_settings: { destination_arn: "arn:aws:logs:us-east-1:1:log-group:g", format } });
const withKey = (value: string): Resources => ({ ...baseResources(), ...usagePlan({}, {}, { value }) });

/** A mapped header and what the method response declares. */
const mapped = (declared: Values | undefined): Resources => ({
  ...set(INTEGRATION, {
    type: "MOCK",
    uri: null,
    request_templates: { "application/json": '{"statusCode":200}' },
  }),
  ...(declared === undefined
    ? {}
    : {
        "aws_api_gateway_method_response.r": { ...where, status_code: "200", response_parameters: declared },
      }),
  "aws_api_gateway_integration_response.r": {
    ...where,
    status_code: "200",
    response_parameters: { "method.response.header.Vary": "'Origin'" },
  },
});

const sibling = "of this resource already has a variable path part -- only one is allowed";
const validOptions =
  "Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY";
const milliseconds = (value: number) => set(INTEGRATION, { timeout_milliseconds: value });

const refused: readonly (readonly [name: string, resources: Resources, reason: string])[] = [
  ["two path variables side by side", siblings("{id}", "{name}"), `A sibling ({id}) ${sibling}`],
  ["a variable beside the rest", siblings("{proxy+}", "{id}"), `A sibling ({proxy+}) ${sibling}`],
  ["a path part with a space", part("a b"), "Member must satisfy regular expression pattern"],
  ["a path part with a slash", part("a/b"), "Member must satisfy regular expression pattern"],
  ["a variable with text beside it", part("{id}.json"), "Member must satisfy regular expression pattern"],
  ["a method that is none", set(METHOD, { http_method: "TRACE" }), "Invalid Method identifier specified"],
  [
    "a method of WebDAV",
    { ...baseResources(), ...lambdaMethod("lambda1", "res001", "PROPFIND") },
    validOptions,
  ],
  ["a method in small letters", { ...baseResources(), ...lambdaMethod("x", "res001", "get") }, validOptions],
  [
    "a method twice",
    add("aws_api_gateway_method.twin", { ...where, authorization: "NONE" }),
    "already exists",
  ],
  [
    "one name in two places",
    set(METHOD, {
      request_parameters: { "method.request.querystring.a": true, "method.request.header.a": false },
    }),
    "Parameter names must be unique across querystring, header and path",
  ],
  [
    "an integration of a method that is not there",
    add("aws_api_gateway_integration.lost", { ...where, http_method: "PUT", type: "MOCK" }),
    "Invalid Method identifier specified",
  ],
  ["a header that is not declared", mapped({}), "parameter specified: method.response.header.Vary"],
  [
    "an integration type that is none",
    set(INTEGRATION, { type: "HTTPS_PROXY" }),
    "enum value set: [HTTP, AWS,",
  ],
  ["a timeout of 10 ms", milliseconds(10), "value greater than or equal to 50"],
  ["a timeout of a minute", milliseconds(60_000), "value less than or equal to 29000"],
  ["a timeout of 29,001 ms", milliseconds(29_001), "value less than or equal to 29000"],
  [
    "a behaviour that is none",
    set(INTEGRATION, { passthrough_behavior: "ALWAYS" }),
    "enum value set: [WHEN_NO_MATCH, WHEN_NO_TEMPLATES, NEVER]",
  ],
  ...["my-model", "my_model", "my model"].map(
    (name) =>
      [
        `the model name ${name}`,
        add("aws_api_gateway_model.other", {
          ...{ rest_api_id: API_ID, id: "m2", name },
          ...{ content_type: "application/json", schema: "{}" },
        }),
        `Model name must be alphanumeric: ${name}`,
      ] as const,
  ),
  [
    "two models of one name",
    add("aws_api_gateway_model.twin", { ...baseResources()["aws_api_gateway_model.Name"], id: "m2" }),
    "Model name already exists for this REST API",
  ],
  [
    "a model without a schema",
    set("aws_api_gateway_model.Name", { schema: null }),
    "at least 1 property or array items defined",
  ],
  ...["$id", "example", "examples", "const", "if", "nullable", "contains", "dependentRequired", "$defs"].map(
    (keyword) =>
      [
        `a model with ${keyword}`,
        schema({ type: "object", properties: { name: { [keyword]: {} } } }),
        `Unsupported keyword(s): ["${keyword}"]`,
      ] as const,
  ),
  ["a keyword deep in a model", schema({ allOf: [{ items: { not: { const: 1 } } }] }), '["const"]'],
  [
    "an API key of 19 characters",
    withKey("k".repeat(19)),
    "a value of 19 characters: API Key value should be",
  ],
  ["an API key of 129 characters", withKey("k".repeat(129)), "exceeds maximum size of 128 characters"],
  [
    "a plan for a stage that is not there",
    { ...baseResources(), ...usagePlan({}, { stage: "nowhere" }) },
    `Invalid API Stage {api: ${API_ID}, stage: nowhere}`,
  ],
  [
    "an authorizer with the name of another",
    add("aws_api_gateway_authorizer.twin", {
      ...baseResources()["aws_api_gateway_authorizer.AGAuthorizer1"],
      id: "twin01",
    }),
    "Authorizer name must be unique. Authorizer AGAuthorizer1 already exists in this RestApi.",
  ],
  ["a stage name with a dot", stage({ stage_name: "v1.0" }), "regular expression pattern: [a-zA-Z0-9_-]+"],
  ["a stage variable with a hyphen", stage({ variables: { "a-b": "1" } }), "alphanumeric and underscore"],
  ["a stage variable with a space in it", stage({ variables: { a: "1 2" } }), "the value of a must match"],
  [
    "an access log that names no request",
    logFormat("$context.status"),
    "must include at least $context.requestId",
  ],
  [
    "two endpoint types",
    endpoint(["EDGE", "REGIONAL"]),
    "Cannot create an api with multiple Endpoint Types.",
  ],
  ["an endpoint type that is none", endpoint(["LOCAL"]), "enum value set: [REGIONAL, EDGE, PRIVATE]"],
  [
    "a cached answer of two hours",
    set("aws_api_gateway_authorizer.AGAuthorizer1", { authorizer_result_ttl_in_seconds: 7200 }),
    "value less than or equal to 3600",
  ],
  [
    "a gateway response with the status 600",
    add("aws_api_gateway_gateway_response.r", {
      ...{ rest_api_id: API_ID, response_type: "THROTTLED", status_code: "600" },
    }),
    "regular expression pattern: [1-5]\\d\\d",
  ],
  ...[
    ["DAY", 1],
    ["WEEK", 7],
    ["MONTH", 28],
    ["WEEK", -1],
  ].map(
    ([period = "", offset = 0]) =>
      [
        `a quota of a ${period} that starts ${offset} later`,
        { ...baseResources(), ...usagePlan({ quota_settings: { limit: 1, period, offset } }) },
        `in the period ${period}`,
      ] as const,
  ),
  [
    "a quota of nothing",
    { ...baseResources(), ...usagePlan({ quota_settings: { limit: 0, period: "DAY" } }) },
    "Member must have value greater than or equal to 1",
  ],
];

test.each(refused)(
  "does not start with what AWS refuses, with its reason: %s",
  (_name, resources, reason) => {
    const start = () => {
      ledger.requireAcceptable(deploymentOf(resources));
      return new Bench(resources);
    };

    expect(start).toThrow(DeploymentError);
    expect(start).toThrow(reason);
    expect(start).toThrow(
      /^aws_api_gateway_\w+\.[\w-]+(?: \(stack secure-edge\)|\.\w+\[\d\])?: AWS refuses /,
    );
  },
);

test.each<[string, Resources, RegExp]>([
  ["a private API", endpoint(["PRIVATE"]), /REGIONAL or EDGE: a private API is reached from inside its VPC/],
  [
    "a declared header without its prefix",
    mapped({ Vary: true }),
    /a map from method.response.header.<name>/,
  ],
  ["a status without a method response", mapped(undefined), /one that an aws_api_gateway_method_response/],
  ["a look-ahead in a model", schema({ pattern: "^(?=a)" }), /patterns take linear time .*\(\?=/],
  ["a back reference in a model", schema({ pattern: "(a)\\1" }), /patterns take linear time/],
  [
    "a look-behind in an identity validation expression",
    set("aws_api_gateway_authorizer.AGAuthorizer1", { identity_validation_expression: "(?<!a)b" }),
    /that an engine of linear time can run/,
  ],
  [
    "a mock that converts to binary",
    set(INTEGRATION, { type: "MOCK", uri: null, content_handling: "CONVERT_TO_BINARY" }),
    /CONVERT_TO_TEXT, or unset/,
  ],
])("does not start with what it would serve otherwise: %s", (_name, resources, message) => {
  expect(() => new Bench(resources)).toThrow(message);
});

test("a refused API key is not repeated", () => {
  expect(() => new Bench(withKey("secret"))).toThrow(/^(?!.*secret)/s);
});

test.each<[string, Resources]>([
  ["every character of a path part", siblings("aZ0._-:", "{aZ0._-}")],
  [
    "a draft-04 model with every keyword by name",
    schema({ properties: { const: {}, $id: { enum: [{ const: 1 }] } } }),
  ],
  ["the shortest timeout", milliseconds(50)],
  ["the shortest key", withKey("k".repeat(20))],
  ["the headers of a declared response", mapped({ "method.response.header.Vary": false })],
  ["an access log by the extended id", logFormat("$context.extendedRequestId")],
])("starts with what AWS takes: %s", (_name, resources) => {
  expect(() => new Bench(resources)).not.toThrow();
});

test("every attribute of the base deployment is read, an orphaned validator included", () => {
  const resources = add("aws_api_gateway_request_validator.orphan", {
    ...{ rest_api_id: API_ID, id: "valid9", name: "nobody", validate_request_body: true },
  });
  const { deployment } = new Bench({ ...resources, ...usagePlan() });

  expect(() => ledger.requireEverythingRead(deployment)).not.toThrow();
});

test.each<[string, Values, RegExp]>([
  [
    "aws_api_gateway_rest_api.api",
    { endpoint_configuration: { types: ["REGIONAL"], vpc_endpoint_ids: ["vpce-1"] } },
    /vpc_endpoint_ids/,
  ],
  [INTEGRATION, { connection_type: "VPC_LINK", connection_id: "x" }, /connection_type is set/],
  ["aws_api_gateway_authorizer.AGAuthorizer1", { authorizer_uri: "arn" }, /authorizer_uri is set/],
  [
    "aws_api_gateway_deployment.deployment",
    { canary_settings: { percent_traffic: 10 } },
    /canary_settings\S* is set/,
  ],
])("stops the start for what nothing reads: %s %j", (address, values, message) => {
  const { deployment } = new Bench(set(address, values));

  expect(() => ledger.requireEverythingRead(deployment)).toThrow(message);
});

test.each([
  "aws_api_gateway_domain_name_access_association",
  "aws_api_gateway_rest_api_policy",
  "aws_api_gateway_rest_api_put",
  "aws_apigatewayv2_api",
  "aws_apigatewayv2_stage",
])("stops the start for another door: %s", (type) => {
  const deployment = deploymentOf({ ...baseResources(), [`${type}.x`]: {} });

  expect(() => ledger.requireAcceptable(deployment)).toThrow(`${type} is not served by the local runtime`);
});

describe("a custom domain", () => {
  const domain = (more: Values = {}) =>
    deploymentOf({
      "aws_api_gateway_domain_name.own": {
        ...{ domain_name: "api.example.com", regional_certificate_arn: "arn", security_policy: "TLS_1_2" },
        ...{ endpoint_configuration: [{ types: ["REGIONAL"] }], ...more },
      },
      "aws_api_gateway_base_path_mapping.own": { domain_name: "api.example.com", api_id: API_ID },
    });

  test("is named at start, as an address that is not served", () => {
    ledger.requireAcceptable(domain());
    ledger.requireEverythingRead(domain());

    expect(ledger.notEnforced(domain())).toEqual([
      "aws_api_gateway_domain_name.own: domain_name: the API also has this address, which nothing here answers at",
    ]);
  });

  test.each<[Values, RegExp]>([
    [{ mutual_tls_authentication: [{ truststore_uri: "s3://b/k" }] }, /mutual_tls_authentication is set/],
    [{ policy: "{}" }, /policy is set/],
  ])("stops the start where it decides who may come in: %j", (more, message) => {
    expect(() => ledger.requireEverythingRead(domain(more))).toThrow(message);
  });
});

describe("the start names", () => {
  const warningsOf = (resources: Resources) => edgeWarnings(new Bench(resources).edge.apis);
  const settings = (methodPath: string, values: Values): Resources => ({
    [`aws_api_gateway_method_settings.${methodPath}`]: {
      ...{ rest_api_id: API_ID, stage_name: "development", method_path: methodPath, settings: [values] },
    },
  });

  test("nothing for an API that is served as on AWS", () => {
    expect(warningsOf(baseResources())).toEqual([]);
  });

  test("parameters of a function's integration, which AWS passes over", () => {
    const resources = set(INTEGRATION, { request_parameters: { "integration.request.header.a": "'b'" } });

    expect(warningsOf(resources)).toEqual([
      "aws_api_gateway_integration.POST-lambda1: request_parameters change nothing for an AWS_PROXY integration, here as on AWS",
    ]);
    expect(() => ledger.requireEverythingRead(new Bench(resources).deployment)).not.toThrow();
  });

  test("an API without a stage", () => {
    const { "aws_api_gateway_stage.stage": _stage, ...resources } = baseResources();

    expect(warningsOf(resources)).toEqual([expect.stringContaining("the API has no stage")]);
  });

  test("an API before which AWS has CloudFront", () => {
    expect(warningsOf(endpoint(["EDGE"]))).toEqual([expect.stringContaining("CloudFront")]);
  });

  test("a model whose formats nobody checks", () => {
    expect(warningsOf(schema({ properties: { at: { type: "string", format: "date-time" } } }))).toEqual([
      expect.stringContaining("model Name: format is not checked here"),
    ]);
  });

  test("a method whose own settings leave the throttle out", () => {
    const all = settings("*/*", { throttling_rate_limit: 1, throttling_burst_limit: 1 });
    const own = settings("open/GET", { logging_level: "INFO" });

    expect(warningsOf({ ...baseResources(), ...openMethod, ...all, ...own })).toEqual([
      expect.stringContaining("open/GET has no throttle of its own"),
    ]);
  });

  test("settings for a method that the API does not have", () => {
    const throttle = { throttling_rate_limit: 1, throttling_burst_limit: 1 };
    const resources = { ...baseResources(), ...openMethod };

    expect(warningsOf({ ...resources, ...settings("open/POST", throttle) })).toEqual([
      expect.stringContaining("open/POST is not a method of the API, so these settings hold for nothing"),
    ]);
    for (const path of ["open/GET", "~1open/GET", "*/*"])
      expect(warningsOf({ ...resources, ...settings(path, throttle) })).toEqual([]);
  });
});
