import { stringify } from "yaml";
import type { Deployment } from "../../../../local/deployment/deployment";
import { ledger, readStates } from "../../../../local/load";
import { createEdge } from "../../../../local/services/apigateway/edge/edge";
import { edgeWarnings } from "../../../../local/services/apigateway/warnings";
import { ACCOUNT, deploymentOf, type Resources, type Values } from "../../../support/deployment";
import { synthesizedDeployment } from "../../../support/synthesized-folder";
import {
  API_ID,
  Bench,
  FUNCTION_ARN,
  headersOf,
  INVOKE_ARN,
  nameSchema,
  POOL_ARN,
  succeeds,
  textOf,
  usagePlan,
  withImported,
} from "./fixture";

type Json = Readonly<Record<string, unknown>>;

/** An API of that document alone, in the stage `development`. */
function bodied(document: Json | string, api: Values = {}): Resources {
  return {
    "aws_api_gateway_rest_api.api": {
      id: API_ID,
      root_resource_id: "root000000",
      name: "bodied",
      endpoint_configuration: { types: ["REGIONAL"] },
      body: typeof document === "string" ? document : JSON.stringify(document),
      ...api,
    },
    "aws_api_gateway_stage.stage": {
      rest_api_id: API_ID,
      stage_name: "development",
      deployment_id: "deploy",
    },
  };
}

const proxy = { type: "aws_proxy", httpMethod: "POST", uri: INVOKE_ARN };
const integrated = (operation: Json = {}): Json => ({
  responses: { 200: { description: "ok" } },
  "x-amazon-apigateway-integration": proxy,
  ...operation,
});

const v3 = (document: Json): Json => ({ openapi: "3.0.1", info: { title: "t", version: "1" }, ...document });
const v2 = (document: Json): Json => ({ swagger: "2.0", info: { title: "t", version: "1" }, ...document });

const gate = {
  type: "apiKey",
  name: "X-Token",
  in: "header",
  "x-amazon-apigateway-authtype": "custom",
  "x-amazon-apigateway-authorizer": {
    type: "token",
    authorizerUri: INVOKE_ARN,
    authorizerResultTtlInSeconds: 0,
  },
};

const call = (bench: Bench, operation: string, input: object = {}) =>
  bench.service.operations[operation]?.handle(
    { restApiId: API_ID, ...input },
    { principal: { kind: "anonymous" }, requestId: "r", sourceIp: "127.0.0.1" },
  );

