import { DeploymentError, type Value } from "../../../../local/deployment/attributes";
import { ledger } from "../../../../local/load";
import { createEdge } from "../../../../local/services/apigateway/edge/edge";
import { deploymentOf, type Resources, type Values } from "../../../support/deployment";
import { Bench, baseResources, gatewayResponse, resource, usagePlan } from "./fixture";

/** The base deployment with some attributes of one resource set. */
function set(address: string, values: Values): Resources {
  const resources = baseResources();
  return { ...resources, [address]: { ...resources[address], ...values } };
}

const METHOD = "aws_api_gateway_method.POST-lambda1";
const INTEGRATION = "aws_api_gateway_integration.POST-lambda1";
const API = "aws_api_gateway_rest_api.api";
const STAGE = "aws_api_gateway_stage.stage";
const AUTHORIZER = "aws_api_gateway_authorizer.AGAuthorizer1";

const where = { rest_api_id: "a1b2c3d4e5", resource_id: "res001", http_method: "POST" };
const mock = (values: Values): Resources => set(INTEGRATION, { type: "MOCK", uri: null, ...values });
const answered = (values: Values): Resources => ({
  ...mock({ request_templates: { "application/json": '{"statusCode":200}' } }),
  "aws_api_gateway_integration_response.r": { ...where, status_code: "200", ...values },
  "aws_api_gateway_method_response.r": {
    ...where,
    status_code: "200",
    response_parameters: { "method.response.header.A": true },
  },
});
const settings = (values: Value): Resources => ({
  ...baseResources(),
  "aws_api_gateway_method_settings.all": {
    rest_api_id: "a1b2c3d4e5",
    stage_name: "development",
    method_path: "*/*",
    settings: values,
  },
});
const without = (address: string): Resources =>
  Object.fromEntries(Object.entries(baseResources()).filter(([name]) => name !== address));

