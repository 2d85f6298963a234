import type { Resources, Values } from "../../../support/deployment";
import { Bench, baseResources, fails, signedIn, webAclAssociation } from "./fixture";

const GROUP = "/aws/apigateway/access";

function logged(format: string, settings: Values = {}): Resources {
  const resources = baseResources();
  return {
    ...resources,
    ...webAclAssociation,
    "aws_api_gateway_stage.stage": {
      ...resources["aws_api_gateway_stage.stage"],
      access_log_settings: [
        { destination_arn: `arn:aws:logs:us-east-1:123456789012:log-group:${GROUP}:*`, format },
      ],
    },
    "aws_api_gateway_method_settings.all": {
      rest_api_id: "a1b2c3d4e5",
      stage_name: "development",
      method_path: "*/*",
      settings: [settings],
    },
  };
}

const format = JSON.stringify({
  requestId: "$context.requestId",
  path: "$context.path",
  resource: "$context.resourcePath",
  status: "$context.status",
  length: "$context.responseLength",
  sub: "$context.authorizer.claims.sub",
  authorizer: "$context.authorizer.status",
  authorizerError: "$context.authorizer.error",
  waf: "$context.waf.status $context.wafResponseCode",
  integration: "$context.integration.status",
  integrationError: "$context.integration.error",
  error: "$context.error.responseType",
  agent: "$context.identity.userAgent",
});

function lastLine(bench: Bench): unknown {
  return JSON.parse(bench.lines.filter(({ group }) => group === GROUP).at(-1)?.message ?? "null");
}

test("writes one access log line a request", async () => {
  const bench = new Bench(logged(format));

  const response = await bench.send();

  expect(bench.lines).toHaveLength(1);
  expect(bench.lines[0]).toMatchObject({ group: GROUP, stream: expect.stringMatching(/^[0-9a-f]{32}$/) });
  expect(lastLine(bench)).toEqual({
    requestId: response.headers[0]?.[1],
    path: "/development/lambda1",
    resource: "/lambda1",
    status: "200",
    length: "19",
    sub: "user-1",
    authorizer: "200",
    authorizerError: "-",
    waf: "200 WAF_ALLOW",
    integration: "200",
    integrationError: "-",
    error: "-",
    agent: "-",
  });
});

test("says which layer refused", async () => {
  const bench = new Bench(logged(format));

  await bench.send({ headers: [] });
  const refused = lastLine(bench);
  bench.answer = fails("error");
  await bench.send();
  const failed = lastLine(bench);
  bench.verdict = { action: "BLOCK", rule: "r" };
  await bench.send();
  const blocked = lastLine(bench);

  expect(refused).toMatchObject({
    status: "401",
    authorizer: "401",
    authorizerError: "Unauthorized",
    integration: "-",
  });
  expect(failed).toMatchObject({
    status: "502",
    integration: "200",
    integrationError: "Internal server error",
  });
  expect(blocked).toMatchObject({ status: "403", waf: "200 WAF_BLOCK", error: "WAF_FILTERED" });
});

test("logs requests that no method takes", async () => {
  const bench = new Bench(logged(format));

  await bench.get("/development/nothing");

  expect(lastLine(bench)).toMatchObject({ resource: "-", error: "MISSING_AUTHENTICATION_TOKEN" });
});

test("a client cannot close a field or forge a line", async () => {
  const bench = new Bench(logged(format));

  await bench.send({ headers: [...signedIn, ["User-Agent", 'x","status":"200\\']] });

  expect(lastLine(bench)).toMatchObject({ agent: 'x","status":"200\\' });
});

test("a quoted message comes quoted", async () => {
  const bench = new Bench(
    logged(
      "$context.error.messageString $context.error.message $context.responseLatency $context.stage$context.requestId",
    ),
  );

  await bench.send({ headers: [] });

  expect(bench.lines[0]?.message).toMatch(/^"Unauthorized" Unauthorized 0 /);
});

describe("the execution log", () => {
  const group = "API-Gateway-Execution-Logs_a1b2c3d4e5/development";
  const messages = (bench: Bench) =>
    bench.lines
      .filter((line) => line.group === group)
      .map(({ message }) => message.replace(/^\([0-9a-f-]{36}\) /, ""));

  test("has every request at INFO, without headers and bodies", async () => {
    const bench = new Bench(logged("$context.requestId", { logging_level: "INFO" }));

    await bench.send({ body: '{"name":"Secret"}' });

    expect(messages(bench)).toEqual([
      expect.stringMatching(/^Extended Request Id: .{15}=$/),
      expect.stringMatching(/^Starting execution for request: /),
      "HTTP Method: POST, Resource Path: /lambda1",
      "Received response. Status: 200, Integration latency: 0 ms",
      "Successfully completed execution",
      "Method completed with status: 200",
    ]);
  });

  test("has failures only at ERROR", async () => {
    const bench = new Bench(logged("$context.requestId", { logging_level: "ERROR" }));

    await bench.send();
    const afterSuccess = messages(bench).length;
    await bench.send({ headers: [] });

    expect(afterSuccess).toBe(0);
    expect(messages(bench)).toContain("Execution failed due to authorizer: AGAuthorizer1: no token");
  });

  test.each([["OFF"], [undefined]])("has nothing at %s", async (level) => {
    const bench = new Bench(
      logged("$context.requestId", level === undefined ? {} : { logging_level: level }),
    );

    await bench.send({ headers: [] });

    expect(messages(bench)).toEqual([]);
  });
});
