import { validateHeaderName, validateHeaderValue } from "node:http";
import fc from "fast-check";
import { Attributes } from "../../../../local/deployment/attributes";
import type { EdgeResponse } from "../../../../local/kernel/exchange";
import { BodyModels } from "../../../../local/services/apigateway/body-models";
import type { Resources } from "../../../support/deployment";
import {
  API_ID,
  Bench,
  baseResources,
  fails,
  gatewayResponse,
  lambdaMethod,
  resource,
  succeeds,
  usagePlan,
  webAclAssociation,
} from "./fixture";

/** Nothing that a client sends may hold the event loop longer. */
const MOST_MS = 1_000;

/** What this process has computed, and waited for with nothing to compute: a busy machine adds to neither. */
function spentMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000 + performance.eventLoopUtilization().idle;
}

const stage = (values: Resources[string]): Resources => ({
  "aws_api_gateway_stage.stage": { ...baseResources()["aws_api_gateway_stage.stage"], ...values },
});
const model = (schema: object): Resources => ({
  "aws_api_gateway_model.Name": {
    ...baseResources()["aws_api_gateway_model.Name"],
    schema: JSON.stringify(schema),
  },
});
const echoed = {
  "gatewayresponse.header.x-path": "method.request.path.proxy",
  "gatewayresponse.header.x-query": "method.request.querystring.a",
  "gatewayresponse.header.x-origin": "method.request.header.Origin",
};
const mockWhere = { rest_api_id: API_ID, resource_id: "res001", http_method: "OPTIONS" };
const preflight: Resources = {
  "aws_api_gateway_method.OPTIONS": { ...mockWhere, authorization: "NONE" },
  "aws_api_gateway_integration.OPTIONS": { ...mockWhere, type: "MOCK" },
  "aws_api_gateway_method_response.OPTIONS": { ...mockWhere, status_code: "204" },
  "aws_api_gateway_integration_response.OPTIONS": {
    ...{ ...mockWhere, status_code: "204", selection_pattern: "(2|4)\\d{2}" },
  },
};

/** Parts that a deployment may have, each of them or none. */
const PARTS: readonly Resources[] = [
  webAclAssociation,
  preflight,
  model({ type: "object", properties: { a: { pattern: "^(a+)+$" }, b: { uniqueItems: true } } }),
  model({ id: "tree", type: "array", items: { $ref: "#" } }),
  { ...resource("{proxy+}", "res100"), ...lambdaMethod("proxy", "res100", "ANY") },
  {
    ...resource("keyed", "res101"),
    ...lambdaMethod("keyed", "res101", "ANY", { api_key_required: true }),
    ...usagePlan({ quota_settings: { limit: 1, period: "DAY" } }),
  },
  gatewayResponse("DEFAULT_4XX", { response_parameters: echoed, status_code: "418" }),
  gatewayResponse("DEFAULT_5XX", {
    response_parameters: echoed,
    response_templates: {
      "text/html": "<p>$context.error.validationErrorString $method.request.querystring.a",
    },
  }),
  stage({
    variables: { a: "b" },
    access_log_settings: {
      destination_arn: "arn:aws:logs:us-east-1:1:log-group:g",
      format: "$context.requestId $context.path $context.identity.userAgent $context.error.messageString",
    },
  }),
  {
    "aws_api_gateway_rest_api.api": {
      ...baseResources()["aws_api_gateway_rest_api.api"],
      binary_media_types: ["image/*", "*/*"],
    },
  },
];

const deployments = fc
  .subarray([...PARTS])
  .map((parts): Resources => Object.assign(baseResources(), ...parts));

