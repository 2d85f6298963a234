import { gzipSync } from "node:zlib";
import { defaultLimits } from "../../local/kernel/limits";
import type { Route } from "../../stacks/secure-edge/route";
import { collect, countAnswers, statusOf } from "../local/front-door/raw-client";
import { deploymentOf } from "../support/deployment";
import { forwardRoute } from "../support/forward-route";
import type { TestRequest, TestRuntime } from "../support/local-runtime";
import { plainFunctions } from "../support/plain-functions";
import { TestClock } from "../support/test-clock";
import { useRuntime, useRuntimes } from "../support/use-runtime";
import { attackOn, proven } from "./support/attack";
import { ADMINISTRATOR, send } from "./support/aws-call";
import { removeWebAclRule } from "./support/edge-limits";
import { sendInTurn, tally } from "./support/flood";
import {
  BLOCKED,
  expectGatewayError,
  INVALID_BODY,
  MISCONFIGURED,
  QUOTA_EXCEEDED,
  THROTTLED,
  UNAUTHORIZED,
} from "./support/gateway-error";
import { openSocket, requestStart, talk } from "./support/raw-request";
import { BUILT_IN, each, NOTHING_TAKES_IT_OUT, type Proof, threatsOf } from "./support/threats";

const threat = threatsOf(4, __filename);

/** Passes every layer up to the throttle and is refused right after it, so that a flood costs no function. */
const refusedBehindTheThrottle = { body: {} };
const env = { WAF_RATE_LIMIT: "60" };
const LARGEST_BODY = 8192;

/** A valid body that is blown up with spaces. */
function paddedBody(bytes: number): string {
  return '{"name":"Ada"}'.padEnd(bytes, " ");
}

