import type { JsonObject } from "../../../../local/kernel/json";
import { openApiDocuments } from "../../../../local/openapi";
import { deploymentOf, type Resources, type Values } from "../../../support/deployment";
import { API_ID, baseResources, gatewayResponse, lambdaMethod, resource, usagePlan } from "./fixture";

const ofApi = { rest_api_id: API_ID };

function documentOf(resources: Resources = {}): JsonObject {
  const document = openApiDocuments(deploymentOf({ ...baseResources(), ...resources })).get("development");
  return document ?? {};
}

/** What is at a path of members: `at(document, "paths", "/lambda1", "post")`. */
function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>((inner, key) => (inner as JsonObject | undefined)?.[key], value);
}

const model = (name: string, schema: JsonObject): Resources => ({
  [`aws_api_gateway_model.${name}`]: {
    ...ofApi,
    id: name,
    name,
    content_type: "application/json",
    schema: JSON.stringify({ $schema: "http://json-schema.org/draft-04/schema#", ...schema }),
  },
});

test("a signed-in, validated method says who may call it, what it takes, and every answer of API Gateway", () => {
  const document = documentOf();
  const operation = at(document, "paths", "/lambda1", "post");

  expect(at(document, "servers")).toEqual([
    { url: `https://${API_ID}.execute-api.us-east-1.amazonaws.com/development` },
  ]);
  expect(operation).toMatchObject({
    operationId: "postLambda1",
    requestBody: {
      required: true,
      content: { "application/json": { schema: { $ref: "#/components/schemas/Name" } } },
    },
    security: [{ AGAuthorizer1: [] }],
    "x-throttle": { rate: 10_000, burst: 5_000 },
  });
  expect(Object.keys(at(operation, "responses") as JsonObject)).toEqual([
    "400",
    "401",
    "413",
    "429",
    "431",
    "500",
    "502",
    "504",
    "default",
  ]);
  expect(at(operation, "responses", "401", "content", "application/json")).toEqual({
    schema: { $ref: "#/components/schemas/Error" },
    examples: {
      unauthorized: { value: { message: "Unauthorized" } },
      expiredToken: { value: { message: "The incoming token has expired" } },
    },
  });
  expect(at(document, "components", "securitySchemes", "AGAuthorizer1")).toEqual({
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "An ID token of the Cognito user pool us-east-1_pool1.",
  });
  expect(at(document, "components", "schemas", "Name", "properties", "name", "maxLength")).toBe(8);
});

test("an open method asks for nothing, and says so", () => {
  const document = documentOf({ ...resource("open", "res002"), ...lambdaMethod("open", "res002", "GET") });

  expect(at(document, "paths", "/open", "get", "security")).toEqual([]);
  expect(at(document, "paths", "/open", "get", "responses", "401")).toBeUndefined();
});

test("scopes, a key with its plan's limits and parameters are named", () => {
  const document = documentOf({
    ...resource("{id}", "res002"),
    ...lambdaMethod("{id}", "res002", "GET", {
      authorization: "COGNITO_USER_POOLS",
      authorizer_id: "auth01",
      authorization_scopes: ["api/read"],
      api_key_required: true,
      request_validator_id: "valid1",
      request_parameters: {
        "method.request.path.id": true,
        "method.request.querystring.page": true,
        "method.request.header.X-Trace": false,
      },
    }),
    ...usagePlan({
      throttle_settings: [{ rate_limit: 2, burst_limit: 3 }],
      quota_settings: [{ limit: 5, period: "DAY" }],
    }),
  });
  const item = at(document, "paths", "/{id}");
  const operation = at(item, "get");

  expect(at(item, "parameters")).toEqual([
    { name: "id", in: "path", required: true, schema: { type: "string" } },
  ]);
  expect(at(operation, "parameters")).toEqual([
    { name: "page", in: "query", required: true, schema: { type: "string" } },
    { name: "X-Trace", in: "header", required: false, schema: { type: "string" } },
  ]);
  expect(at(operation, "security")).toEqual([{ AGAuthorizer1: ["api/read"], ApiKey: [] }]);
  expect(at(operation, "x-throttle")).toEqual({ rate: 10_000, burst: 5_000, perKey: { rate: 2, burst: 3 } });
  expect(
    at(operation, "responses", "400", "content", "application/json", "examples", "badParameters", "value"),
  ).toEqual({
    message: "Missing required request parameters: [id, page]",
  });
  expect(
    Object.keys(at(operation, "responses", "429", "content", "application/json", "examples") as JsonObject),
  ).toEqual(["throttled", "quotaExceeded"]);
  expect(at(document, "components", "securitySchemes", "ApiKey", "name")).toBe("x-api-key");
});

test("a method for any verb stands under each that has none of its own; a greedy path under its name", () => {
  const document = documentOf({
    ...resource("{proxy+}", "res002"),
    ...lambdaMethod("any", "res002", "ANY"),
    ...lambdaMethod("get", "res002", "GET", { operation_name: "readAll" }),
  });
  const item = at(document, "paths", "/{proxy}") as JsonObject;

  expect(Object.keys(item)).toEqual([
    "parameters",
    "put",
    "post",
    "delete",
    "patch",
    "options",
    "head",
    "get",
  ]);
  expect(at(item, "get", "operationId")).toBe("readAll");
  expect(at(item, "put", "operationId")).toBe("putProxy");
});

