import { AwsError } from "../../../../local/kernel/aws-error";
import type { EdgeRequest } from "../../../../local/kernel/exchange";
import { ACCOUNT, type Resources, type Values } from "../../../support/deployment";
import {
  API_ID,
  Bench,
  baseResources,
  FUNCTION_ARN,
  fails,
  gatewayResponse,
  headersOf,
  lambdaMethod,
  openMethod,
  resource,
  succeeds,
  textOf,
  usagePlan,
} from "./fixture";

const AUTHORIZER_ARN = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:Authorizer`;
const INVOKE_AUTHORIZER = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${AUTHORIZER_ARN}/invocations`;
const EXECUTE = `arn:aws:execute-api:us-east-1:${ACCOUNT}:${API_ID}`;
const CUSTOM = { authorization: "CUSTOM", authorizer_id: "auth02" };

/** `GET /users/{id}`, `POST /users/{id}` and `GET /` behind a Lambda authorizer; `GET /open` for everybody. */
function guarded(authorizer: Values = {}, method: Values = {}): Resources {
  const custom = { ...CUSTOM, ...method };
  return {
    ...baseResources(),
    ...openMethod,
    ...resource("users", "res010"),
    ...resource("{id}", "res011", "res010"),
    ...lambdaMethod("user", "res011", "GET", custom),
    ...lambdaMethod("user", "res011", "POST", custom),
    ...lambdaMethod("root", "root000000", "GET", custom),
    "aws_api_gateway_authorizer.custom": {
      rest_api_id: API_ID,
      id: "auth02",
      name: "gate",
      type: "TOKEN",
      authorizer_uri: INVOKE_AUTHORIZER,
      ...authorizer,
    },
  };
}

const policy = (effect: string, resources: string | string[], more: Values = {}) => ({
  Version: "2012-10-17",
  Statement: [{ Action: "execute-api:Invoke", Effect: effect, Resource: resources, ...more }],
});

const allowing = (resources: string | string[] = "*", more: Values = {}) => ({
  principalId: "user-1",
  policyDocument: policy("Allow", resources),
  ...more,
});

/** A bench whose authorizer answers that; `undefined`: it allows everything. */
function benchWith(answer: unknown = allowing(), resources: Resources = guarded()): Bench {
  const bench = new Bench(resources);
  bench.answers.set(AUTHORIZER_ARN, answer instanceof Error ? answer : succeeds(answer));
  return bench;
}

const bearing = (token: string): EdgeRequest["headers"] => [
  ["Host", "localhost"],
  ["Authorization", token],
];

const get = (bench: Bench, target = "/development/users/42", headers = bearing("Bearer t")) =>
  bench.get(target, headers);

const asked = (bench: Bench) => bench.invocations.filter(({ functionArn }) => functionArn === AUTHORIZER_ARN);

const eventOf = (bench: Bench, index = 0): unknown => JSON.parse(asked(bench)[index]?.payload ?? "null");

describe("a TOKEN authorizer", () => {
  test("gets the whole header and the ARN of the method as it was requested", async () => {
    const bench = benchWith();

    const answer = await get(bench);

    expect(answer.status).toBe(200);
    expect(eventOf(bench)).toEqual({
      type: "TOKEN",
      methodArn: `${EXECUTE}/development/GET/users/42`,
      authorizationToken: "Bearer t",
    });
    expect(asked(bench)[0]?.principal).toEqual({
      kind: "service",
      service: "apigateway.amazonaws.com",
      sourceArn: `${EXECUTE}/authorizers/auth02`,
      sourceAccount: ACCOUNT,
    });
  });

  test("is asked about the root with a slash at the end", async () => {
    const bench = benchWith();
    await get(bench, "/development/");
    expect(eventOf(bench)).toMatchObject({ methodArn: `${EXECUTE}/development/GET/` });
  });

  test.each([
    ["no header", [["Host", "localhost"]]],
    ["an empty header", bearing("")],
  ] satisfies [string, EdgeRequest["headers"]][])(
    "with %s is a 401, and nobody is asked",
    async (_name, headers) => {
      const bench = benchWith();

      const answer = await get(bench, undefined, headers);

      expect([answer.status, textOf(answer), headersOf(answer)["x-amzn-errortype"]]).toEqual([
        401,
        '{"message":"Unauthorized"}',
        "UnauthorizedException",
      ]);
      expect(bench.invocations).toEqual([]);
    },
  );

  test("is only asked about tokens that match its expression as a whole", async () => {
    const bench = benchWith(undefined, guarded({ identity_validation_expression: "Bearer [a-z]+" }));

    const refused = await get(bench, undefined, bearing("Bearer t0ken"));
    const passed = await get(bench, undefined, bearing("Bearer token"));

    expect([refused.status, passed.status, asked(bench).length]).toEqual([401, 200, 1]);
  });

  test("leaves methods without an authorizer alone", async () => {
    const bench = benchWith(new Error("never asked"));
    expect((await bench.get("/development/open")).status).toBe(200);
  });
});