describe("paths", () => {
  const paths = {
    "/users/{id}/orders": { get: integrated(), post: integrated() },
    "/": { get: integrated() },
  };

  test.each([
    ["Swagger 2.0 in JSON", JSON.stringify(v2({ paths }))],
    ["OpenAPI 3.0 in JSON", JSON.stringify(v3({ paths }))],
    ["Swagger 2.0 in YAML", stringify(v2({ paths }))],
    ["OpenAPI 3.0 in YAML", stringify(v3({ paths }))],
  ])("of %s are served, with every resource on the way to them", async (_name, body) => {
    const bench = new Bench(bodied(body));

    const answers = await Promise.all([
      bench.get("/development/users/7/orders"),
      bench.send({ target: "/development/users/7/orders" }),
      bench.get("/development/"),
      bench.get("/development/users"),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 403]);
    expect(bench.edge.apis[0]?.resources.map(({ path }) => path).sort()).toEqual([
      "/",
      "/users",
      "/users/{id}",
      "/users/{id}/orders",
    ]);
    expect(bench.invocations[0]?.functionArn).toBe(FUNCTION_ARN);
  });

  test.each([
    ["ignore", "/e"],
    ["prepend", "/a/b/c/e"],
    ["split", "/b/c/e"],
  ])("with basepath %s, /e is %s", async (basepath, path) => {
    const parameters = { parameters: { basepath } };
    const swagger = new Bench(
      bodied(v2({ basePath: "/a/b/c", paths: { "/e": { get: integrated() } } }), parameters),
    );
    const servers = [
      { url: "https://example.com/{basePath}", variables: { basePath: { default: "/a/b/c" } } },
    ];
    const openapi = new Bench(bodied(v3({ servers, paths: { "/e": { get: integrated() } } }), parameters));

    expect((await swagger.get(`/development${path}`)).status).toBe(200);
    expect((await openapi.get(`/development${path}`)).status).toBe(200);
  });

  test("with x-amazon-apigateway-any-method take every method", async () => {
    const bench = new Bench(
      bodied(v3({ paths: { "/{proxy+}": { "x-amazon-apigateway-any-method": integrated() } } })),
    );

    expect((await bench.send({ method: "DELETE", target: "/development/a/b" })).status).toBe(200);
    expect(bench.event()).toMatchObject({ pathParameters: { proxy: "a/b" } });
  });

  test("can be shared by reference, with the parameters of a whole path", async () => {
    const bench = new Bench(
      bodied(
        v3({
          paths: { "/a": { parameters: [{ $ref: "#/components/parameters/Page" }], get: integrated() } },
          components: { parameters: { Page: { name: "page", in: "query", required: true } } },
          "x-amazon-apigateway-request-validators": { params: { validateRequestParameters: true } },
          "x-amazon-apigateway-request-validator": "params",
        }),
      ),
    );

    const missing = await bench.get("/development/a");

    expect([missing.status, textOf(missing)]).toEqual([
      400,
      '{"message": "Missing required request parameters: [page]"}',
    ]);
    expect((await bench.get("/development/a?page=1")).status).toBe(200);
  });
});

describe("bodies", () => {
  const validators = {
    "x-amazon-apigateway-request-validators": { all: { validateRequestBody: true } },
    "x-amazon-apigateway-request-validator": "all",
  };
  const swagger = v2({
    ...validators,
    paths: {
      "/lambda1": {
        post: integrated({ parameters: [{ in: "body", name: "b", schema: { $ref: "#/definitions/Name" } }] }),
      },
    },
    definitions: { Name: { ...nameSchema, example: { name: "Ada" }, "x-internal": true } },
  });
  const openapi = v3({
    ...validators,
    paths: {
      "/lambda1": { post: integrated({ requestBody: { $ref: "#/components/requestBodies/Named" } }) },
    },
    components: {
      requestBodies: {
        Named: { content: { "application/json": { schema: { $ref: "#/components/schemas/Name" } } } },
      },
      schemas: {
        Name: {
          type: "object",
          required: ["name"],
          properties: { name: { $ref: "#/components/schemas/Text" }, example: { type: "integer" } },
        },
        Text: { type: "string", maxLength: 8, description: "properties and not keywords: example" },
      },
    },
  });
  const inline = v3({
    ...validators,
    paths: {
      "/lambda1": {
        post: integrated({ requestBody: { content: { "application/json": { schema: nameSchema } } } }),
      },
    },
  });

  test.each([
    ["of a definition", swagger],
    ["of a component that refers to another", openapi],
    ["of a schema in the operation", inline],
  ])("are held to the model %s", async (_name, document) => {
    const bench = new Bench(bodied(document));

    const fits = await bench.send();
    const breaks = await bench.send({ body: '{"name":"Ada Lovelace"}' });

    expect([fits.status, breaks.status, textOf(breaks)]).toEqual([
      200,
      400,
      '{"message": "Invalid request body"}',
    ]);
  });

  test("may have members with the names of keywords", async () => {
    const bench = new Bench(bodied(openapi));

    expect((await bench.send({ body: '{"name":"Ada","example":1}' })).status).toBe(200);
    expect((await bench.send({ body: '{"name":"Ada","example":"x"}' })).status).toBe(400);
  });

  test("an operation's own validator comes before the document's", async () => {
    const document = v3({
      ...validators,
      "x-amazon-apigateway-request-validators": { all: { validateRequestBody: true }, none: {} },
      paths: {
        "/lambda1": {
          post: integrated({
            requestBody: { content: { "application/json": { schema: nameSchema } } },
            "x-amazon-apigateway-request-validator": "none",
          }),
        },
      },
    });

    expect((await new Bench(bodied(document)).send({ body: "{}" })).status).toBe(200);
  });
});