test("what the integration answers is described as the method responses say", () => {
  const where = { ...ofApi, resource_id: "res001", http_method: "POST" };
  const document = documentOf({
    ...model("Greeting", { type: "object" }),
    "aws_api_gateway_method_response.200": {
      ...where,
      status_code: "200",
      response_models: { "application/json": "Greeting" },
      response_parameters: { "method.response.header.X-Count": true },
    },
    "aws_api_gateway_method_response.400": {
      ...where,
      status_code: "400",
      response_models: { "application/json": "Error" },
    },
  });
  const responses = at(document, "paths", "/lambda1", "post", "responses");

  expect(at(responses, "200")).toEqual({
    description: "OK",
    headers: { "X-Count": { $ref: "#/components/headers/X-Count" } },
    content: { "application/json": { schema: { $ref: "#/components/schemas/Greeting" } } },
  });
  expect(at(responses, "400", "content", "application/json", "schema")).toEqual({
    $ref: "#/components/schemas/Error",
  });
  expect(at(responses, "default")).toBeUndefined();
  expect(at(document, "components", "headers", "X-Count")).toEqual({ schema: { type: "string" } });
});

test("gateway responses shape status, headers and body", () => {
  const document = documentOf(
    gatewayResponse("UNAUTHORIZED", {
      status_code: "418",
      response_parameters: { "gatewayresponse.header.X-Why": "'no token'" },
      response_templates: {
        "application/json": '{"error":$context.error.messageString,"type":"$context.error.responseType"}',
      },
    }),
  );
  const teapot = at(document, "paths", "/lambda1", "post", "responses", "418");

  expect(at(teapot, "headers")).toEqual({ "X-Why": { $ref: "#/components/headers/X-Why" } });
  expect(at(teapot, "content", "application/json", "examples", "unauthorized", "value")).toEqual({
    error: "Unauthorized",
    type: "UNAUTHORIZED",
  });
  expect(at(document, "components", "headers", "X-Why")).toEqual({
    schema: { type: "string", const: "no token" },
  });
});

test("models of draft 4 are written in JSON Schema 2020-12, with those that they refer to", () => {
  const document = documentOf({
    ...model("Order", {
      type: "object",
      properties: {
        count: { type: "integer", minimum: 0, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false },
        line: { $ref: `https://apigateway.amazonaws.com/restapis/${API_ID}/models/Line` },
      },
    }),
    ...model("Line", {
      id: "line",
      definitions: { text: { type: "string" } },
      type: "object",
      properties: { id: { $ref: "#/definitions/text" } },
    }),
    ...model("Unused", { type: "object" }),
    ...resource("orders", "res002"),
    ...lambdaMethod("orders", "res002", "POST", { request_models: { "application/json": "Order" } }),
  });

  expect(at(document, "components", "schemas")).toEqual({
    Error: expect.anything(),
    Name: expect.anything(),
    Order: {
      type: "object",
      properties: {
        count: { type: "integer", exclusiveMinimum: 0, maximum: 9 },
        line: { $ref: "#/components/schemas/Line" },
      },
    },
    Line: {
      definitions: { text: { type: "string" } },
      type: "object",
      properties: { id: { $ref: "#/components/schemas/Line/definitions/text" } },
    },
  });
});

test("a web ACL that answers for itself says so, with headers, types and bodies, its rule groups too", () => {
  const stageArn = `arn:aws:apigateway:us-east-1::/restapis/${API_ID}/stages/development`;
  const blocking = (name: string, response: Values): Values => ({
    name,
    priority: 1,
    action: [{ block: [{ custom_response: [response] }] }],
    statement: [{ geo_match_statement: [{ country_codes: ["AQ"] }] }],
  });
  const document = documentOf({
    "aws_wafv2_web_acl_association.stage": { resource_arn: stageArn, web_acl_arn: "arn:acl" },
    "aws_wafv2_web_acl.edge": {
      ...{ arn: "arn:acl", name: "edge", scope: "REGIONAL" },
      default_action: [{ allow: [{}] }],
      custom_response_body: [{ key: "sorry", content_type: "TEXT_HTML", content: "<p>Not here.</p>" }],
      rule: [
        blocking("Country", {
          response_code: 451,
          custom_response_body_key: "sorry",
          response_header: [{ name: "x-reason", value: "country" }],
        }),
        {
          name: "Group",
          priority: 2,
          override_action: [{ none: [{}] }],
          statement: [{ rule_group_reference_statement: [{ arn: "arn:group" }] }],
        },
      ],
    },
    "aws_wafv2_rule_group.group": {
      ...{ arn: "arn:group", name: "group", scope: "REGIONAL", capacity: 10 },
      custom_response_body: [{ key: "json", content_type: "APPLICATION_JSON", content: '{"code":"later"}' }],
      rule: [blocking("Later", { response_code: 503, custom_response_body_key: "json" })],
    },
  });
  const responses = at(document, "paths", "/lambda1", "post", "responses");

  expect(at(responses, "451")).toEqual({
    description: "Status 451",
    headers: { "x-reason": { $ref: "#/components/headers/x-reason" } },
    content: { "text/html": { schema: {}, examples: { webAcl1: { value: "<p>Not here.</p>" } } } },
  });
  expect(at(responses, "503", "content", "application/json")).toEqual({
    schema: {},
    examples: { webAcl2: { value: { code: "later" } } },
  });
  expect(at(document, "components", "headers", "x-reason")).toEqual({
    schema: { type: "string", const: "country" },
  });
});