describe("a REQUEST authorizer", () => {
  const request = (values: Values = {}) =>
    guarded({
      type: "REQUEST",
      identity_source: "method.request.header.X-Who, method.request.querystring.team",
      ...values,
    });
  const who: EdgeRequest["headers"] = [
    ["Host", "localhost"],
    ["X-Who", "ada"],
  ];

  test("gets the request without its body, and empty objects for what is not there", async () => {
    const bench = benchWith(undefined, request());

    expect((await get(bench, "/development/users/42?team=a&team=b", who)).status).toBe(200);

    expect(eventOf(bench)).toMatchObject({
      type: "REQUEST",
      methodArn: `${EXECUTE}/development/GET/users/42`,
      resource: "/users/{id}",
      path: "/users/42",
      httpMethod: "GET",
      headers: { "X-Who": "ada" },
      multiValueHeaders: { "X-Who": ["ada"] },
      queryStringParameters: { team: "b" },
      multiValueQueryStringParameters: { team: ["a", "b"] },
      pathParameters: { id: "42" },
      stageVariables: {},
      requestContext: { resourcePath: "/users/{id}", stage: "development", apiId: API_ID, httpMethod: "GET" },
    });
    expect(eventOf(bench)).not.toHaveProperty("body");
    expect(eventOf(bench)).not.toHaveProperty("requestContext.authorizer");
  });

  test("with an identity source that is missing or empty is a 401, and nobody is asked", async () => {
    const bench = benchWith(undefined, request({ authorizer_result_ttl_in_seconds: 0 }));

    const missing = await get(bench, "/development/users/42", who);
    const empty = await get(bench, "/development/users/42?team=", who);

    expect([missing.status, empty.status, asked(bench).length]).toEqual([401, 401, 0]);
    expect(missing.trace.steps.at(-1)).toMatchObject({
      layer: "authorizer",
      facts: { claims: [{ name: "identity", ok: false, detail: "no method.request.querystring.team" }] },
    });
  });

  test("takes stage variables and the context for identity", async () => {
    const resources = request({ identity_source: "stageVariables.tenant, context.identity.sourceIp" });
    const stage = { ...resources["aws_api_gateway_stage.stage"], variables: { tenant: "a" } };

    const withVariable = benchWith(undefined, { ...resources, "aws_api_gateway_stage.stage": stage });
    const without = benchWith(undefined, resources);

    expect([(await get(withVariable)).status, (await get(without)).status]).toEqual([200, 401]);
  });

  test("needs no identity source where nothing is kept", async () => {
    const bench = benchWith(undefined, request({ identity_source: "", authorizer_result_ttl_in_seconds: 0 }));
    expect((await get(bench, undefined, [["Host", "localhost"]])).status).toBe(200);
  });
});

describe("the returned policy", () => {
  const answerTo = (policyDocument: unknown, target?: string) =>
    get(benchWith({ principalId: "user-1", policyDocument }), target);

  test.each([
    ["the very method", `${EXECUTE}/development/GET/users/42`, 200],
    ["a wildcard over several parts of the path", `${EXECUTE}/*/GET/*`, 200],
    ["another user's path", `${EXECUTE}/development/GET/users/43`, 403],
    ["another method", `${EXECUTE}/development/POST/users/42`, 403],
    ["another stage", `${EXECUTE}/production/*`, 403],
  ])("that allows %s: %s is a %i", async (_name, allowed, status) => {
    expect((await answerTo(policy("Allow", allowed))).status).toBe(status);
  });

  test("that allows nothing of it is a 403 that says so", async () => {
    const answer = await answerTo(policy("Allow", `${EXECUTE}/development/GET/other`));

    expect([answer.status, headersOf(answer)["x-amzn-errortype"], textOf(answer)]).toEqual([
      403,
      "AccessDeniedException",
      '{"Message":"User is not authorized to access this resource because no identity-based policy allows the execute-api:Invoke action"}',
    ]);
  });

  test("that denies it is another 403, whatever else it allows", async () => {
    const { Statement } = policy("Allow", "*");
    const answer = await answerTo({
      Statement: [...Statement, ...policy("Deny", `${EXECUTE}/*/GET/users/4?`).Statement],
    });

    expect([answer.status, textOf(answer)]).toEqual([
      403,
      '{"Message":"User is not authorized to access this resource with an explicit deny in an identity-based policy"}',
    ]);
  });

  test("may depend on where the request comes from", async () => {
    const from = (ip: string) => policy("Allow", "*", { Condition: { IpAddress: { "aws:SourceIp": ip } } });

    expect((await answerTo(from("127.0.0.0/8"))).status).toBe(200);
    expect((await answerTo(from("10.0.0.0/8"))).status).toBe(403);
  });

  test("is not evaluated for a method ARN above 1600 bytes, which is a 414", async () => {
    const answer = await get(benchWith(), `/development/users/${"a".repeat(1600)}`);
    expect([answer.status, textOf(answer)]).toEqual([414, '{"message":"Request URI too long"}']);
  });
});

