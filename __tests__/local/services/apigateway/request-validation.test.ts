import fc from "fast-check";
import { Attributes } from "../../../../local/deployment/attributes";
import { BodyModels } from "../../../../local/services/apigateway/body-models";
import type { Resources, Values } from "../../../support/deployment";
import { API_ID, Bench, baseResources, lambdaMethod, nameSchema, resource, textOf } from "./fixture";

const models = (schemas: Readonly<Record<string, unknown>>) =>
  new BodyModels(
    API_ID,
    Object.entries(schemas).map(
      ([name, schema]) =>
        new Attributes(`aws_api_gateway_model.${name}`, {
          name,
          content_type: "application/json",
          schema: JSON.stringify(schema),
        }),
    ),
  );

const method = (values: Values): Resources => ({
  ...baseResources(),
  ...resource("{id}", "res005"),
  ...lambdaMethod("id", "res005", "POST", { request_validator_id: "valid1", ...values }),
});

describe("required parameters", () => {
  const required = method({
    request_parameters: {
      "method.request.header.X-Client": true,
      "method.request.querystring.page": true,
      "method.request.path.id": true,
      "method.request.querystring.optional": false,
    },
  });
  test.each([
    ["/development/7?page=1", "x", 200],
    ["/development/7?page=", "x", 400],
    ["/development/7?page=1", " ", 400],
    ["/development/7", "x", 400],
  ])("have to be there and not blank: %s with %j", async (target, client, status) => {
    const response = await new Bench(required).send({ target, headers: [["x-client", client]] });

    expect(response.status).toBe(status);
  });
});

test("a validator checks only what it is told to", async () => {
  const bench = new Bench({
    ...method({
      request_models: { "application/json": "Name" },
      request_parameters: { "method.request.header.X-Client": true },
    }),
    "aws_api_gateway_request_validator.all": {
      rest_api_id: API_ID,
      id: "valid1",
      name: "nothing",
      validate_request_body: false,
      validate_request_parameters: false,
    },
  });

  expect((await bench.send({ target: "/development/7", body: "no JSON" })).status).toBe(200);
});

test.each([
  ["application/json", 400],
  ["Application/JSON; charset=utf-8", 400],
  ["application/json;charset=utf-8", 400],
  ["application/xml", 200],
  [undefined, 400],
])("the content type chooses the model: %s", async (contentType, status) => {
  const bench = new Bench(method({ request_models: { "application/json": "Name" } }));
  const headers = contentType === undefined ? [] : ([["Content-Type", contentType]] as const);

  expect((await bench.send({ target: "/development/7", headers, body: "[]" })).status).toBe(status);
});

test.each([
  ['{"name":"Ada"}', true],
  ['{"name":"Ada","name":"Bob"}', true],
  ['{"name":""}', false],
  ['{"name":"123456789"}', false],
  ['{"name":null}', false],
  ['{"name":"Ada","extra":1}', false],
  ['{"__proto__":{"name":"Ada"}}', false],
  ['{"name":"Ada","__proto__":{}}', false],
  ['{"name":"Ada","constructor":{}}', false],
  ["null", false],
  ["", false],
  ["{'name':'Ada'}", false],
])("the model holds for %s: %s", async (body, fits) => {
  const problem = models({ Name: nameSchema }).check("Name", Buffer.from(body));

  expect(problem === undefined).toBe(fits);
});

describe("a deeply nested body", () => {
  const body = Buffer.from(`${"[".repeat(200_000)}${"]".repeat(200_000)}`);

  test("is refused for what it is", () => {
    expect(models({ Name: nameSchema }).check("Name", body)?.text).toBe(
      '[instance type (array) does not match any allowed primitive type (allowed: ["object"])]',
    );
  });

  test("does not exhaust the stack of a recursive model", () => {
    const recursive = models({ Tree: { type: "array", items: { $ref: "#" } } });

    expect(recursive.check("Tree", Buffer.from("[[[]]]"))).toBeUndefined();
    expect(recursive.check("Tree", body)?.text).toBe("[The body is nested too deeply]");
  });
});

