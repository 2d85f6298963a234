import { AwsError } from "../../../../local/kernel/aws-error";
import type { Decision } from "../../../../local/kernel/exchange";
import type { Resources } from "../../../support/deployment";
import {
  Bench,
  baseResources,
  fails,
  headersOf,
  lambdaMethod,
  openMethod,
  resource,
  type Sent,
  signedIn,
  succeeds,
  textOf,
  usagePlan,
  webAclAssociation,
} from "./fixture";

interface Row {
  readonly situation: string;
  readonly resources?: Resources;
  readonly arrange?: (bench: Bench) => void;
  readonly sent?: Sent;
  /** Sent before, as often. */
  readonly warmUp?: number;
  readonly status: number;
  readonly errorType: string;
  readonly body: string;
  readonly layer: Decision["layer"];
}

const withToken = (token: string): Sent => ({
  headers: [...signedIn.filter(([name]) => name !== "Authorization"), ["Authorization", token]],
});
const withoutToken: Sent = { headers: signedIn.filter(([name]) => name !== "Authorization") };
const open = (headers: Sent["headers"] = []): Sent => ({
  method: "GET",
  target: "/development/open",
  headers,
  body: "",
});

const keyed: Resources = {
  ...baseResources(),
  ...resource("open", "res002"),
  ...lambdaMethod("open", "res002", "GET", { api_key_required: true }),
};
const productionStage: Resources = {
  "aws_api_gateway_stage.production": {
    rest_api_id: "a1b2c3d4e5",
    stage_name: "production",
    deployment_id: "deploy",
  },
};
const throttledStage = (rate: number, burst: number): Resources => ({
  ...baseResources(),
  ...openMethod,
  "aws_api_gateway_method_settings.all": {
    rest_api_id: "a1b2c3d4e5",
    stage_name: "development",
    method_path: "*/*",
    settings: { throttling_rate_limit: rate, throttling_burst_limit: burst },
  },
});
const key: Sent["headers"] = [["x-api-key", "client-key-value-0001"]];

const unauthorized = {
  status: 401,
  errorType: "UnauthorizedException",
  body: '{"message":"Unauthorized"}',
  layer: "authorizer",
} as const;
const badBody = {
  status: 400,
  errorType: "BadRequestException",
  body: '{"message": "Invalid request body"}',
  layer: "validation",
} as const;
const noRoute = {
  status: 403,
  errorType: "MissingAuthenticationTokenException",
  body: '{"message":"Missing Authentication Token"}',
  layer: "routing",
} as const;
const forbiddenKey = {
  status: 403,
  errorType: "ForbiddenException",
  body: '{"message":"Forbidden"}',
  layer: "API key",
} as const;
const badGateway = {
  status: 502,
  errorType: "InternalServerErrorException",
  body: '{"message": "Internal server error"}',
  layer: "function",
} as const;
const serverError = { ...badGateway, status: 500, layer: "integration" } as const;

