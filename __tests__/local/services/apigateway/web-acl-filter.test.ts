import { Bench, baseResources, headersOf, signedIn, textOf, WEB_ACL_ARN, webAclAssociation } from "./fixture";

const guarded = { ...baseResources(), ...webAclAssociation };

test("sees the request as it came, before it is decoded or routed", async () => {
  const bench = new Bench(guarded);
  const headers = [["X-A", "1"] as const, ["x-a", "2"] as const];

  await bench.send({ method: "PUT", target: "/development//nothing/%2e?q=%3Cscript%3E", headers, body: "x" });

  expect(bench.inspected).toEqual([
    {
      sourceIp: "127.0.0.1",
      method: "PUT",
      path: "/development//nothing/%2e",
      queryString: "q=%3Cscript%3E",
      httpVersion: "1.1",
      headers,
      body: Buffer.from("x"),
      requestId: expect.stringMatching(/^.{15}=$/),
    },
  ]);
});

test("sees requests whose URL is broken, too", async () => {
  const bench = new Bench(guarded);

  await bench.get("/development/lambda1?a=%");

  expect(bench.inspected[0]?.queryString).toBe("a=%");
});

test("a blocked request goes no further", async () => {
  const bench = new Bench(guarded);
  bench.verdict = { action: "BLOCK", rule: "IPRule" };

  const response = await bench.send();

  expect(response.decision).toEqual({ layer: "web ACL", detail: "IPRule" });
  expect(bench.tokens.calls).toHaveLength(0);
  expect(bench.invocations).toHaveLength(0);
});

test("a rule's own response goes before the gateway response", async () => {
  const bench = new Bench(guarded);
  bench.verdict = {
    action: "BLOCK",
    rule: "RateRule",
    customResponse: {
      status: 429,
      headers: [["x-reason", "rate"]],
      contentType: "text/plain",
      body: "slow down",
    },
  };

  const response = await bench.send();

  expect([response.status, textOf(response)]).toEqual([429, "slow down"]);
  expect(headersOf(response)).toMatchObject({
    "content-type": "text/plain",
    "x-reason": "rate",
    "x-amzn-errortype": "ForbiddenException",
    "x-amzn-requestid": expect.any(String),
  });
});

test("a rule's own response may be a status alone", async () => {
  const bench = new Bench(guarded);
  bench.verdict = { action: "BLOCK", rule: "r", customResponse: { status: 404, headers: [] } };

  const response = await bench.send();

  expect([response.status, textOf(response)]).toEqual([404, ""]);
  expect(headersOf(response)).not.toHaveProperty("content-type");
});

test("headers that a rule puts in replace the client's, for everything after it", async () => {
  const bench = new Bench(guarded);
  bench.verdict = { action: "ALLOW", rule: "r", insertHeaders: [["x-amzn-waf-seen", "yes"]] };

  await bench.send({ headers: [...signedIn, ["X-Amzn-Waf-Seen", "forged"]] });

  expect(bench.event()).toMatchObject({
    multiValueHeaders: { "x-amzn-waf-seen": ["yes"] },
  });
  expect(bench.event()).not.toHaveProperty("headers.X-Amzn-Waf-Seen");
});

test("a stage without an association is not inspected", async () => {
  const bench = new Bench();
  bench.verdict = { action: "BLOCK", rule: "IPRule" };

  expect((await bench.send()).status).toBe(200);
});

test("does not start when the associated web ACL is not served", () => {
  const resources = baseResources();
  const stage = { ...resources["aws_api_gateway_stage.stage"], stage_name: "production" };

  expect(
    () =>
      new Bench({
        ...resources,
        "aws_api_gateway_stage.stage": stage,
        "aws_wafv2_web_acl_association.stage": {
          resource_arn: "arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4e5/stages/production",
          web_acl_arn: WEB_ACL_ARN,
        },
      }),
  ).toThrow(/aws_api_gateway_stage\.stage: the web ACL .* is associated with the stage, but is not served/);
});

test("what AWS's managed rules would do is in the request log, whoever answers", async () => {
  const bench = new Bench(guarded);
  bench.verdict = { action: "ALLOW", rule: "Default_Action", prediction: "AWS would likely block: X" };

  const { decision } = await bench.send();

  expect(decision.detail).toBe("ExternalLambda1; AWS would likely block: X");
});