describe("a function that does not authorize", () => {
  const answerTo = async (answer: Bench["answer"]) => {
    const bench = new Bench(guarded());
    bench.answers.set(AUTHORIZER_ARN, answer);
    const response = await get(bench);
    return [response.status, headersOf(response)["x-amzn-errortype"], textOf(response)];
  };
  const misconfigured = [500, "AuthorizerConfigurationException", '{"message":null}'];
  const failed = [500, "AuthorizerFailureException", '{"message":null}'];

  test("by throwing Unauthorized is a 401", async () => {
    expect(await answerTo(fails("error", "Unauthorized"))).toEqual([
      401,
      "UnauthorizedException",
      '{"message":"Unauthorized"}',
    ]);
  });

  test("by throwing anything else is a 500", async () => {
    expect(await answerTo(fails("error", "Unauthorized: expired"))).toEqual(misconfigured);
  });

  test.each([
    ["null", "null"],
    ["a text", '"allow"'],
    ["an answer of a proxy integration", '{"statusCode":401,"body":"no"}'],
    ["no policy", '{"principalId":"a"}'],
    ["no principal", JSON.stringify({ policyDocument: policy("Allow", "*") })],
    ["an effect that is none", JSON.stringify({ principalId: "a", policyDocument: policy("allow", "*") })],
    [
      "a resource that is none",
      JSON.stringify({ principalId: "a", policyDocument: policy("Allow", "users") }),
    ],
    ["an object in its context", JSON.stringify({ ...allowing(), context: { roles: ["a"] } })],
    ["a usage key that is a number", JSON.stringify({ ...allowing(), usageIdentifierKey: 1 })],
  ])("by answering %s is a 500", async (_name, payload) => {
    expect(await answerTo(succeeds(payload))).toEqual(misconfigured);
  });

  test.each(["timeout", "crash"] as const)("by a %s is a failure", async (cause) => {
    expect(await answerTo(fails(cause))).toEqual(failed);
  });

  test("because API Gateway may not invoke it, is a 500", async () => {
    expect(await answerTo(new AwsError("AccessDeniedException", "no", 403))).toEqual(misconfigured);
  });

  test("because it is throttled, is a failure", async () => {
    expect(await answerTo(new AwsError("TooManyRequestsException", "slow", 429))).toEqual(failed);
  });

  test("is never asked about again while the others' answers are kept", async () => {
    const bench = new Bench(guarded());
    bench.answers.set(AUTHORIZER_ARN, fails("error", "Unauthorized"));
    await get(bench);
    bench.answers.set(AUTHORIZER_ARN, succeeds(allowing()));

    expect((await get(bench)).status).toBe(200);
  });
});

describe("authorizer_credentials", () => {
  const roleArn = `arn:aws:iam::${ACCOUNT}:role/invoker`;
  const withRole = {
    ...guarded({ authorizer_credentials: roleArn }),
    "aws_iam_role.invoker": { arn: roleArn },
  };

  test("invokes with the role", async () => {
    const bench = benchWith(undefined, withRole);
    bench.trusting.add(roleArn);

    expect((await get(bench)).status).toBe(200);
    expect(asked(bench)[0]?.principal).toMatchObject({ kind: "role", roleArn });
  });

  test("of a role that does not trust API Gateway is a 500", async () => {
    const bench = benchWith(undefined, withRole);

    const answer = await get(bench);

    expect([answer.status, headersOf(answer)["x-amzn-errortype"]]).toEqual([
      500,
      "AuthorizerConfigurationException",
    ]);
    expect(bench.invocations).toEqual([]);
  });
});