const rows: readonly Row[] = [
  { situation: "no token", sent: withoutToken, ...unauthorized },
  { situation: "an empty token", sent: withToken(""), ...unauthorized },
  { situation: "only the word Bearer", sent: withToken("Bearer"), ...unauthorized },
  { situation: "a token that the pool did not sign", sent: withToken("garbage"), ...unauthorized },
  {
    situation: "two Authorization headers, one of them good",
    sent: { headers: [...signedIn, ["authorization", "good"]] },
    ...unauthorized,
  },
  {
    situation: "an expired token",
    sent: withToken("expired"),
    ...unauthorized,
    body: '{"message":"The incoming token has expired"}',
  },
  { situation: "an unknown path", sent: { ...withoutToken, target: "/development/nothing" }, ...noRoute },
  { situation: "another method", sent: { ...withoutToken, method: "PUT" }, ...noRoute },
  {
    situation: "the path in other case",
    sent: { ...withoutToken, target: "/development/LAMBDA1" },
    ...noRoute,
  },
  {
    situation: "an unknown stage",
    sent: { target: "/nowhere/lambda1" },
    ...forbiddenKey,
    layer: "routing",
  },
  { situation: "a body that is not JSON", sent: { body: "{name}" }, ...badBody },
  { situation: "an empty body", sent: { body: "" }, ...badBody },
  { situation: "a body that fails the model", sent: { body: '{"name":7}' }, ...badBody },
  { situation: "a body that is not UTF-8", sent: { body: Buffer.from([0x22, 0xff, 0x22]) }, ...badBody },
  {
    situation: "a content type without a model, where $default has one",
    sent: { headers: [...signedIn, ["Content-Type", "text/plain"]], body: "hello" },
    ...badBody,
  },
  {
    situation: "required parameters missing, checked before the body",
    resources: {
      ...baseResources(),
      ...lambdaMethod("lambda1", "res001", "POST", {
        request_validator_id: "valid1",
        request_models: { $default: "Name" },
        request_parameters: { "method.request.querystring.b": true, "method.request.header.a": true },
      }),
    },
    sent: { body: "no JSON" },
    ...badBody,
    body: '{"message": "Missing required request parameters: [a, b]"}',
  },
  { situation: "no API key", resources: { ...keyed, ...usagePlan() }, sent: open(), ...forbiddenKey },
  {
    situation: "an unknown API key",
    resources: { ...keyed, ...usagePlan() },
    sent: open([["x-api-key", "guessed"]]),
    ...forbiddenKey,
  },
  {
    situation: "a disabled API key",
    resources: { ...keyed, ...usagePlan({}, {}, { enabled: false }) },
    sent: open(key),
    ...forbiddenKey,
  },
  {
    situation: "an API key whose plan is for another stage",
    resources: { ...keyed, ...productionStage, ...usagePlan({}, { stage: "production" }) },
    sent: open(key),
    ...forbiddenKey,
  },
  {
    situation: "above the stage's throttle",
    resources: throttledStage(1, 2),
    warmUp: 2,
    sent: open(),
    status: 429,
    errorType: "TooManyRequestsException",
    body: '{"message":"Too Many Requests"}',
    layer: "throttle",
  },
  {
    situation: "above the usage plan's throttle",
    resources: { ...keyed, ...usagePlan({ throttle_settings: { rate_limit: 1, burst_limit: 2 } }) },
    warmUp: 2,
    sent: open(key),
    status: 429,
    errorType: "TooManyRequestsException",
    body: '{"message":"Too Many Requests"}',
    layer: "throttle",
  },
  {
    situation: "above the usage plan's quota",
    resources: { ...keyed, ...usagePlan({ quota_settings: { limit: 2, period: "DAY" } }) },
    warmUp: 2,
    sent: open(key),
    status: 429,
    errorType: "LimitExceededException",
    body: '{"message":"Limit Exceeded"}',
    layer: "quota",
  },
  {
    situation: "a block by the web ACL, before anything else",
    resources: { ...baseResources(), ...webAclAssociation },
    arrange: (bench) => {
      bench.verdict = { action: "BLOCK", rule: "IPRule" };
    },
    sent: { ...withoutToken, target: "/development/nothing" },
    ...forbiddenKey,
    layer: "web ACL",
  },
  {
    situation: "a function that throws",
    arrange: (bench) => {
      bench.answer = fails("error");
    },
    ...badGateway,
  },
  {
    situation: "a function that times out",
    arrange: (bench) => {
      bench.answer = fails("timeout");
    },
    ...badGateway,
  },
  {
    situation: "a function that crashes",
    arrange: (bench) => {
      bench.answer = fails("crash");
    },
    ...badGateway,
  },
  {
    situation: "a malformed proxy response",
    arrange: (bench) => {
      bench.answer = succeeds({ message: "no proxy response" });
    },
    ...badGateway,
  },
  {
    situation: "no permission to invoke the function",
    arrange: (bench) => {
      bench.answer = new AwsError("AccessDeniedException", "no", 403);
    },
    ...serverError,
  },
  {
    situation: "a function that is throttled",
    arrange: (bench) => {
      bench.answer = new AwsError("TooManyRequestsException", "Rate Exceeded.", 429);
    },
    ...serverError,
  },
  {
    situation: "an error that nobody foresaw",
    arrange: (bench) => {
      bench.answer = new TypeError("a defect");
    },
    ...serverError,
  },
  {
    situation: "an event above Lambda's 6 MB",
    resources: { ...baseResources(), ...lambdaMethod("lambda1", "res001", "POST") },
    sent: { body: "x".repeat(6_300_000) },
    status: 413,
    errorType: "BadRequestException",
    body: '{"message": "Request Too Long"}',
    layer: "integration",
  },
  {
    situation: "a query string with a broken escape",
    sent: { target: "/development/lambda1?a=%zz" },
    status: 400,
    errorType: "BadRequestException",
    body: '{"message":"Bad Request"}',
    layer: "routing",
  },
  {
    situation: "a path with a broken escape",
    sent: { target: "/development/lambda1%2" },
    status: 400,
    errorType: "BadRequestException",
    body: '{"message":"Bad Request"}',
    layer: "routing",
  },
  {
    situation: "a target that is not a path",
    sent: { target: "*" },
    status: 400,
    errorType: "BadRequestException",
    body: '{"message":"Bad Request"}',
    layer: "routing",
  },
];