describe("with the stacks as they are", () => {
  const clock = new TestClock();
  const test = useRuntime({ env, clock, edit: plainFunctions });
  const { withRuntime, without } = useRuntimes({ env, clock });
  let token: string;

  const floodPasses: Proof = [
    "lets a flood without tokens through to the authorizer when the web ACL has no rate rule",
    async () => {
      const answers = await withRuntime({ edit: ({ edge }) => removeWebAclRule(edge, "RateLimit") }, (test) =>
        sendInTurn(test, 80, {}),
      );

      expect(tally(answers)).toEqual({ 401: 80 });
    },
  ];

  beforeEach(async () => {
    // Longer than the web ACL's window: nothing of the test before counts.
    clock.advance({ seconds: 601 });
    token = await test.token("MyUserPool1");
  });

  threat(
    proven(attackOn("A signed-in user floods an API"), {
      ...{ on: test, without },
      refuses: "throttles a flood of a signed-in user: the burst of 50 passes, the next one gets 429",
      succeeds: "lets a signed-in user's flood through when the stage has no throttle",
      expects({ answers }) {
        expect(answers).toHaveLength(100);
        expect(tally(answers)).toMatchObject({ 400: 50, 429: expect.any(Number) });
      },
    }),
  );

  it.each([
    [50, 50, true],
    [1000, 100, false],
    [10, 1000, false],
    [-1, -1, false],
  ])(
    "floods a stage of %i a second and %i at once with what it lets through in a second, or not at all",
    (rate, burst, isFlooded) => {
      const settings = [{ throttling_rate_limit: rate, throttling_burst_limit: burst }];
      const deployment = deploymentOf(["aws_api_gateway_method_settings", { settings }]);
      const { defence } = attackOn("A signed-in user floods an API");

      expect(defence.addresses(deployment)).toHaveLength(isFlooded ? 1 : 0);
    },
  );

  it("lets 50 requests a second through once the burst is used up", async () => {
    await sendInTurn(test, 50, { ...refusedBehindTheThrottle, token });
    clock.advance({ seconds: 0.1 });

    const answers = await sendInTurn(test, 7, { ...refusedBehindTheThrottle, token });

    expect(tally(answers)).toEqual({ 400: 5, 429: 2 });
  });

  it("leaves the other API alone while one is throttled", async () => {
    await sendInTurn(test, 51, { ...refusedBehindTheThrottle, token });
    const other = await test.token("MyUserPool2");

    const answer = await test.send({ path: "/development/lambda2", token: other });

    expect(answer.status).toBe(200);
  });

  threat(
    proven(
      attackOn("Somebody without a token floods an API, which the throttle after the authorizer never sees"),
      {
        ...{ on: test, without },
        refuses:
          "blocks a flood without tokens by the web ACL's rate rule, which the stage's throttle never sees",
        succeeds: "lets a flood without tokens through to the authorizer when the web ACL has no rate rule",
      },
    ),
  );

  it("blocks a flood that spreads over paths and methods which do not exist", async () => {
    const answers = await sendInTurn(test, 63, (index) => ({
      method: index % 2 ? "GET" : "DELETE",
      path: `/development/${index}`,
    }));

    expectGatewayError(answers[60] ?? fail(), BLOCKED);
    expect(test.lines.slice(-3).map(({ decision }) => decision.detail)).toEqual(Array(3).fill("RateLimit"));
  });

  threat(
    proven(attackOn("A flood pretends to come from many sources"), {
      ...{ on: test, without },
      refuses: "counts a flood as one source whatever X-Forwarded-For says",
      succeeds:
        "lets a flood through that names another source each time when the rate rule counts X-Forwarded-For",
    }),
  );

  it("lets the source in again when its window is over", async () => {
    await sendInTurn(test, 61, {});
    clock.advance({ seconds: 300 });

    const answer = await test.send();

    expectGatewayError(answer, UNAUTHORIZED);
  });

  threat({
    threat: "A flood comes pipelined over one connection",
    layer: "Web ACL, rule RateLimit",
    setting: "aws_wafv2_web_acl.rule: rate_based_statement",
    attack: [
      "counts every request of a pipelined flood, and answers each in its turn",
      async () => {
        const one = requestStart(test, "Content-Length: 2\r\n");

        const answers = await talk(test, `${`${one}\r\n{}`.repeat(62)}${one}Connection: close\r\n\r\n{}`);

        expect(countAnswers(answers)).toBe(63);
        expect([...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual([
          ...Array(60).fill("401"),
          ...Array(3).fill("403"),
        ]);
      },
    ],
    counterpart: floodPasses,
  });

  it("takes a body of 8,192 bytes", async () => {
    const answer = await test.send({ token, body: paddedBody(LARGEST_BODY) });

    expect(answer.status).toBe(200);
  });

  const blocksBody = ({ name, bytes }: { readonly name: string; readonly bytes: number }): Proof => [
    `blocks a body ${name}`,
    async () => {
      const answer = await test.send({ token, body: paddedBody(bytes) });

      expectGatewayError(answer, BLOCKED);
      expect(test.lines.at(-1)?.decision).toEqual({ layer: "web ACL", detail: "LargeBody" });
    },
  ];

  threat({
    threat: "A body is larger than any request of ours",
    layer: "Web ACL, rule LargeBody",
    setting: "aws_wafv2_web_acl.rule: size_constraint_statement",
    attack: each(
      [
        { name: "one byte above 8,192", bytes: LARGEST_BODY + 1 },
        { name: "of exactly 10 MB", bytes: 10_485_760 },
      ],
      blocksBody,
    ),
    counterpart: [
      "lets large bodies through to the function when the web ACL has no rule against them",
      async () => {
        const [large, hostile] = await withRuntime(
          { edit: ({ edge }) => removeWebAclRule(edge, "LargeBody") },
          async (test) => {
            const token = await test.token("MyUserPool1");
            return [
              await test.send({ token, body: paddedBody(1_000_000) }),
              await test.send({ token, body: "[".repeat(1_000_000) }),
            ];
          },
        );

        expect(large?.status).toBe(200);
        expectGatewayError(hostile ?? fail(), INVALID_BODY);
      },
    ],
  });

  threat(
    proven(attackOn("A body is larger than what the web ACL inspects"), {
      ...{ on: test, without },
      refuses: "blocks a body above the 16,384 bytes that the web ACL inspects",
      succeeds: "lets a body through that is larger than what the web ACL inspects when the rule says so",
    }),
  );

  it("blocks a large body that does not say how large it is", async () => {
    const answer = await test.send({
      token,
      headers: [
        ["Content-Type", "application/json"],
        ["Transfer-Encoding", "chunked"],
      ],
      body: paddedBody(LARGEST_BODY + 1),
    });

    expectGatewayError(answer, BLOCKED);
  });

  threat({
    threat: "A body is larger than 10 MB",
    layer: "API Gateway, in front of the API",
    setting: BUILT_IN,
    attack: each(
      [
        { name: "above 10 MB", bytes: 10_485_761 },
        { name: "of 12 MB", bytes: 12_000_000 },
      ],
      ({ name, bytes }) => [
        `refuses a body ${name} in front of the API, before anything reads it`,
        async () => {
          const answer = await test.send({ body: Buffer.alloc(bytes, " ") });

          expect(answer.status).toBe(413);
          expect(answer.body).toBe("HTTP content length exceeded 10485760 bytes.");
          expect(answer.headers).not.toHaveProperty("x-amzn-requestid");
        },
      ],
    ),
    counterpart: NOTHING_TAKES_IT_OUT,
  });

  threat({
    threat: "A deeply nested body exhausts a parser",
    layer: "Request validation, then the function",
    setting: "aws_api_gateway_method.request_validator_id",
    attack: each(
      [
        { name: "lists", body: `{"name": ${"[".repeat(4000)}${"]".repeat(4000)}}` },
        { name: "objects", body: `${'{"name":'.repeat(900)}"Ada"${"}".repeat(900)}` },
        { name: "lists that never end", body: "[".repeat(LARGEST_BODY) },
      ],
      ({ name, body }) => [
        `refuses deeply nested ${name}`,
        async () => {
          const answer = await test.send({ token, body });

          expectGatewayError(answer, INVALID_BODY);
        },
      ],
    ),
    counterpart: [
      "leaves deep nesting to the function, which refuses it too, when the method validates nothing",
      async () => {
        const answer = await withRuntime(
          {
            edit: ({ edge }) => {
              delete edge.resource("aws_api_gateway_method.POST-lambda1").request_validator_id;
            },
          },
          async (test) =>
            test.send({
              token: await test.token("MyUserPool1"),
              body: `{"name": ${"[".repeat(4000)}${"]".repeat(4000)}}`,
            }),
        );

        expect(answer).toMatchObject({
          status: 400,
          body: '{"message":"\\"name\\" must be a string of 1 to 256 characters."}',
        });
      },
    ],
  });

  threat({
    threat: "A compressed body unpacks to gigabytes",
    layer: "API Gateway",
    setting: "aws_api_gateway_rest_api.minimum_compression_size (unset)",
    attack: [
      "does not unpack a compressed body, so there is no bomb to go off",
      async () => {
        const answer = await test.send(compressed(token));

        expectGatewayError(answer, INVALID_BODY);
      },
    ],
    counterpart: [
      "is not served when the API is set to unpack bodies, which the local edge would not do",
      async () => {
        const start = withRuntime(
          {
            edit: ({ edge }) => {
              edge.resource("aws_api_gateway_rest_api.api").minimum_compression_size = 0;
            },
          },
          async () => "served",
        );

        await expect(start).rejects.toThrow("minimum_compression_size");
      },
    ],
  });

  it("answers sixty clients at once: as many pass as one after the other", async () => {
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => test.send({ ...refusedBehindTheThrottle, token })),
    );

    expect(tally(answers)).toEqual({ 400: 50, 429: 10 });
  });

  threat({
    threat: "One function takes all of the account's concurrency",
    layer: "Stage throttle; Lambda's reserved concurrency for whoever sets it",
    setting: "aws_lambda_function.reserved_concurrent_executions (unset)",
    attack: [
      "runs one request at a time and fails the others when a function's concurrency is reserved to one",
      async () => {
        const answers = await withRuntime(
          {
            edit: ({ edge }) => {
              edge.resource("aws_lambda_function.ExternalLambda1").reserved_concurrent_executions = 1;
            },
          },
          async (test) => {
            const token = await test.token("MyUserPool1");
            return await Promise.all(Array.from({ length: 4 }, () => test.send({ token })));
          },
        );

        expect(tally(answers)).toEqual({ 200: 1, 500: 3 });
        expectGatewayError(answers.find(({ status }) => status === 500) ?? fail(), MISCONFIGURED);
      },
    ],
    counterpart: [
      "runs requests side by side while a function's concurrency is its own affair",
      async () => {
        const answers = await Promise.all(Array.from({ length: 4 }, () => test.send({ token })));

        expect(tally(answers)).toEqual({ 200: 4 });
      },
    ],
  });
});