test.each<[string, Resources, RegExp]>([
  [
    "IAM authorization",
    set(METHOD, { authorization: "AWS_IAM" }),
    /POST-lambda1: authorization AWS_IAM is not supported/,
  ],
  [
    "a pool's authorizer where a function is to decide",
    set(METHOD, { authorization: "CUSTOM" }),
    /authorizer_id must be the id of an authorizer of the same API and of the type TOKEN or REQUEST/,
  ],
  [
    "a Lambda authorizer without its function",
    set(AUTHORIZER, { type: "REQUEST" }),
    /AGAuthorizer1: authorizer_uri must be a string/,
  ],
  [
    "an unknown authorizer",
    set(METHOD, { authorizer_id: "other" }),
    /authorizer_id must be the id of an authorizer/,
  ],
  [
    "an authorizer without pools",
    set(AUTHORIZER, { provider_arns: [] }),
    /provider_arns must be ARNs of user pools/,
  ],
  [
    "another identity source",
    set(AUTHORIZER, { identity_source: "method.request.querystring.t" }),
    /identity_source must be/,
  ],
  [
    "a broken expression",
    set(AUTHORIZER, { identity_validation_expression: "(" }),
    /must be a regular expression/,
  ],
  [
    "an unknown validator",
    set(METHOD, { request_validator_id: "other" }),
    /request_validator_id must be the id/,
  ],
  [
    "an unknown model",
    set(METHOD, { request_models: { $default: "Other" } }),
    /request_models must be a map to names/,
  ],
  [
    "an odd parameter",
    set(METHOD, { request_parameters: { "method.request.body.x": true } }),
    /request_parameters must be/,
  ],
  [
    "a broken schema",
    set("aws_api_gateway_model.Name", { schema: "{" }),
    /aws_api_gateway_model\.Name: schema must be/,
  ],
  [
    "a schema that is none",
    set("aws_api_gateway_model.Name", { schema: '{"type":7}' }),
    /schema must be a JSON schema/,
  ],
  ["a method without integration", without(INTEGRATION), /the method has no aws_api_gateway_integration/],
  [
    "an integration with a role of elsewhere",
    set(INTEGRATION, { credentials: "arn:aws:iam::1:role/r" }),
    /credentials must be the ARN of a role of the deployment/,
  ],
  [
    "an integration with its caller's credentials",
    set(INTEGRATION, { credentials: "arn:aws:iam::*:user/*" }),
    /credentials must be the ARN of a role of the deployment/,
  ],
  [
    "a URI that is not a function's",
    set(INTEGRATION, { uri: "https://example.org" }),
    /uri must be the invoke ARN/,
  ],
  ["a Lambda integration by GET", set(INTEGRATION, { integration_http_method: "GET" }), /must be POST/],
  [
    "a header from elsewhere",
    answered({ response_parameters: { "method.response.header.A": "method.request.header.B" } }),
    /response_parameters must map method\.response\.header\.<name> to 'constant', integration\.response\.\*/,
  ],
  [
    "an integration of Lambda that is not an invocation",
    set(INTEGRATION, { type: "AWS", uri: "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions" }),
    /uri must be the invoke ARN/,
  ],
  [
    "parameters of a call that are not",
    set(INTEGRATION, { type: "AWS", request_parameters: { "integration.request.body": "'x'" } }),
    /request_parameters must be a map from integration\.request/,
  ],
  ["a body that is not OpenAPI", set(API, { body: "{}" }), /body must be Swagger 2.0 or OpenAPI 3.0/],
  ["a resource policy", set(API, { policy: "{}" }), /policy is set/],
  [
    "a policy of its own",
    { ...baseResources(), "aws_api_gateway_rest_api_policy.p": {} },
    /aws_api_gateway_rest_api_policy is not served/,
  ],
  [
    "a switched-off endpoint",
    set(API, { disable_execute_api_endpoint: true }),
    /disable_execute_api_endpoint is set/,
  ],
  ["keys from elsewhere", set(API, { api_key_source: "QUERY" }), /AWS refuses api_key_source "QUERY"/],
  ["compression", set(API, { minimum_compression_size: "0" }), /minimum_compression_size must be unset/],
  ["a cache", set(STAGE, { cache_cluster_enabled: true }), /cache_cluster_enabled is set/],
  ["a canary", set(STAGE, { canary_settings: [{ percent_traffic: 1 }] }), /canary_settings is set/],
  [
    "a stage created by the deployment",
    set("aws_api_gateway_deployment.deployment", { stage_name: "x" }),
    /stage_name is set/,
  ],
  [
    "an access log elsewhere",
    set(STAGE, { access_log_settings: { destination_arn: "arn:aws:firehose:x", format: "x" } }),
    /must be the ARN of a CloudWatch log group/,
  ],
  ["method settings without a block", settings(null), /settings must be one block/],
  ["an unknown log level", settings({ logging_level: "DEBUG" }), /logging_level must be OFF, ERROR or INFO/],
  [
    "an unknown gateway response",
    { ...baseResources(), ...gatewayResponse("TEAPOT", {}) },
    /response_type "TEAPOT": Member must satisfy enum value set/,
  ],
  [
    "an odd gateway header",
    {
      ...baseResources(),
      ...gatewayResponse("DEFAULT_4XX", { response_parameters: { "gatewayresponse.header.A": "unquoted" } }),
    },
    /response_parameters must be/,
  ],
  [
    "an orphan resource",
    { ...baseResources(), ...resource("x", "res008", "nowhere") },
    /parent_id must lead to the API's root/,
  ],
  [
    "resources in a ring",
    { ...baseResources(), ...resource("x", "res007", "res008"), ...resource("y", "res008", "res007") },
    /parent_id must lead/,
  ],
  [
    "something below a greedy part",
    { ...baseResources(), ...resource("{p+}", "res007"), ...resource("y", "res008", "res007") },
    /Cannot create a child of a resource with a greedy path variable: \{p\+\}/,
  ],
  [
    "two resources of one path",
    { ...baseResources(), ...resource("lambda1", "res008") },
    /Another resource with the same parent already has this name: lambda1/,
  ],
  [
    "an unknown key in a plan",
    { ...baseResources(), ...usagePlan({}, {}, { id: "other" }) },
    /key_id must be the id/,
  ],
  [
    "an odd quota",
    { ...baseResources(), ...usagePlan({ quota_settings: { limit: 1, period: "YEAR" } }) },
    /period "YEAR": Member must satisfy enum value set/,
  ],
])("does not start with %s", (_name, resources, message) => {
  const { services } = new Bench();
  const start = () => {
    const deployment = deploymentOf(resources);
    ledger.requireAcceptable(deployment);
    createEdge(deployment, services);
    ledger.requireEverythingRead(deployment);
  };

  expect(start).toThrow(DeploymentError);
  expect(start).toThrow(message);
});