test.each(rows)("answers as AWS does: $situation", async (row) => {
  const bench = new Bench(row.resources);
  row.arrange?.(bench);
  for (let index = 0; index < (row.warmUp ?? 0); index += 1) {
    expect((await bench.send(row.sent)).status).toBe(200);
  }

  const response = await bench.send(row.sent);

  expect(response.status).toBe(row.status);
  expect(textOf(response)).toBe(row.body);
  expect(response.headers).toEqual([
    ["Content-Type", "application/json"],
    ["x-amzn-RequestId", expect.stringMatching(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)],
    ["x-amz-apigw-id", expect.stringMatching(/^[\w-]{15}=$/)],
    ["x-amzn-ErrorType", row.errorType],
  ]);
  expect(response.decision.layer).toBe(row.layer);
});

test.each(["good", "Bearer good", "bearer good", "Bearer   good"])(
  "lets the ID token through: %s",
  async (token) => {
    const response = await new Bench().send(withToken(token));

    expect(response.status).toBe(200);
    expect(textOf(response)).toBe('{"message":"hello"}');
    expect(headersOf(response)).toMatchObject({
      "content-type": "application/json",
      "x-amzn-requestid": expect.any(String),
      "x-amz-apigw-id": expect.any(String),
      "x-amzn-trace-id": expect.stringMatching(/^Root=1-/),
    });
    expect(headersOf(response)).not.toHaveProperty("x-amzn-errortype");
    expect(response.decision).toEqual({ layer: "function", detail: "ExternalLambda1" });
  },
);

test("passes a content type without a model through", async () => {
  const bench = new Bench({
    ...baseResources(),
    ...lambdaMethod("lambda1", "res001", "POST", {
      request_validator_id: "valid1",
      request_models: { "application/json": "Name" },
    }),
  });

  const response = await bench.send({ headers: [["Content-Type", "text/plain"]], body: "anything" });

  expect(response.status).toBe(200);
});

test("answers 504 when the function takes longer than the integration waits", async () => {
  jest.useFakeTimers();
  try {
    const bench = new Bench();
    bench.answer = new Promise(() => {});

    const pending = bench.send();
    await jest.advanceTimersByTimeAsync(29_000);
    const response = await pending;

    expect(response.status).toBe(504);
    expect(textOf(response)).toBe('{"message": "Endpoint request timed out"}');
    expect(headersOf(response)["x-amzn-errortype"]).toBe("InternalServerErrorException");
    expect(bench.invocations[0]?.signal?.aborted).toBe(true);
  } finally {
    jest.useRealTimers();
  }
});

test("tells the function's service when the client is gone, so that its event need not wait", async () => {
  const bench = new Bench();
  const client = new AbortController();
  await bench.send({ signal: client.signal });
  const [invocation] = bench.invocations;
  const before = invocation?.signal?.aborted;

  client.abort();

  expect([before, invocation?.signal?.aborted]).toEqual([false, true]);
});

test("waits as long as the integration's own timeout says", async () => {
  jest.useFakeTimers();
  try {
    const resources = baseResources();
    const integration = resources["aws_api_gateway_integration.POST-lambda1"];
    const bench = new Bench({
      ...resources,
      "aws_api_gateway_integration.POST-lambda1": { ...integration, timeout_milliseconds: 500 },
    });
    bench.answer = new Promise(() => {});

    const pending = bench.send();
    await jest.advanceTimersByTimeAsync(500);

    expect((await pending).status).toBe(504);
  } finally {
    jest.useRealTimers();
  }
});

