import { claimsForEvent } from "../../../../local/services/apigateway/edge/authorizer";
import { ACCOUNT } from "../../../support/deployment";
import {
  API_ID,
  Bench,
  baseResources,
  FUNCTION_ARN,
  lambdaMethod,
  NOW,
  openMethod,
  resource,
} from "./fixture";

const proxied = {
  ...baseResources(),
  ...resource("{proxy+}", "res009"),
  ...lambdaMethod("proxy", "res009", "ANY"),
};

test("has every field that AWS sends, in AWS's order", async () => {
  const bench = new Bench();
  bench.tokens.known.set("good", {
    ok: true,
    claims: { sub: "user-1", email_verified: true, auth_time: 1795359845, exp: 1795363445 },
  });

  await bench.send({
    target: "/development/lambda1?a=1&a=2&b=x%20y+z",
    headers: [
      ["host", "localhost:3000"],
      ["content-type", "application/json"],
      ["authorization", "good"],
      ["user-agent", "curl/8.5.0"],
      ["tEsT-HEADeR", "aValUE"],
      ["Accept", "text/html"],
      ["Accept", "*/*"],
    ],
  });

  const trace = expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
  expect(bench.event()).toEqual({
    resource: "/lambda1",
    path: "/lambda1",
    httpMethod: "POST",
    headers: {
      Host: "localhost:3000",
      "content-type": "application/json",
      Authorization: "good",
      "User-Agent": "curl/8.5.0",
      "tEsT-HEADeR": "aValUE",
      Accept: "*/*",
      "X-Amzn-Trace-Id": trace,
      "X-Forwarded-For": "127.0.0.1",
      "X-Forwarded-Port": "443",
      "X-Forwarded-Proto": "https",
    },
    multiValueHeaders: {
      Host: ["localhost:3000"],
      "content-type": ["application/json"],
      Authorization: ["good"],
      "User-Agent": ["curl/8.5.0"],
      "tEsT-HEADeR": ["aValUE"],
      Accept: ["text/html", "*/*"],
      "X-Amzn-Trace-Id": [trace],
      "X-Forwarded-For": ["127.0.0.1"],
      "X-Forwarded-Port": ["443"],
      "X-Forwarded-Proto": ["https"],
    },
    queryStringParameters: { a: "2", b: "x y z" },
    multiValueQueryStringParameters: { a: ["1", "2"], b: ["x y z"] },
    pathParameters: null,
    stageVariables: null,
    requestContext: {
      resourceId: "res001",
      authorizer: {
        claims: {
          sub: "user-1",
          email_verified: "true",
          auth_time: "1795359845",
          exp: "Sun Nov 22 16:04:05 UTC 2026",
        },
      },
      resourcePath: "/lambda1",
      httpMethod: "POST",
      extendedRequestId: expect.stringMatching(/^.{15}=$/),
      requestTime: "22/Nov/2026:15:04:05 +0000",
      path: "/development/lambda1",
      accountId: ACCOUNT,
      protocol: "HTTP/1.1",
      stage: "development",
      domainPrefix: API_ID,
      requestTimeEpoch: NOW,
      requestId: expect.any(String),
      identity: {
        cognitoIdentityPoolId: null,
        cognitoIdentityId: null,
        principalOrgId: null,
        cognitoAuthenticationType: null,
        userArn: null,
        userAgent: "curl/8.5.0",
        accountId: null,
        caller: null,
        sourceIp: "127.0.0.1",
        accessKey: null,
        cognitoAuthenticationProvider: null,
        user: null,
      },
      domainName: `${API_ID}.execute-api.us-east-1.amazonaws.com`,
      deploymentId: "deploy",
      apiId: API_ID,
    },
    body: '{"name":"Ada"}',
    isBase64Encoded: false,
  });
  expect(Object.keys(bench.event())).toEqual([
    "resource",
    "path",
    "httpMethod",
    "headers",
    "multiValueHeaders",
    "queryStringParameters",
    "multiValueQueryStringParameters",
    "pathParameters",
    "stageVariables",
    "requestContext",
    "body",
    "isBase64Encoded",
  ]);
});

test("has null for what is not there", async () => {
  const bench = new Bench({ ...baseResources(), ...openMethod });

  await bench.get("/development/open", []);

  expect(bench.event()).toMatchObject({
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
    body: null,
    isBase64Encoded: false,
    requestContext: { identity: { userAgent: null } },
  });
  expect(bench.event()).not.toHaveProperty("requestContext.authorizer");
});

// Recorded from AWS by LocalStack's test_lambda_aws_proxy_integration.
test.each([
  ["/development/proxy-value/", "/proxy-value/", "proxy-value"],
  ["/development//proxy-value", "/proxy-value", "proxy-value"],
  ["/development/api/test%2Balias@gmail.com", "/api/test%2Balias@gmail.com", "api/test%2Balias@gmail.com"],
])("keeps the path as AWS does: %s", async (target, path, proxy) => {
  const bench = new Bench(proxied);

  await bench.get(target);

  expect(bench.event()).toMatchObject({ path, pathParameters: { proxy }, requestContext: { path: target } });
});