describe("clients that take their time", () => {
  const impatient = { ...defaultLimits, headersTimeoutMs: 100, requestTimeoutMs: 150, checkIntervalMs: 10 };
  const test = useRuntime({ limits: impatient });
  const { withRuntime } = useRuntimes();

  threat({
    threat: "Clients hold connections open with headers or bodies that never end",
    layer: "HTTP server",
    setting: BUILT_IN,
    attack: [
      "cuts off clients that never finish their headers, and answers the others meanwhile",
      async () => {
        const slow = await Promise.all(Array.from({ length: 100 }, () => openSocket(test)));
        const ends = slow.map((socket) => collect(socket));
        for (const socket of slow) socket.write(requestStart(test, "X-Slow: a\r\n"));

        const other = await test.send();

        expectGatewayError(other, UNAUTHORIZED);
        expect(new Set((await Promise.all(ends)).map(statusOf))).toEqual(new Set([408]));
      },
    ],
    counterpart: [
      "would wait for them for as long as they like without its time limits",
      async () => {
        const endless = { ...impatient, headersTimeoutMs: 0, requestTimeoutMs: 0 };

        const [cutOff, answered] = await withRuntime({ limits: endless }, async (patient) => {
          const [hurried, unhurried] = await Promise.all([openSocket(test), openSocket(patient)]);
          const [hurriedEnd, unhurriedEnd] = [collect(hurried), collect(unhurried)];
          hurried.write(requestStart(test, "X-Slow: a\r\n"));
          unhurried.write(requestStart(patient, "X-Slow: a\r\n"));
          const cut = await hurriedEnd;
          unhurried.write("Connection: close\r\nContent-Length: 0\r\n\r\n");
          return [cut, await unhurriedEnd];
        });

        expect([statusOf(cutOff ?? ""), statusOf(answered ?? "")]).toEqual([408, 401]);
      },
    ],
  });

  it("cuts off a client that never finishes its body, and no function runs for it", async () => {
    const socket = await openSocket(test);
    const end = collect(socket);
    const seen = test.lines.length;
    socket.write(requestStart(test, "Content-Length: 14\r\n\r\n{"));

    const answer = await end;

    expect(statusOf(answer)).toBe(408);
    expect(test.lines).toHaveLength(seen);
  });
});