describe("the integration", () => {
  test("gets principal and context, every value as text", async () => {
    const context = { tenant: "a", level: 3, admin: true, none: null };
    const bench = benchWith(allowing("*", { context }));

    await get(bench);

    expect(bench.event().requestContext).toMatchObject({
      authorizer: { tenant: "a", level: "3", admin: "true", principalId: "user-1", integrationLatency: 0 },
    });
    expect(bench.event()).not.toHaveProperty("requestContext.authorizer.none");
  });

  test("is not invoked for a request that is refused", async () => {
    const bench = benchWith({ principalId: "a", policyDocument: policy("Deny", "*") });
    await get(bench);
    expect(bench.invocations.map(({ functionArn }) => functionArn)).toEqual([AUTHORIZER_ARN]);
  });
});

describe("a kept answer", () => {
  test("holds for all methods, and is evaluated for each", async () => {
    const bench = benchWith(allowing(`${EXECUTE}/development/GET/users/42`));

    const first = await get(bench);
    const sameMethod = await get(bench);
    const other = await bench.send({ target: "/development/users/42", headers: bearing("Bearer t") });

    expect([first.status, sameMethod.status, other.status]).toEqual([200, 200, 403]);
    expect(asked(bench)).toHaveLength(1);
  });

  test("is of that identity alone", async () => {
    const bench = benchWith();
    await get(bench, undefined, bearing("a"));
    await get(bench, undefined, bearing("b"));
    expect(asked(bench)).toHaveLength(2);
  });

  test.each([
    [undefined, 299, 300],
    [10, 9, 10],
  ])("with the TTL %s holds for that long", async (ttl, within, after) => {
    const values: Values = ttl === undefined ? {} : { authorizer_result_ttl_in_seconds: ttl };
    const bench = benchWith(undefined, guarded(values));
    await get(bench);

    bench.clock.advance({ seconds: within });
    await get(bench);
    const kept = asked(bench).length;
    bench.clock.advance({ seconds: after - within });
    await get(bench);

    expect([kept, asked(bench).length]).toEqual([1, 2]);
  });

  test("is none with the TTL 0", async () => {
    const bench = benchWith(undefined, guarded({ authorizer_result_ttl_in_seconds: 0 }));
    await get(bench);
    await get(bench);
    expect(asked(bench)).toHaveLength(2);
  });

  test("says so in the trace", async () => {
    const bench = benchWith();
    const [fresh, kept] = [await get(bench), await get(bench)];
    const stepOf = ({ trace }: typeof fresh) => trace.steps.find(({ layer }) => layer === "authorizer");

    expect(stepOf(fresh)).toMatchObject({
      verdict: "passed",
      facts: {
        run: { name: "Authorizer" },
        claims: [{ name: "identity" }, { name: "function" }, { name: "policy" }],
      },
    });
    expect(stepOf(kept)?.facts.claims?.[1]).toEqual({
      name: "function",
      ok: true,
      detail: "its answer is kept",
    });
    expect(stepOf(kept)?.facts.run).toBeUndefined();
  });
});

describe("an API key from the authorizer", () => {
  const keyed = (source: string): Resources => {
    const resources = { ...guarded({}, { api_key_required: true }), ...usagePlan() };
    const api = { ...resources["aws_api_gateway_rest_api.api"], api_key_source: source };
    return { ...resources, "aws_api_gateway_rest_api.api": api };
  };
  const key = "client-key-value-0001";

  test("counts for the usage plan, and the header does not", async () => {
    const named = benchWith(allowing("*", { usageIdentifierKey: key }), keyed("AUTHORIZER"));
    const unnamed = benchWith(allowing(), keyed("AUTHORIZER"));
    const headers = [...bearing("t"), ["x-api-key", key] as const];

    expect((await get(named)).status).toBe(200);
    expect(named.event()).toMatchObject({ requestContext: { identity: { apiKeyId: "key001" } } });
    expect((await get(unnamed, undefined, headers)).status).toBe(403);
  });

  test("counts for nothing while the header is the source", async () => {
    const bench = benchWith(allowing("*", { usageIdentifierKey: key }), keyed("HEADER"));
    expect((await get(bench)).status).toBe(403);
  });
});

test.each([
  ["ACCESS_DENIED", { principalId: "a", policyDocument: policy("Deny", "*") }],
  ["AUTHORIZER_CONFIGURATION_ERROR", "nothing"],
])("a gateway response of the type %s shapes the refusal", async (type, answer) => {
  const shape = {
    status_code: "418",
    response_templates: { "application/json": '{"m":$context.error.messageString}' },
  };
  const bench = benchWith(answer, { ...guarded(), ...gatewayResponse(type, shape) });

  const response = await get(bench);

  expect(response.status).toBe(418);
  expect(textOf(response)).toMatch(/^\{"m":(?:null|"User is not authorized .*")\}$/);
});