test("answers a body above 10 MB from in front of the API, without identifiers", async () => {
  const bench = new Bench({ ...baseResources(), ...webAclAssociation });

  const response = await bench.send({ body: Buffer.alloc(10_485_761) });

  expect(response.status).toBe(413);
  expect(textOf(response)).toBe("HTTP content length exceeded 10485760 bytes.");
  expect(response.headers).toEqual([["Content-Type", "text; charset=utf-8"]]);
  expect(bench.inspected).toHaveLength(0);
});

test("answers headers above 10,240 bytes from in front of the API", async () => {
  const response = await new Bench().send({ headers: [...signedIn, ["Cookie", "c".repeat(10_240)]] });

  expect(response.status).toBe(431);
  expect(textOf(response)).toBe("HTTP header is larger than 10240 bytes.");
});

describe("an unknown path with an Authorization header", () => {
  test.each([
    [
      "Bearer token",
      "Invalid key=value pair (missing equal-sign) in Authorization header " +
        "(hashed with SHA-256 and encoded with Base64): '",
    ],
    [
      "eyJhbGciOiJIUzI1NiJ9",
      "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. " +
        "Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a " +
        "'X-Amz-Date' or a 'Date' header. (Hashed with SHA-256 and encoded with Base64) Authorization=",
    ],
    [
      "key=value",
      "Authorization header must begin with the algorithm name, which cannot include an equal-sign",
    ],
    [
      "AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host",
      "Authorization header requires 'Signature' parameter. Authorization header requires existence of either a",
    ],
  ])("is taken for a signature: %s", async (authorization, message) => {
    const response = await new Bench().get("/development/nothing", [["Authorization", authorization]]);

    expect(response.status).toBe(403);
    expect(headersOf(response)["x-amzn-errortype"]).toBe("IncompleteSignatureException");
    expect(JSON.parse(textOf(response))).toEqual({ message: expect.stringContaining(message) });
    expect(textOf(response)).not.toContain(authorization);
  });

  test("is refused as a credential nobody knows when the signature is complete", async () => {
    const response = await new Bench().get("/development/nothing", [
      ["Authorization", "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=c"],
      ["X-Amz-Date", "20261122T150405Z"],
    ]);

    expect(response.status).toBe(403);
    expect(textOf(response)).toBe('{"message":"The security token included in the request is invalid."}');
  });
});

test("never shows a function's error to the client or in the decision", async () => {
  const bench = new Bench();
  bench.answer = fails("error");

  const response = await bench.send();

  expect(JSON.stringify([response.decision, textOf(response)])).not.toContain("secret");
});

test.each(["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD"])(
  "ANY stands for %s",
  async (method) => {
    const bench = new Bench({
      ...baseResources(),
      ...resource("any", "res009"),
      ...lambdaMethod("any", "res009", "ANY"),
    });

    expect((await bench.send({ method, target: "/development/any", headers: [] })).status).toBe(200);
  },
);

test.each(["TRACE", "PROPFIND", "CONNECT", "LINK", "get", "QUERY", "MKCOL"])(
  "ANY does not stand for %s",
  async (method) => {
    const bench = new Bench({
      ...baseResources(),
      ...resource("any", "res009"),
      ...lambdaMethod("any", "res009", "ANY"),
    });

    const response = await bench.send({ method, target: "/development/any", headers: [] });

    expect([response.status, textOf(response)]).toEqual([403, '{"message":"Missing Authentication Token"}']);
    expect(bench.invocations).toHaveLength(0);
  },
);

test.each([
  ["fits a model without required members", { type: "object" }, 200],
  ["fails a model with a required member", { type: "object", required: ["a"] }, 400],
  ["fails a model of a list", { type: "array" }, 400],
])("an empty body counts as {}: it %s", async (_name, schema, status) => {
  const resources = baseResources();
  const model = { ...resources["aws_api_gateway_model.Name"], schema: JSON.stringify(schema) };

  const response = await new Bench({ ...resources, "aws_api_gateway_model.Name": model }).send({ body: "" });

  expect(response.status).toBe(status);
});