describe("a body whose check would take too long", () => {
  const back = { properties: { a: { $ref: "#" } } };
  const nested = (depth: number) => Buffer.from(`${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`);

  test("is refused where two branches lead back to the schema", () => {
    const forked = models({ Fork: { id: "t", allOf: [back, back] } });

    expect(forked.check("Fork", nested(8))).toBeUndefined();
    expect(forked.check("Fork", nested(60))).toEqual({
      text: "[The body takes too long to check]",
      violations: ["takes too long to check"],
    });
  });

  test("is refused where a text is too long for its pattern", () => {
    const patterns = models({ Long: { properties: { a: { pattern: "(a{1,30}){1,30}$" } } } });
    const text = (length: number) => Buffer.from(JSON.stringify({ a: "a".repeat(length) }));

    expect(patterns.check("Long", text(1_000))).toBeUndefined();
    expect(patterns.check("Long", text(1_000_000))?.text).toBe("[The body takes too long to check]");
  });

  test("leaves the next body its own time", () => {
    const forked = models({ Fork: { id: "t", allOf: [back, back] } });
    forked.check("Fork", nested(60));

    expect(forked.check("Fork", nested(8))).toBeUndefined();
  });

  test("is named by its first violation where there is one", () => {
    const first = models({ Fork: { id: "t", type: "object", anyOf: [{ ...back, required: ["b"] }, back] } });

    expect(first.check("Fork", nested(60))?.text).toContain("does not match any allowed primitive type");
  });
});

test("each pattern of a model is the one that counts for its member", () => {
  const two = models({ Two: { properties: { a: { pattern: "^a+$" }, b: { pattern: "^b+$" } } } });
  const fits = (value: object) => two.check("Two", Buffer.from(JSON.stringify(value))) === undefined;

  expect([fits({ a: "aa", b: "bb" }), fits({ a: "aa", b: "aa" }), fits({ a: "bb", b: "bb" })]).toEqual([
    true,
    false,
    false,
  ]);
});

test("a schema beside a reference does not count, as in draft 4", () => {
  const all = models({ Name: nameSchema, Twin: { properties: { n: { $ref: "Name", type: "number" } } } });

  expect(all.check("Twin", Buffer.from('{"n":{"name":"Ada"}}'))).toBeUndefined();
});

test("whatever the bytes, a body fits or does not; it never throws", () => {
  const all = models({ Name: nameSchema });
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => Buffer.from(text)),
      ),
      (bytes) => {
        expect(["string", "undefined"]).toContain(typeof all.check("Name", Buffer.from(bytes))?.text);
      },
    ),
  );
});

test("models refer to each other by their address at API Gateway", () => {
  const all = models({
    Name: nameSchema,
    Names: {
      type: "array",
      items: { $ref: `https://apigateway.amazonaws.com/restapis/${API_ID}/models/Name` },
    },
  });

  expect(all.check("Names", Buffer.from('[{"name":"Ada"}]'))).toBeUndefined();
  expect(all.check("Names", Buffer.from('[{"name":7}]'))?.text).toEqual(expect.any(String));
});

test("API Gateway's own models are there", () => {
  const all = models({});

  expect([...all.names]).toEqual(["Empty", "Error"]);
  expect(all.check("Empty", Buffer.from("{}"))).toBeUndefined();
});

test.each([
  [{ required: ["b", "a"] }, {}, '[object has missing required properties (["a","b"])]'],
  [
    { type: ["string", "array"] },
    7,
    '[instance type (integer) does not match any allowed primitive type (allowed: ["array","string"])]',
  ],
  [
    { type: "object" },
    null,
    '[instance type (null) does not match any allowed primitive type (allowed: ["object"])]',
  ],
  [
    { type: "object" },
    [],
    '[instance type (array) does not match any allowed primitive type (allowed: ["object"])]',
  ],
  [
    { type: "integer" },
    1.5,
    '[instance type (number) does not match any allowed primitive type (allowed: ["integer"])]',
  ],
  [{ maxLength: 1 }, "ab", '[string "ab" is too long (length: 2, maximum allowed: 1)]'],
  [{ minLength: 1 }, "", '[string "" is too short (length: 0, required minimum: 1)]'],
  [{ pattern: "^a$" }, "b", '[ECMA 262 regex "^a$" does not match input string "b"]'],
  [{ enum: ["a"] }, "b", '[instance value ("b") not found in enum (possible values: ["a"])]'],
  [{ minimum: 1 }, 0, "[numeric instance is lower than the required minimum (minimum: 1, found: 0)]"],
  [{ maximum: 1 }, 2, "[numeric instance is greater than the required maximum (maximum: 1, found: 2)]"],
  [{ minItems: 1 }, [], "[instance failed to match the keyword minItems]"],
])("words a violation of %j as AWS's validator does", (schema, value, message) => {
  expect(models({ M: schema }).check("M", Buffer.from(JSON.stringify(value)))?.text).toBe(message);
});

test("without the model the same body gets through", async () => {
  const bench = new Bench(method({}));

  const response = await bench.send({ target: "/development/7", body: '{"name":7}' });

  expect([response.status, textOf(response)]).toEqual([200, '{"message":"hello"}']);
});