describe("security", () => {
  const secured = (security: unknown, schemes: Json, common: Json = {}, operation: Json = {}): Json =>
    v3({
      paths: { "/a": { get: integrated({ ...(security === undefined ? {} : { security }), ...operation }) } },
      components: { securitySchemes: schemes },
      ...common,
    });
  const get = (document: Json, headers: [string, string][] = [], more: Resources = {}, api: Values = {}) =>
    new Bench({ ...bodied(document, api), ...more }).get("/development/a", headers);

  test("by a Lambda authorizer takes the token from the header that the scheme names", async () => {
    const bench = new Bench(bodied(secured([{ gate: [] }], { gate })));
    bench.answer = succeeds({ principalId: "a", policyDocument: { Statement: [] } });

    const refused = await bench.get("/development/a", [["Authorization", "t"]]);
    const asked = await bench.get("/development/a", [["X-Token", "t"]]);

    expect([refused.status, asked.status]).toEqual([401, 403]);
    expect(bench.event()).toMatchObject({ type: "TOKEN", authorizationToken: "t" });
  });

  test("by a REQUEST authorizer takes its identity sources", async () => {
    const { "x-amazon-apigateway-authorizer": token, ...scheme } = gate;
    const authorizer = { ...token, type: "request", identitySource: "method.request.querystring.key" };
    const bench = new Bench(
      bodied(secured([{ gate: [] }], { gate: { ...scheme, "x-amazon-apigateway-authorizer": authorizer } })),
    );
    bench.answer = succeeds({ principalId: "a", policyDocument: { Statement: [] } });

    expect((await bench.get("/development/a", [["X-Token", "t"]])).status).toBe(401);
    expect((await bench.get("/development/a?key=1")).status).toBe(403);
    expect(bench.event()).toMatchObject({ type: "REQUEST" });
  });

  test("by a user pool verifies tokens, with the scopes of the operation", async () => {
    const pool = {
      ...gate,
      name: "Authorization",
      "x-amazon-apigateway-authtype": "cognito_user_pools",
      "x-amazon-apigateway-authorizer": { type: "cognito_user_pools", providerARNs: [POOL_ARN] },
    };
    const bench = new Bench(bodied(secured([{ pool: ["api/read"] }], { pool })));
    bench.tokens.known.set("good", { ok: true, claims: { scope: "api/read" } });

    expect((await bench.get("/development/a")).status).toBe(401);
    expect((await bench.get("/development/a", [["Authorization", "good"]])).status).toBe(200);
    expect(bench.tokens.calls[0]?.tokenUse).toBe("access");
  });

  test("by an API key asks for one", async () => {
    const key = { type: "apiKey", name: "X-API-Key", in: "header" };
    const document = secured([{ key: [] }], { key });

    expect((await get(document, [], usagePlan())).status).toBe(403);
    expect((await get(document, [["x-api-key", "client-key-value-0001"]], usagePlan())).status).toBe(200);
  });

  test("of the whole document holds for operations without their own", async () => {
    const common = { security: [{ gate: [] }] };

    expect((await get(secured(undefined, { gate }, common))).status).toBe(401);
    const open = { "x-amazon-apigateway-auth": { type: "NONE" } };
    expect((await get(secured(undefined, { gate }, common, open))).status).toBe(200);
  });

  test("of a kind that API Gateway does not know keeps nobody out, and the start says so", async () => {
    const document = secured([{ oauth: [] }], { oauth: { type: "oauth2", flows: {} } });

    expect((await get(document)).status).toBe(200);
    expect(edgeWarnings(new Bench(bodied(document)).edge.apis)).toEqual([
      expect.stringContaining("the security scheme oauth of its body keeps nobody out, here as on AWS"),
    ]);
  });
});