describe("with API keys", () => {
  const route = (number: 1 | 2 | 3): Route => ({ ...forwardRoute, path: `/lambda${number}` });
  const routes: Route[] = [
    { ...route(1), apiKeyRequired: true },
    { ...route(2), throttle: { rateLimit: 5, burstLimit: 5 } },
    { ...route(3), apiKeyRequired: true },
  ];
  const clientEnv = { API_CLIENTS: "acme,globex", API_CLIENT_DAILY_QUOTA: "30" };
  const clock = new TestClock();
  const test = useRuntime({ env: clientEnv, routes, clock, edit: plainFunctions });
  const open = useRuntime({
    env: clientEnv,
    routes,
    clock,
    edit: ({ edge }) => {
      const acme = edge.resource("aws_api_gateway_usage_plan.acme");
      delete acme.throttle_settings;
      delete acme.quota_settings;
      edge.remove("aws_api_gateway_method_settings.POST-lambda2");
      edge.resource("aws_api_gateway_method.POST-lambda3").api_key_required = false;
    },
  });
  let token: string;
  let openToken: string;
  let keys: Readonly<Record<string, string>>;
  let openKeys: Readonly<Record<string, string>>;

  beforeAll(async () => {
    [keys, openKeys] = [await keysOf(test), await keysOf(open)];
  });
  beforeEach(async () => {
    // The next day: buckets are full, quotas unused.
    clock.advance({ days: 1 });
    [token, openToken] = [await test.token("MyUserPool1"), await open.token("MyUserPool1")];
  });

  const clientWithoutLimits: Proof = [
    "takes more than 20 at once and more than 30 a day from a client whose plan has no limits",
    async () => {
      const answers = await sendInTurn(open, 40, { ...keyed(openKeys.acme), token: openToken, body: {} });

      expect(tally(answers)).toEqual({ 400: 40 });
    },
  ];

  threat({
    threat: "A caller without an API key uses a route that is for known clients",
    layer: "API key",
    setting: "aws_api_gateway_method.api_key_required (a route's `apiKeyRequired`)",
    attack: each(
      [
        { name: "without an API key", key: [] },
        { name: "with an unknown API key", key: [["x-api-key", "0123456789012345678901234567890123456789"]] },
        { name: "with an empty API key", key: [["x-api-key", ""]] },
      ] as const,
      ({ name, key }) => [
        `refuses a signed-in user ${name}`,
        async () => {
          const answer = await test.send({ token, headers: key });

          expectGatewayError(answer, BLOCKED);
          expect(test.lines.at(-1)?.decision.layer).toBe("API key");
        },
      ],
    ),
    counterpart: [
      "does not ask for a key where the method does not require one",
      async () => {
        const answer = await open.send({ path: "/development/lambda3", token: openToken });

        expect(answer.status).toBe(200);
      },
    ],
  });

  it("refuses a key alone, because it does not replace the token", async () => {
    const answer = await test.send(keyed(keys.acme));

    expectGatewayError(answer, UNAUTHORIZED);
  });

  threat({
    threat: "One client uses up what all share",
    layer: "Usage plan",
    setting: "aws_api_gateway_usage_plan.throttle_settings (`API_CLIENT_RATE`, `API_CLIENT_BURST`)",
    attack: [
      "throttles a client at its plan's 20 at once, and leaves the other client alone",
      async () => {
        const answers = await sendInTurn(test, 22, { ...keyed(keys.acme), token, body: {} });
        const other = await test.send({ ...keyed(keys.globex), token, body: {} });

        expect(tally(answers)).toEqual({ 400: 20, 429: 2 });
        expectGatewayError(answers[21] ?? fail(), THROTTLED);
        expect(other.status).toBe(400);
      },
    ],
    counterpart: clientWithoutLimits,
  });

  threat({
    threat: "A client calls all day long",
    layer: "Usage plan",
    setting: "aws_api_gateway_usage_plan.quota_settings (`API_CLIENT_DAILY_QUOTA`)",
    attack: [
      "ends a client's day when its quota is used up, and starts the next one anew",
      async () => {
        const used = await sendInTurn(test, 20, { ...keyed(keys.acme), token, body: {} });
        clock.advance({ seconds: 10 });

        const rest = await sendInTurn(test, 11, { ...keyed(keys.acme), token, body: {} });
        clock.advance({ days: 1 });
        const tomorrow = await test.send({
          ...keyed(keys.acme),
          token: await test.token("MyUserPool1"),
          body: {},
        });

        expect(tally([...used, ...rest])).toEqual({ 400: 30, 429: 1 });
        expectGatewayError(rest[10] ?? fail(), QUOTA_EXCEEDED);
        expect(tomorrow.status).toBe(400);
      },
    ],
    counterpart: clientWithoutLimits,
  });

  threat({
    threat: "A route that is dear to run gets as many requests as the others",
    layer: "Route throttle",
    setting: "aws_api_gateway_method_settings.method_path (a route's `throttle`)",
    attack: [
      "throttles a route at its own limit instead of the stage's",
      async () => {
        const answers = await sendInTurn(test, 7, { path: "/development/lambda2", token, body: {} });

        expect(tally(answers)).toEqual({ 400: 5, 429: 2 });
        expectGatewayError(answers[6] ?? fail(), THROTTLED);
      },
    ],
    counterpart: [
      "takes the stage's 50 at once where the route has no limit of its own",
      async () => {
        const answers = await sendInTurn(open, 40, {
          path: "/development/lambda2",
          token: openToken,
          body: {},
        });

        expect(tally(answers)).toEqual({ 400: 40 });
      },
    ],
  });
});

function compressed(token: string): TestRequest {
  return {
    token,
    headers: [
      ["Content-Type", "application/json"],
      ["Content-Encoding", "gzip"],
    ],
    body: gzipSync('{"name":"Ada"}'),
  };
}

function keyed(key: string | undefined): TestRequest {
  return {
    headers: [
      ["Content-Type", "application/json"],
      ["x-api-key", key ?? ""],
    ],
  };
}

/** `{ acme: "…" }` */
async function keysOf(test: TestRuntime): Promise<Record<string, string>> {
  const path = "/apikeys?includeValues=true";
  const call = { service: "apigateway", method: "GET", path, headers: {} };
  const answer = await send(test, call, ADMINISTRATOR);
  const { item }: { item: { name: string; value: string }[] } = JSON.parse(answer.body);
  return Object.fromEntries(item.map(({ name, value }) => [name.replace(/^.*-/, ""), value]));
}

function fail(): never {
  throw new Error("there is no such answer");
}