const piece = fc.oneof(
  fc.constantFrom(
    ...[
      "development",
      "lambda1",
      "keyed",
      "open",
      "..",
      ".",
      "",
      "%2e%2e",
      "%",
      "%zz",
      "%00",
      "{id}",
      "*",
      "é",
    ],
  ),
  fc.string({ maxLength: 8 }).map((text) => text.replace(/[\s/?#]/g, "")),
);
const targets = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.array(piece, { maxLength: 5 }).map((pieces) => `/development/${pieces.join("/")}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("*", "", "http://x/development/lambda1", "//development", "/%64evelopment"),
  },
  { weight: 1, arbitrary: fc.array(piece, { maxLength: 9 }).map((pieces) => `/${pieces.join("/")}`) },
);
const queries = fc.option(
  fc.array(piece, { maxLength: 4 }).map((pieces) => `?a=${pieces.join("&=")}`),
  { nil: "" },
);
const latin1 = fc.string({
  unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)),
  maxLength: 40,
});
const headerName = fc.constantFrom(
  ...[
    "Authorization",
    "Content-Type",
    "x-api-key",
    "Accept",
    "Origin",
    "X-Amzn-Trace-Id",
    "User-Agent",
    "__proto__",
  ],
  ...["X-HTTP-Method-Override", "X-Forwarded-For", "X-Amz-Date", "constructor", "Host", "Content-Length"],
);
const headerText = fc.oneof(
  fc.constantFrom(
    "good",
    "Bearer good",
    "expired",
    "client-key-value-0001",
    "application/json",
    "image/png",
    "TRACE",
  ),
  latin1,
);
const bodies = fc.oneof(
  fc.json().map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom(
      ...[
        '{"name":"Ada"}',
        "",
        "{}",
        `{"a":"${"a".repeat(44)}!"}`,
        '{"__proto__":{"name":"x"}}',
        '{"statusCode":204}',
      ],
      ...[`{"b":[${"1,".repeat(20_000)}1]}`, "[".repeat(50_000) + "]".repeat(50_000), "9".repeat(2_000)],
    )
    .map((text) => Buffer.from(text)),
);
const requests = fc.record({
  method: fc.constantFrom("GET", "POST", "OPTIONS", "HEAD", "PUT", "TRACE", "PROPFIND", "get", ""),
  target: fc.tuple(targets, queries).map(([target, query]) => target + query),
  headers: fc.array(fc.tuple(headerName, headerText), { maxLength: 6 }),
  body: bodies,
});
const answers = fc.oneof(
  fc.json().map((text) => succeeds(text)),
  fc
    .record(
      {
        statusCode: fc.oneof(fc.integer({ min: -1, max: 700 }), fc.string()),
        headers: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.boolean(), fc.constant(null))),
        multiValueHeaders: fc.dictionary(fc.string(), fc.oneof(fc.array(fc.string()), fc.string())),
        body: fc.oneof(fc.string(), fc.object()),
        isBase64Encoded: fc.boolean(),
      },
      { requiredKeys: [] },
    )
    .map((answer) => succeeds(answer)),
  fc.constantFrom(fails("error"), fails("timeout"), fails("crash"), succeeds("not json")),
);

function expectSound(response: EdgeResponse): void {
  const names = response.headers.map(([name]) => name.toLowerCase());
  const plain =
    response.decision.detail.startsWith("headers above") || response.decision.detail.startsWith("body above");
  if (!plain) expect(names).toEqual(expect.arrayContaining(["x-amzn-requestid", "x-amz-apigw-id"]));
  expect(response.status).toBeGreaterThanOrEqual(200);
  expect(response.status).toBeLessThanOrEqual(599);
  for (const [name, value] of response.headers) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  }
  expect(response.decision.detail).not.toContain("internal error");
  expect(response.trace.steps.length).toBeGreaterThan(0);
}

test("whatever is sent to whatever deployment, the edge answers soundly, within a second", async () => {
  await fc.assert(
    fc.asyncProperty(
      deployments,
      fc.array(requests, { minLength: 1, maxLength: 4 }),
      answers,
      async (resources, sent, answer) => {
        const bench = new Bench(resources);
        bench.answer = answer;
        for (const request of sent) {
          const startedAt = spentMs();
          const response = await bench.send(request);
          expect(spentMs() - startedAt).toBeLessThan(MOST_MS);
          expectSound(response);
        }
      },
    ),
    { numRuns: 300 },
  );
}, 60_000);

const checked = (schema: object, body: string): number => {
  const attributes = { name: "M", content_type: "application/json", schema: JSON.stringify(schema) };
  const models = new BodyModels("api", [new Attributes("aws_api_gateway_model.M", attributes)]);
  const startedAt = spentMs();
  models.check("M", Buffer.from(body));
  return spentMs() - startedAt;
};
const array = (item: string, count: number) => `[${`${item},`.repeat(count - 1)}${item}]`;
const numbers = (count: number) => `[${[...Array(count).keys()].join(",")}]`;
const members = (count: number, prefix = "a") =>
  `{${[...Array(count).keys()].map((index) => `"${prefix}${index}":1`).join(",")}}`;

const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
const itself = { properties: { a: { $ref: "#" } } };
const thousand = "(a{1,30}){1,30}$";

test.each<[string, object, string]>([
  ["44 bytes for (a+)+", { properties: { a: { pattern: "^(a+)+$" } } }, `{"a":"${"a".repeat(40)}!"}`],
  [
    "a megabyte for (a+)+",
    { properties: { a: { pattern: "^(a+)+$" } } },
    `{"a":"${"a".repeat(1_000_000)}!"}`,
  ],
  [
    "a megabyte for (a|aa)+",
    { properties: { a: { pattern: "^(a|aa)+$" } } },
    `{"a":"${"a".repeat(1_000_000)}!"}`,
  ],
  [
    "ten megabytes for a thousand instructions",
    { properties: { a: { pattern: thousand } } },
    `{"a":"${"a".repeat(9_999_000)}!"}`,
  ],
  [
    "many texts for a thousand instructions",
    { items: { pattern: thousand } },
    array(`"${"a".repeat(1_000)}"`, 9_000),
  ],
  [
    "many names for a thousand instructions",
    { patternProperties: { [thousand]: {}, "^b+$": {} } },
    members(50_000, "a".repeat(190)),
  ],
  ["two branches that lead back", { id: "t", anyOf: [{ ...itself, required: ["b"] }, itself] }, nested(60)],
  ["two branches that both lead back", { id: "t", oneOf: [itself, itself] }, nested(60)],
  ["a branch back for every name", { id: "t", not: { allOf: [itself, itself, itself] } }, nested(60)],
  [
    "uniqueness at every level",
    { id: "t", uniqueItems: true, items: { $ref: "#" } },
    `${"[".repeat(1_500)}"${"a".repeat(1_000_000)}"${"]".repeat(1_500)}`,
  ],
  [
    "20,000 required names",
    { items: { required: Array.from({ length: 20_000 }, (_item, index) => `a${index}`) } },
    array("{}", 30_000),
  ],
  [
    "20,000 values to choose from",
    { items: { enum: Array.from({ length: 20_000 }, (_item, index) => [`a${index}`]) } },
    array('["b"]', 1_000_000),
  ],
  [
    "evil names of members",
    { patternProperties: { "^(a+)+$": { type: "string" } } },
    members(50_000, "a".repeat(190)),
  ],
  ["20,000 unique integers", { uniqueItems: true }, numbers(20_000)],
  ["200,000 unique integers", { uniqueItems: true }, numbers(200_000)],
  [
    "50,000 unique objects",
    { uniqueItems: true },
    `[${numbers(50_000).slice(1, -1).replace(/\d+/g, '{"a":$&}')}]`,
  ],
  ["a million violations", { items: { type: "string" } }, array("1", 1_000_000)],
  ["violations in 98 KB", { items: { type: "string" } }, array("1", 49_000)],
  ["9,000 members too many", { additionalProperties: false }, members(9_000)],
  ["a body of brackets", { type: "object" }, "[".repeat(500_000) + "]".repeat(500_000)],
  ["a recursive model", { id: "t", items: { $ref: "#" } }, "[".repeat(500_000) + "]".repeat(500_000)],
])("no body holds the event loop: %s", (_name, schema, body) => {
  expect(checked(schema, body)).toBeLessThan(MOST_MS);
});

test.each([
  ["1 and 1.0", "[1,1.0]", false],
  ["a number and its text", '[1,"1"]', true],
  ["members in another order", '[{"a":1,"b":[2]},{"b":[2],"a":1}]', false],
  ["an object and its text", '[{"a":1},"{\\"a\\":1}"]', true],
  ["true, null and their texts", '[true,"true",null,"null"]', true],
  ["nested lists", "[[1,[2]],[1,[2]]]", false],
])("uniqueItems compares as JSON schema does: %s", (_name, body, fits) => {
  const attributes = { name: "M", content_type: "application/json", schema: '{"uniqueItems":true}' };
  const models = new BodyModels("api", [new Attributes("aws_api_gateway_model.M", attributes)]);

  expect(models.check("M", Buffer.from(body)) === undefined).toBe(fits);
});
