import fc from "fast-check";
import { KINDS } from "../../../../local/services/apigateway/edge/failures";
import { DEFAULT_STATUS } from "../../../../local/services/apigateway/gateway-responses";
import type { Resources } from "../../../support/deployment";
import { Bench, baseResources, gatewayResponse, headersOf, lambdaMethod, textOf } from "./fixture";

const noToken = { headers: [["Origin", "https://example.org"]] as const };
const with4xx = (values: Parameters<typeof gatewayResponse>[1]): Resources => ({
  ...baseResources(),
  ...gatewayResponse("DEFAULT_4XX", values),
});

test("a type that is not set inherits status, headers and template of its family", async () => {
  const bench = new Bench(
    with4xx({
      status_code: "418",
      response_parameters: { "gatewayresponse.header.X-A": "'a'" },
      response_templates: { "application/json": '{"error":$context.error.messageString}' },
    }),
  );

  const response = await bench.send(noToken);

  expect(response.status).toBe(418);
  expect(textOf(response)).toBe('{"error":"Unauthorized"}');
  expect(headersOf(response)).toMatchObject({
    "content-type": "application/json",
    "x-amzn-errortype": "UnauthorizedException",
    "x-a": "a",
  });
});

test("a type that is set takes nothing from its family", async () => {
  const bench = new Bench({
    ...with4xx({ status_code: "418", response_parameters: { "gatewayresponse.header.X-A": "'a'" } }),
    ...gatewayResponse("UNAUTHORIZED", { response_parameters: { "gatewayresponse.header.X-B": "'b'" } }),
  });

  const response = await bench.send(noToken);

  expect(response.status).toBe(401);
  expect(textOf(response)).toBe('{"message":"Unauthorized"}');
  expect(headersOf(response)).toMatchObject({ "x-b": "b" });
  expect(headersOf(response)).not.toHaveProperty("x-a");
});

test("headers without a template leave the body as it is by default, with the execution's space", async () => {
  const bench = new Bench(with4xx({ response_parameters: { "gatewayresponse.header.X-A": "'a'" } }));

  const early = await bench.send(noToken);
  const late = await bench.send({ body: "{}" });

  expect([textOf(early), textOf(late)]).toEqual([
    '{"message":"Unauthorized"}',
    '{"message": "Invalid request body"}',
  ]);
  expect(headersOf(late)["x-a"]).toBe("a");
});

test("a template that is set renders as it stands, in the execution too", async () => {
  const bench = new Bench(
    with4xx({ response_templates: { "application/json": '{"message":$context.error.messageString}' } }),
  );

  expect(textOf(await bench.send({ body: "{}" }))).toBe('{"message":"Invalid request body"}');
});

test("templates have the variables that AWS documents", async () => {
  const template = [
    "$context.error.message",
    "$context.error.messageString",
    "$context.error.responseType",
    "$context.error.validationErrorString",
    "$context.stage",
    "$context.resourcePath",
    "$context.httpMethod",
    "$context.identity.sourceIp",
    "$context.authorizer.claims.sub",
    "$method.request.header.X-Test",
    "$method.request.querystring.q",
    "$stageVariables.color",
    "[$context.unknown$stageVariables.none]",
    "$other ${context.stage} $context.",
  ].join("|");
  const resources = with4xx({ response_templates: { "application/json": template } });
  const stage = resources["aws_api_gateway_stage.stage"];
  const bench = new Bench({
    ...resources,
    "aws_api_gateway_stage.stage": { ...stage, variables: { color: "red" } },
  });

  const response = await bench.send({
    target: "/development/lambda1?q=1",
    headers: [
      ["Authorization", "good"],
      ["X-Test", "value"],
    ],
    body: '{"name":7,"other":1}',
  });

  expect(textOf(response)).toBe(
    "Invalid request body|" +
      '"Invalid request body"|' +
      "BAD_REQUEST_BODY|" +
      '[object instance has properties which are not allowed by the schema: ["other"], ' +
      'instance type (integer) does not match any allowed primitive type (allowed: ["string"])]|' +
      "development|/lambda1|POST|127.0.0.1|user-1|value|1|red|[]|$other ${context.stage} $context.",
  );
});