test("what the document says of the API counts unless the stack says otherwise", async () => {
  const document = v3({
    paths: {},
    "x-amazon-apigateway-api-key-source": "AUTHORIZER",
    "x-amazon-apigateway-binary-media-types": ["image/*"],
  });
  const ofDocument = new Bench(bodied(document)).edge.apis[0];
  const ofStack = new Bench(bodied(document, { binary_media_types: ["font/*"] })).edge.apis[0];

  expect([ofDocument?.apiKeySource, ofDocument?.binaryMediaTypes]).toEqual(["AUTHORIZER", ["image/*"]]);
  expect(ofStack?.binaryMediaTypes).toEqual(["font/*"]);
});

test("gateway responses shape refusals", async () => {
  const document = v3({
    paths: {},
    "x-amazon-apigateway-gateway-responses": {
      MISSING_AUTHENTICATION_TOKEN: {
        statusCode: 404,
        responseParameters: { "gatewayresponse.header.X-Own": "'1'" },
        responseTemplates: { "application/json": "{}" },
      },
    },
  });

  const answer = await new Bench(bodied(document)).get("/development/nowhere");

  expect([answer.status, textOf(answer), headersOf(answer)["x-own"]]).toEqual([404, "{}", "1"]);
});

test("a mock answers a preflight, as SAM and the console write it", async () => {
  const headers = { "Access-Control-Allow-Origin": { type: "string" } };
  const document = v2({
    paths: {
      "/a": {
        options: {
          consumes: ["application/json"],
          produces: ["application/json"],
          responses: { 200: { description: "ok", headers } },
          "x-amazon-apigateway-integration": {
            type: "mock",
            requestTemplates: { "application/json": '{"statusCode": 200}' },
            responses: {
              default: {
                statusCode: "200",
                responseParameters: { "method.response.header.Access-Control-Allow-Origin": "'*'" },
              },
            },
          },
        },
      },
    },
  });

  const answer = await new Bench(bodied(document)).send({
    method: "OPTIONS",
    target: "/development/a",
    body: "",
  });

  expect([answer.status, headersOf(answer)["access-control-allow-origin"]]).toEqual([200, "*"]);
});

test("parameters of a call that are not texts are left out, as is the payload's format", async () => {
  const requestParameters = { "integration.request.header.nothing": true };
  const integration = { type: "mock", requestTemplates: {}, requestParameters, payloadFormatVersion: 1 };
  const document = v3({
    paths: { "/a": { get: integrated({ "x-amazon-apigateway-integration": integration }) } },
  });

  expect((await new Bench(bodied(document)).get("/development/a")).status).toBe(500);
});

test("AWS's variables stand for the account, the region and the partition", async () => {
  const uri = INVOKE_ARN.replaceAll(ACCOUNT, "${AWS::AccountId}")
    .replaceAll("us-east-1", "${AWS::Region}")
    .replaceAll("arn:aws:", "arn:${AWS::Partition}:");
  const document = v3({
    paths: { "/a": { get: integrated({ "x-amazon-apigateway-integration": { ...proxy, uri } }) } },
  });
  const bench = new Bench(bodied(document));

  expect((await bench.get("/development/a")).status).toBe(200);
  expect(bench.invocations[0]?.functionArn).toBe(FUNCTION_ARN);
});

