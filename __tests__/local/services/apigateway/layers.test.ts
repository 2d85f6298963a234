import { atMethod, atStage, pass } from "../../../../local/services/apigateway/edge/layer";
import { LAYERS, METHOD_LAYERS } from "../../../../local/services/apigateway/edge/layers";
import { expectGeneratedSection } from "../../../support/generated-section";
import {
  Bench,
  baseResources,
  fails,
  lambdaMethod,
  NOW,
  resource,
  signedIn,
  usagePlan,
  webAclAssociation,
} from "./fixture";

describe("the layers", () => {
  test("are in AWS's order", () => {
    expect(LAYERS.map(({ name }) => name)).toEqual([
      "size limits",
      "stage",
      "web ACL",
      "routing",
      "authorizer",
      "API key",
      "throttle",
      "quota",
      "parameters",
      "body",
      "integration",
      "function",
    ]);
    expect(METHOD_LAYERS.map(({ name }) => name)).toEqual(["parameters", "body", "integration", "function"]);
  });

  test("say so when the list is out of order", () => {
    const request = {
      method: "GET",
      target: "/",
      httpVersion: "1.1",
      headers: [],
      body: Buffer.alloc(0),
      sourceIp: "",
    };
    const ids = { requestId: "", extendedRequestId: "", traceId: "", answeredTrace: "" };
    const exchange = { request, ids, receivedAt: NOW, steps: [] };
    const { context } = new Bench().edge;

    for (const [needs, run] of [
      ["stage", atStage(() => pass(""))],
      ["method", atMethod(() => pass(""))],
    ] as const) {
      expect(() => run(exchange, context)).toThrow(`no ${needs} is known yet`);
    }
  });

  test("are in docs/security.md (UPDATE_DOCS=1 npm test -- layers writes the table)", () => {
    const rows = LAYERS.map(({ name, checks, answers }, index) => [String(index + 1), name, checks, answers]);
    const table = [["order", "layer", "checks", "answers"], ["---", "---", "---", "---"], ...rows];
    const text = table.map((cells) => `| ${cells.join(" | ")} |`).join("\n");

    expectGeneratedSection("docs/security.md", "layers", text);
  });
});

describe("the trace", () => {
  const guarded = { ...baseResources(), ...webAclAssociation };

  test("has a step for every layer that a request went through, with what it found", async () => {
    const bench = new Bench(guarded);
    bench.verdict = {
      action: "ALLOW",
      rule: "Default_Action",
      trace: [{ rule: "BigBody", outcome: "match", action: "COUNT", labels: ["big"] }],
    };

    const { trace, decision, headers } = await bench.send();

    expect(trace).toMatchObject({
      id: headers[0]?.[1],
      caller: { pool: "us-east-1_pool1", sub: "user-1" },
    });
    expect(trace.steps.map(({ layer, verdict }) => [layer, verdict])).toEqual([
      ["size limits", "passed"],
      ["stage", "passed"],
      ["web ACL", "counted"],
      ["routing", "passed"],
      ["authorizer", "passed"],
      ["API key", "not evaluated"],
      ["throttle", "passed"],
      ["quota", "not evaluated"],
      ["parameters", "passed"],
      ["body", "passed"],
      ["integration", "passed"],
      ["function", "answered"],
    ]);
    expect(Object.assign({}, ...trace.steps.map(({ facts }) => facts))).toEqual({
      rules: bench.verdict.trace,
      webAclArn: expect.any(String),
      resourcePath: "/lambda1",
      claims: [
        { name: "token", ok: true },
        { name: "signature, issuer, expiry and token_use", ok: true },
      ],
      buckets: [{ name: "account", rate: 10_000, burst: 5_000, before: 5_000, after: 4_999 }],
      model: "Name",
      eventBytes: Buffer.byteLength(bench.invocations[0]?.payload ?? ""),
      timeoutMs: 29_000,
      latencyMs: 0,
      run: { name: "ExternalLambda1", requestId: "lambda-request", durationMs: 1 },
    });
    expect(decision).toEqual({ layer: "function", detail: "ExternalLambda1" });
    expect(trace.steps.every(({ durationMs }) => durationMs >= 0)).toBe(true);
  });

  test.each([
    ["authorizer", { headers: [] }, { claims: [{ name: "token", ok: false, detail: "no token" }] }],
    [
      "authorizer",
      { headers: [["Authorization", "expired"]] as const },
      {
        claims: [
          { name: "token", ok: true },
          { name: "signature, issuer, expiry and token_use", ok: false, detail: "expired token" },
        ],
      },
    ],
    [
      "body",
      { body: '{"name":"a much too long name","secret":1}' },
      {
        model: "Name",
        violations: ["/: must NOT have additional properties", "/name: must NOT have more than 8 characters"],
      },
    ],
  ])("ends at the layer that refused, with what failed there: %s", async (layer, sent, facts) => {
    const { trace } = await new Bench().send(sent);

    expect(trace.steps.at(-1)).toMatchObject({ layer, verdict: "refused", facts });
  });

  test("shows a throttle's bucket that is empty, and a quota that is used up gives its token back", async () => {
    const bench = new Bench({
      ...baseResources(),
      ...resource("open", "res002"),
      ...lambdaMethod("open", "res002", "GET", { api_key_required: true }),
      ...usagePlan({
        throttle_settings: { rate_limit: 1, burst_limit: 2 },
        quota_settings: { limit: 1, period: "DAY" },
      }),
    });
    const call = () => bench.get("/development/open", [["x-api-key", "client-key-value-0001"]]);
    const first = await call();
    const second = await call();
    const third = await call();

    const facts = ({ trace }: typeof first, layer: string) =>
      trace.steps.find((step) => step.layer === layer)?.facts;
    expect(facts(first, "throttle")?.buckets?.[0]).toMatchObject({ name: "usage plan", before: 2, after: 1 });
    expect(facts(second, "quota")).toEqual({ quota: { limit: 1, period: "DAY", used: 1 } });
    expect(facts(third, "throttle")?.buckets?.[0]).toMatchObject({ before: 1, after: 0 });
    expect(facts(third, "API key")).toEqual({ apiKeyId: "key001" });
    expect(second.trace.steps.at(-1)).toMatchObject({ layer: "quota", verdict: "refused" });
  });

  test("never has a token, a key's value or anything of a body", async () => {
    const bench = new Bench(guarded);
    bench.answer = fails("error");
    bench.tokens.known.set("good-secret", {
      ok: true,
      claims: { sub: "user-1", email: "secret@example.com" },
    });
    const headers = [
      ...signedIn.slice(0, 2),
      ["Authorization", "good-secret"],
      ["x-api-key", "secret"],
    ] as const;

    const traces = [
      (await bench.send({ headers, body: '{"name":"secret-name","secret":"x"}' })).trace,
      (await bench.send({ headers, body: '{"name":"secret"}' })).trace,
    ];

    expect(traces.map(({ steps }) => steps.at(-1)?.layer)).toEqual(["body", "function"]);
    expect(JSON.stringify(traces)).not.toContain("secret");
  });
});