test("drops and rewrites headers as AWS does", async () => {
  const bench = new Bench({ ...baseResources(), ...openMethod });
  const dropped = [
    "Connection",
    "Content-Length",
    "Expect",
    "TE",
    "Transfer-Encoding",
    "Upgrade",
    "WWW-Authenticate",
  ];

  await bench.get("/development/open", [
    ...dropped.map((name) => [name, "x"] as const),
    ["x-forwarded-for", "10.0.0.1"],
    ["X-Forwarded-Proto", "http"],
    ["X-Amzn-Trace-Id", "Root=1-67891233-abcdef012345678912345678;Sampled=1"],
  ]);

  expect(bench.event().headers).toEqual({
    "X-Amzn-Trace-Id": "Root=1-67891233-abcdef012345678912345678",
    "X-Forwarded-For": "10.0.0.1, 127.0.0.1",
    "X-Forwarded-Port": "443",
    "X-Forwarded-Proto": "https",
  });
});

test("does not take over a trace that is none", async () => {
  const bench = new Bench({ ...baseResources(), ...openMethod });

  await bench.get("/development/open", [["X-Amzn-Trace-Id", "Root=1-x;<script>"]]);

  expect(JSON.stringify(bench.event().headers)).not.toContain("script");
});

test("passes stage variables, path parameters and the operation's name", async () => {
  const resources = {
    ...baseResources(),
    ...resource("items", "res003"),
    ...resource("{id}", "res004", "res003"),
    ...lambdaMethod("item", "res004", "GET", { operation_name: "getItem" }),
  };
  const stage = resources["aws_api_gateway_stage.stage"];
  const bench = new Bench({
    ...resources,
    "aws_api_gateway_stage.stage": { ...stage, variables: { color: "red" } },
  });

  await bench.get("/development/items/7");

  expect(bench.event()).toMatchObject({
    resource: "/items/{id}",
    pathParameters: { id: "7" },
    stageVariables: { color: "red" },
    requestContext: { operationName: "getItem" },
  });
});

test("names like __proto__ are ordinary parameters", async () => {
  const bench = new Bench({ ...baseResources(), ...openMethod });

  await bench.get("/development/open?__proto__=polluted&constructor=x", [["__proto__", "y"]]);

  expect(bench.invocations[0]?.payload).toContain(
    '"queryStringParameters":{"__proto__":"polluted","constructor":"x"}',
  );
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test.each([
  ["image/png", ["image/*"]],
  ["application/pdf", ["application/pdf"]],
  ["application/json; charset=utf-8", ["*/*"]],
])("a body of a binary media type is base64: %s", async (contentType, binaryMediaTypes) => {
  const resources = { ...baseResources(), ...lambdaMethod("lambda1", "res001", "POST") };
  const api = resources["aws_api_gateway_rest_api.api"];
  const bench = new Bench({
    ...resources,
    "aws_api_gateway_rest_api.api": { ...api, binary_media_types: binaryMediaTypes },
  });

  await bench.send({ headers: [["Content-Type", contentType]], body: Buffer.from([0xff, 0x00]) });

  expect(bench.event()).toMatchObject({ body: "/wA=", isBase64Encoded: true });
});

test("invokes the function as API Gateway, for this method", async () => {
  const bench = new Bench(proxied);

  await bench.send({ method: "PUT", target: "/development/any/thing", headers: [] });

  expect(bench.invocations[0]).toMatchObject({
    functionArn: FUNCTION_ARN,
    principal: {
      kind: "service",
      service: "apigateway.amazonaws.com",
      sourceArn: `arn:aws:execute-api:us-east-1:${ACCOUNT}:${API_ID}/development/PUT/*`,
      sourceAccount: ACCOUNT,
    },
  });
});

test("X-HTTP-Method-Override chooses the method, with that method's own authorizer", async () => {
  const bench = new Bench({ ...baseResources(), ...lambdaMethod("lambda1", "res001", "GET") });

  const overridden = await bench.send({ method: "GET", headers: [["X-HTTP-Method-Override", "post"]] });
  const plain = await bench.send({ method: "GET", headers: [["X-HTTP-Method-Override", "TRACE"]] });

  expect(overridden.status).toBe(401);
  expect(plain.status).toBe(200);
  expect(bench.event()).not.toHaveProperty("headers.X-HTTP-Method-Override");
});

test("claims are strings: dates as Java prints them, lists with commas, objects as JSON", () => {
  expect(
    claimsForEvent({
      exp: 1680633579,
      iat: 1680629979,
      auth_time: 1680629979,
      "cognito:groups": ["team_a", "team_b"],
      email_verified: true,
      address: { formatted: "x" },
      nothing: null,
    }),
  ).toEqual({
    exp: "Tue Apr 04 18:39:39 UTC 2023",
    iat: "Tue Apr 04 17:39:39 UTC 2023",
    auth_time: "1680629979",
    "cognito:groups": "team_a,team_b",
    email_verified: "true",
    address: '{"formatted":"x"}',
    nothing: "null",
  });
});
