import { startTestRuntime, type TestRuntime } from "../support/local-runtime";

describe("the record of a request that a runtime keeps", () => {
  let test: TestRuntime;

  beforeAll(async () => {
    test = await startTestRuntime();
  });
  afterAll(() => test.close());

  it("goes from the web ACL's rules to the function's run, with the caller", async () => {
    const token = await test.token("MyUserPool1");
    const pool = test.runtime.userPools.find(({ name }) => name === "MyUserPool1");

    await test.send({ token, path: "/development/lambda1?access_token=secret&a=1" });
    const [trace] = test.runtime.traces.recent(1);

    expect(trace).toMatchObject({
      method: "POST",
      path: "/development/lambda1",
      query: "access_token=***&a=1",
      status: 200,
      decidedBy: { layer: "function", detail: "ExternalLambda1" },
      caller: { pool: pool?.id, sub: expect.any(String) },
    });
    const facts = Object.assign({}, ...(trace?.steps ?? []).map((step) => step.facts));
    expect(facts.rules.length).toBeGreaterThan(3);
    expect(facts.buckets.map(({ name }: { name: string }) => name)).toContain("account");
    expect(facts.run).toMatchObject({ name: "ExternalLambda1", cold: true, durationMs: expect.any(Number) });
    expect(JSON.stringify(trace)).not.toContain(token);
  });

  it("ends where the request was refused", async () => {
    await test.send({ body: { name: "Ada" } });

    expect(test.runtime.traces.recent(1)[0]?.steps.at(-1)).toMatchObject({
      layer: "authorizer",
      verdict: "refused",
      facts: { claims: [{ name: "token", ok: false, detail: "no token" }] },
    });
  });
});
