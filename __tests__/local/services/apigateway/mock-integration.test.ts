import type { Resources, Values } from "../../../support/deployment";
import { Bench, baseResources, headersOf, textOf } from "./fixture";

const where = { rest_api_id: "a1b2c3d4e5", resource_id: "res001", http_method: "OPTIONS" };

function preflight(integration: Values = {}, ...responses: Values[]): Resources {
  return {
    ...baseResources(),
    "aws_api_gateway_method.OPTIONS": { ...where, authorization: "NONE" },
    "aws_api_gateway_integration.OPTIONS": {
      ...where,
      type: "MOCK",
      request_templates: { "application/json": '{"statusCode": 204}' },
      ...integration,
    },
    ...Object.fromEntries(
      (responses.length > 0 ? responses : [cors]).map((response, index) => [
        `aws_api_gateway_integration_response.r${index}`,
        { ...where, ...response },
      ]),
    ),
    ...methodResponses(responses.length > 0 ? responses : [cors]),
  };
}

/** One for each status, which declares every header that is mapped. */
function methodResponses(responses: readonly Values[]): Resources {
  return Object.fromEntries(
    responses.map(({ status_code = "", response_parameters }, index) => [
      `aws_api_gateway_method_response.m${index}`,
      {
        ...where,
        status_code,
        response_parameters: Object.fromEntries(
          Object.keys({ ...(response_parameters as Values) }).map((name) => [name, true]),
        ),
      },
    ]),
  );
}

const cors: Values = {
  status_code: "204",
  response_parameters: {
    "method.response.header.Access-Control-Allow-Origin": "'https://example.org'",
    "method.response.header.Vary": "'Origin'",
  },
};

const options = (bench: Bench, headers: [string, string][] = []) =>
  bench.send({ method: "OPTIONS", headers, body: "" });

test("a preflight is answered without a token and without a function", async () => {
  const bench = new Bench(preflight());

  const response = await options(bench);

  expect(response.status).toBe(204);
  expect(headersOf(response)).toMatchObject({
    "access-control-allow-origin": "https://example.org",
    vary: "Origin",
    "x-amzn-requestid": expect.any(String),
  });
  expect(headersOf(response)).not.toHaveProperty("x-amzn-trace-id");
  expect(textOf(response)).toBe("");
  expect(bench.invocations).toHaveLength(0);
  expect(response.decision).toEqual({ layer: "integration", detail: "mock" });
});

test("the status code selects among the responses, the one with that very status first", async () => {
  const bench = new Bench(
    preflight(
      { request_templates: { "application/json": "{ 'statusCode' : 404 }" } },
      { status_code: "200" },
      { status_code: "400", selection_pattern: "4\\d{2}" },
      {
        status_code: "404",
        selection_pattern: "4\\d{2}",
        response_templates: { "application/json": '{"gone":true}' },
      },
    ),
  );

  const response = await options(bench);

  expect([response.status, textOf(response)]).toEqual([404, '{"gone":true}']);
});

test("a response's only template sets the content type", async () => {
  const bench = new Bench(preflight({}, { status_code: "200", response_templates: { "text/plain": "hi" } }));

  const response = await options(bench);

  expect([headersOf(response)["content-type"], textOf(response)]).toEqual(["text/plain", "hi"]);
});

test.each([
  [
    "no template takes the content type and none may be passed through",
    { passthrough_behavior: "NEVER" },
    415,
    '{"message": "Unsupported Media Type"}',
  ],
  ["the body that is passed through names no status", {}, 500, '{"message": "Internal server error"}'],
])("%s", async (_name, integration, status, body) => {
  const response = await options(new Bench(preflight(integration)), [["Content-Type", "text/plain"]]);

  expect([response.status, textOf(response)]).toEqual([status, body]);
});

test("a status code that selects no response is a 500", async () => {
  const response = await options(
    new Bench(preflight({}, { status_code: "200", selection_pattern: "2\\d{1}" })),
  );

  expect(response.status).toBe(500);
});

describe("with the binary media type */*", () => {
  const binary = (integration: Values = {}): Resources => {
    const resources = preflight(integration);
    const api = { ...resources["aws_api_gateway_rest_api.api"], binary_media_types: ["*/*"] };
    return { ...resources, "aws_api_gateway_rest_api.api": api };
  };

  test("a preflight is a 500, because no template is applied to a binary payload", async () => {
    const response = await options(new Bench(binary()));

    expect([response.status, textOf(response)]).toEqual([500, '{"message": "Internal server error"}']);
  });

  test("a preflight is answered where the payload is made text", async () => {
    expect((await options(new Bench(binary({ content_handling: "CONVERT_TO_TEXT" })))).status).toBe(204);
  });

  test("only payloads of that type are binary", async () => {
    const resources = binary();
    const api = { ...resources["aws_api_gateway_rest_api.api"], binary_media_types: ["image/*"] };
    const bench = new Bench({ ...resources, "aws_api_gateway_rest_api.api": api });

    expect((await options(bench)).status).toBe(204);
    expect((await options(bench, [["Content-Type", "image/png"]])).status).toBe(500);
  });
});