test("two stages of one name cannot be told apart on loopback", () => {
  const resources = baseResources();
  const second: Resources = {
    "aws_api_gateway_rest_api.second": { id: "second0000", root_resource_id: "root222222", name: "Second" },
    "aws_api_gateway_stage.second": {
      rest_api_id: "second0000",
      stage_name: "development",
      deployment_id: "d2",
    },
  };

  expect(() => new Bench({ ...resources, ...second })).toThrow(
    'aws_api_gateway_stage.second: stage_name "development" is taken by aws_api_gateway_stage.stage; ' +
      "locally the URL starts with the stage's name, so each stage of the deployment needs its own",
  );
});

test("several APIs are served side by side, each by its stage", async () => {
  const bench = new Bench({
    ...baseResources(),
    "aws_api_gateway_rest_api.second": { id: "second0000", root_resource_id: "root222222", name: "Second" },
    "aws_api_gateway_stage.second": { rest_api_id: "second0000", stage_name: "v2", deployment_id: "d2" },
    "aws_api_gateway_method.second": {
      rest_api_id: "second0000",
      resource_id: "root222222",
      http_method: "GET",
      authorization: "NONE",
    },
    "aws_api_gateway_integration.second": {
      ...baseResources()[INTEGRATION],
      rest_api_id: "second0000",
      resource_id: "root222222",
      http_method: "GET",
    },
  });

  const root = await bench.get("/v2");
  const first = await bench.get("/v2/lambda1");

  expect([root.status, first.status]).toEqual([200, 403]);
  expect(bench.event()).toMatchObject({ path: "/", requestContext: { apiId: "second0000", path: "/v2" } });
  expect(["/v2/x", "/development", "/development?x", "/other", "*"].map(bench.edge.isStagePath)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

test("what Terraform's state writes for unset attributes is unset", async () => {
  const bench = new Bench({
    ...set(API, {
      policy: "",
      body: null,
      minimum_compression_size: "",
      disable_execute_api_endpoint: false,
      binary_media_types: [],
      api_key_source: "HEADER",
    }),
    [STAGE]: {
      ...baseResources()[STAGE],
      access_log_settings: [],
      canary_settings: [],
      cache_cluster_enabled: false,
      variables: null,
    },
    [INTEGRATION]: {
      ...baseResources()[INTEGRATION],
      credentials: "",
      request_parameters: {},
      request_templates: null,
      timeout_milliseconds: 29000,
    },
  });

  expect((await bench.send()).status).toBe(200);
});

test("a deployment with the name of a stage brings the stage along, with its variables", async () => {
  const { [STAGE]: stage, ...others } = baseResources();
  const bench = new Bench({
    ...others,
    "aws_api_gateway_deployment.deployment": {
      ...others["aws_api_gateway_deployment.deployment"],
      stage_name: "prod",
      stage_description: "for everybody",
      variables: { table: "T" },
    },
  });

  expect(stage?.stage_name).toBe("development");
  expect(bench.edge.stageNames).toEqual(["prod"]);
  expect((await bench.send({ target: "/prod/lambda1" })).status).toBe(200);
  expect(bench.event().stageVariables).toEqual({ table: "T" });
  expect(() => ledger.requireEverythingRead(bench.deployment)).not.toThrow();
});

test("variables of a deployment without a stage's name are of nothing", () => {
  const deployment = "aws_api_gateway_deployment.deployment";
  const bench = new Bench(set(deployment, { variables: { at: "now" }, stage_name: "" }));

  expect(bench.edge.stageNames).toEqual(["development"]);
  expect(() => ledger.requireEverythingRead(bench.deployment)).not.toThrow();
});