// localstack's AWS-validated tests, `test_import_with_global_api_key_authorizer`: the document, and what AWS made of it.
test("GetMethod answers as AWS did for a recorded document", async () => {
  const document = v3({
    paths: {
      "/echo/{data}": {
        "x-amazon-apigateway-any-method": {
          responses: {
            200: { content: { "application/json": { schema: { $ref: "#/components/schemas/Empty" } } } },
          },
          "x-amazon-apigateway-integration": {
            type: "mock",
            responses: { default: { statusCode: "200", responseTemplates: { "application/json": "{}" } } },
            requestTemplates: { "application/json": '{"statusCode": 200}' },
            passthroughBehavior: "when_no_templates",
          },
        },
      },
    },
    components: { schemas: { Empty: { title: "Empty Schema", type: "object" } }, securitySchemes: { gate } },
    security: [{ gate: [] }],
  });
  const bench = new Bench(bodied(document));
  const resources = bench.edge.apis[0]?.resources ?? [];
  const resourceId = resources.find(({ path }) => path === "/echo/{data}")?.id;
  const [authorizer] = bench.edge.apis[0]?.authorizers ?? [];

  expect(await call(bench, "GetMethod", { resourceId, httpMethod: "ANY" })).toEqual({
    apiKeyRequired: false,
    authorizationType: "CUSTOM",
    authorizerId: authorizer?.id,
    httpMethod: "ANY",
    methodIntegration: {
      cacheKeyParameters: [],
      cacheNamespace: resourceId,
      integrationResponses: {
        200: { responseTemplates: { "application/json": "{}" }, statusCode: "200" },
      },
      passthroughBehavior: "WHEN_NO_TEMPLATES",
      requestTemplates: { "application/json": '{"statusCode": 200}' },
      timeoutInMillis: 29_000,
      type: "MOCK",
    },
    methodResponses: { 200: { responseModels: { "application/json": "Empty" }, statusCode: "200" } },
    requestParameters: { "method.request.path.data": true },
  });
});

describe("the resources that a body describes are part of", () => {
  const document = JSON.stringify(v3({ paths: { "/a": { get: integrated() } } }));
  const methodsOf = (deployment: Deployment) =>
    deployment
      .ofType("aws_api_gateway_method")
      .map(({ address }) => address)
      .filter((address) => address.includes(".body."));

  test("what a synthesized folder describes", () => {
    const deployment = synthesizedDeployment({
      edit: ({ edge }) => edge.add("aws_api_gateway_rest_api.own", { name: "own", body: document }),
    });

    expect(methodsOf(deployment)).toEqual(["aws_api_gateway_rest_api.own.body.paths./a.get"]);
  });

  test("what a state describes", () => {
    const values = {
      ...bodied(document)["aws_api_gateway_rest_api.api"],
      arn: "arn:aws:apigateway:us-east-1::/restapis/a",
    };
    const role = { arn: `arn:aws:iam::${ACCOUNT}:role/r` };
    const resources = [
      { address: "aws_api_gateway_rest_api.own", type: "aws_api_gateway_rest_api", values },
      { address: "aws_iam_role.r", type: "aws_iam_role", values: role },
    ];
    const state = { format_version: "1.0", values: { root_module: { resources } } };

    expect(methodsOf(readStates({ s: state }, { s: "/" }))).toEqual([
      "aws_api_gateway_rest_api.own.body.paths./a.get",
    ]);
  });
});