test("the access log has the principal and what the function said of it", async () => {
  const resources = guarded();
  const format =
    "$context.requestId $context.authorizer.principalId $context.authorizer.tenant $context.authorizer.status";
  const log = { destination_arn: `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:access`, format };
  const stage = { ...resources["aws_api_gateway_stage.stage"], access_log_settings: log };
  const bench = benchWith(allowing("*", { context: { tenant: "a" } }), {
    ...resources,
    "aws_api_gateway_stage.stage": stage,
  });

  await get(bench);

  expect(bench.lines[0]?.message).toMatch(/^\S+ user-1 a 200$/);
});

test("GetAuthorizers, GetMethod and GetRestApi show it", async () => {
  const bench = benchWith(
    undefined,
    guarded({ type: "REQUEST", identity_source: "method.request.header.X-Who" }),
  );
  const call = (operation: string, input: object) =>
    bench.service.operations[operation]?.handle(
      { restApiId: API_ID, ...input },
      { principal: { kind: "anonymous" }, requestId: "r", sourceIp: "127.0.0.1" },
    );

  expect(await call("GetAuthorizers", {})).toMatchObject({
    item: [
      { type: "COGNITO_USER_POOLS" },
      {
        id: "auth02",
        name: "gate",
        type: "REQUEST",
        authType: "custom",
        authorizerUri: INVOKE_AUTHORIZER,
        identitySource: "method.request.header.X-Who",
        authorizerResultTtlInSeconds: 300,
      },
    ],
  });
  expect(await call("GetMethod", { resourceId: "res011", httpMethod: "GET" })).toMatchObject({
    authorizationType: "CUSTOM",
    authorizerId: "auth02",
  });
});

test("the OpenAPI document names what it asks for and how it refuses", () => {
  const resources = guarded({ type: "REQUEST", identity_source: "method.request.querystring.key" });
  const document = new Bench(resources).edge.openApiDocument("/openapi.json", "http://127.0.0.1:3000");

  expect(document).toMatchObject({
    components: {
      securitySchemes: {
        gate: { type: "apiKey", in: "query", name: "key", "x-amazon-apigateway-authtype": "custom" },
      },
    },
    paths: {
      "/users/{id}": {
        get: {
          security: [{ gate: [] }],
          responses: {
            403: { content: { "application/json": { examples: { accessDenied: expect.anything() } } } },
            500: {
              content: {
                "application/json": { examples: { authorizerMisconfigured: { value: { message: null } } } },
              },
            },
          },
        },
      },
    },
  });
});

describe("at start", () => {
  test.each<[string, Values, RegExp]>([
    ["a type that there is not", { type: "JWT" }, /type "JWT"/],
    ["no function", { authorizer_uri: null }, /authorizer_uri must be/],
    [
      "another service's URI",
      { authorizer_uri: "arn:aws:apigateway:us-east-1:sqs:path/x" },
      /must be the invoke ARN/,
    ],
    [
      "a token from the query string",
      { identity_source: "method.request.querystring.t" },
      /identity_source must be/,
    ],
    [
      "a path parameter as identity",
      { type: "REQUEST", identity_source: "method.request.path.id" },
      /identity_source must be/,
    ],
    ["kept answers of no identity", { type: "REQUEST", identity_source: "" }, /AWS refuses identity_source/],
    [
      "a TTL above an hour",
      { authorizer_result_ttl_in_seconds: 3601 },
      /AWS refuses authorizer_result_ttl_in_seconds/,
    ],
  ])("%s stops it", (_name, values, message) => {
    expect(() => new Bench(guarded(values))).toThrow(message);
  });

  test.each([
    ["CUSTOM", "auth01"],
    ["COGNITO_USER_POOLS", "auth02"],
  ])(
    "a method with authorization %s and the other kind of authorizer stops it",
    (authorization, authorizer_id) => {
      expect(() => new Bench(guarded({}, { authorization, authorizer_id }))).toThrow(
        /authorizer_id must be the id/,
      );
    },
  );
});

test("two methods of one API can have different authorizers", async () => {
  const bench = benchWith({ principalId: "a", policyDocument: policy("Deny", "*") });

  expect((await get(bench)).status).toBe(403);
  expect((await bench.send()).status).toBe(200);
  expect(bench.invocations.at(-1)?.functionArn).toBe(FUNCTION_ARN);
});