test("headers map constants, context, stage variables and the request", async () => {
  const bench = new Bench(
    with4xx({
      response_parameters: {
        "gatewayresponse.header.Access-Control-Allow-Origin": "method.request.header.Origin",
        "gatewayresponse.header.X-Request": "context.requestId",
        "gatewayresponse.header.X-Query": "method.request.querystring.q",
        "gatewayresponse.header.X-Path": "method.request.path.none",
        "gatewayresponse.header.X-Stage": "stageVariables.none",
        "gatewayresponse.header.Content-Type": "'application/problem+json'",
      },
    }),
  );

  const response = await bench.send({ ...noToken, target: "/development/lambda1?q=a%0d%0aSet-Cookie:%20b" });

  const headers = headersOf(response);
  expect(headers["access-control-allow-origin"]).toBe("https://example.org");
  expect(headers["x-request"]).toBe(headers["x-amzn-requestid"]);
  expect(headers["x-query"]).toBe("aSet-Cookie: b");
  expect(headers).not.toHaveProperty("x-path");
  expect(headers).not.toHaveProperty("x-stage");
  expect(response.headers.filter(([name]) => name.toLowerCase() === "content-type")).toEqual([
    ["Content-Type", "application/problem+json"],
  ]);
});

test("the template is the one for what the client accepts first, else the one for JSON, else the first", async () => {
  const templates = { "text/xml": "<m/>", "application/json": "{}" };
  const both = new Bench(with4xx({ response_templates: templates }));
  const onlyXml = new Bench(with4xx({ response_templates: { "text/xml": "<m/>" } }));
  const bodyFor = async (bench: Bench, accept: string) => {
    const response = await bench.send({ headers: [["Accept", accept]] });
    return [textOf(response), headersOf(response)["content-type"]];
  };

  expect(await bodyFor(both, "text/xml;q=0.9, application/json")).toEqual(["<m/>", "text/xml"]);
  expect(await bodyFor(both, "image/png")).toEqual(["{}", "application/json"]);
  expect(await bodyFor(onlyXml, "image/png")).toEqual(["<m/>", "text/xml"]);
});

test("a server's failure inherits from DEFAULT_5XX", async () => {
  const bench = new Bench({
    ...with4xx({ response_templates: { "application/json": "four" } }),
    ...gatewayResponse("DEFAULT_5XX", {
      status_code: "599",
      response_templates: { "application/json": "five" },
    }),
  });
  bench.answer = new Error("broken");

  const response = await bench.send();

  expect([response.status, textOf(response)]).toEqual([599, "five"]);
});

test("a 413 cannot be shaped", async () => {
  const bench = new Bench({
    ...with4xx({ status_code: "499", response_templates: { "application/json": "shaped" } }),
    ...lambdaMethod("lambda1", "res001", "POST"),
  });

  const response = await bench.send({ body: "x".repeat(6_300_000) });

  expect([response.status, textOf(response)]).toEqual([413, '{"message": "Request Too Long"}']);
});

test("every failure that the edge makes has the default status of its type, where the type has one of its own", () => {
  for (const kind of Object.values(KINDS)) {
    expect(kind.status).toBe(DEFAULT_STATUS[kind.type] ?? kind.status);
  }
});

test("a template without variables comes out as it went in", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ minLength: 1 }), async (text) => {
      const template = text.replaceAll("$", "") || "empty";
      const api = new Bench(with4xx({ response_templates: { "application/json": template } }));

      expect(textOf(await api.send(noToken))).toBe(template);
    }),
    { numRuns: 50 },
  );
});

test("what a variable brings in is not searched for variables again", async () => {
  const bench = new Bench(
    with4xx({ response_templates: { "application/json": "$method.request.header.X-Test" } }),
  );

  const response = await bench.send({ headers: [["X-Test", "$context.stage $$&"]] });

  expect(textOf(response)).toBe("$context.stage $$&");
});