describe("does not start with", () => {
  const withOperation = (operation: Json, document: Json = {}) =>
    v3({ paths: { "/a": { get: operation } }, ...document });
  const withIntegration = (values: Json) =>
    withOperation(integrated({ "x-amazon-apigateway-integration": { ...proxy, ...values } }));

  test.each<[string, Json | string, RegExp]>([
    ["a body that is neither JSON nor YAML", "{]", /api: body is neither JSON nor YAML/],
    ["a text that is not a document", "hello", /body must be an OpenAPI document/],
    [
      "OpenAPI 3.1",
      { openapi: "3.1.0", paths: {} },
      /body must be Swagger 2.0 or OpenAPI 3.0, received "3.1.0"/,
    ],
    ["a method without an integration", withOperation({}), /api\.body\.paths\.\/a\.get: the method has no/],
    [
      "an HTTP integration without a URL",
      withIntegration({ type: "http_proxy" }),
      /get\.x-amazon-apigateway-integration: AWS refuses uri .*Invalid HTTP endpoint specified for URI/,
    ],
    [
      "a VPC link",
      withIntegration({ connectionType: "VPC_LINK" }),
      /connection_type is set, received "VPC_LINK"/,
    ],
    [
      "a member that an integration has not",
      withIntegration({ retries: 3 }),
      /retries is set, and nothing in the local runtime reads it/,
    ],
    [
      "parameters that an integration has not",
      withIntegration({ requestParameters: { a: "b" } }),
      /request_parameters must be a map from integration\.request/,
    ],
    [
      "IAM authorization",
      withOperation(integrated({ security: [{ iam: [] }] }), {
        components: {
          securitySchemes: {
            iam: {
              type: "apiKey",
              name: "Authorization",
              in: "header",
              "x-amazon-apigateway-authtype": "awsSigv4",
            },
          },
        },
      }),
      /authorization AWS_IAM is not supported/,
    ],
    [
      "security that nothing defines",
      withOperation(integrated({ security: [{ other: [] }] })),
      /security must be names of the document's security schemes, received "other"/,
    ],
    [
      "an empty list under security of the document",
      withOperation(integrated({ security: [] }), {
        security: [{ gate: [] }],
        components: { securitySchemes: { gate } },
      }),
      /security must be left out/,
    ],
    [
      "a validator that nothing defines",
      withOperation(integrated({ "x-amazon-apigateway-request-validator": "x" })),
      /must be the name of a request validator, received "x"/,
    ],
    [
      "an extension that is not served",
      withOperation(integrated({ "x-amazon-apigateway-cors": {} })),
      /paths\.\/a\.get\.x-amazon-apigateway-cors is not served/,
    ],
    [
      "a resource policy",
      v3({ paths: {}, "x-amazon-apigateway-policy": {} }),
      /api\.body: x-amazon-apigateway-policy is not served/,
    ],
    [
      "a private endpoint",
      v3({ paths: {}, "x-amazon-apigateway-endpoint-configuration": { vpcEndpointIds: ["vpce-1"] } }),
      /types must be REGIONAL or EDGE/,
    ],
    [
      "a switched-off endpoint",
      v3({ paths: {}, "x-amazon-apigateway-endpoint-configuration": { disableExecuteApiEndpoint: true } }),
      /disableExecuteApiEndpoint must be false/,
    ],
    ["compression", v3({ paths: {}, "x-amazon-apigateway-minimum-compression-size": 0 }), /must be unset/],
    [
      "a JWT authorizer",
      withOperation(integrated(), {
        components: {
          securitySchemes: { jwt: { type: "oauth2", "x-amazon-apigateway-authorizer": { type: "jwt" } } },
        },
      }),
      /JWT/,
    ],
    [
      "keywords outside draft 4",
      v3({ paths: {}, components: { schemas: { A: { type: "string", nullable: true } } } }),
      /components|schemas\.A: AWS refuses schema .*Unsupported keyword\(s\): \["nullable"\]/,
    ],
    [
      "a reference that leads nowhere",
      withOperation(integrated({ parameters: [{ $ref: "#/components/parameters/No" }] })),
      /must be a reference to a part of the document/,
    ],
    [
      "a reference to a file",
      withOperation(integrated({ parameters: [{ $ref: "other.yaml" }] })),
      /must be a reference within the document/,
    ],
    ["TRACE", v3({ paths: { "/a": { trace: integrated() } } }), /must be of methods that API Gateway has/],
  ])("%s", (_name, document, message) => {
    const { services } = new Bench();
    const start = () => {
      const deployment = withImported(deploymentOf(bodied(document)));
      ledger.requireAcceptable(deployment);
      createEdge(deployment, services);
      ledger.requireEverythingRead(deployment);
    };

    expect(start).toThrow(message);
  });
});
