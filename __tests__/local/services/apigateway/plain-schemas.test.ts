import fc from "fast-check";
import { isObject, type JsonObject } from "../../../../local/kernel/json";
import { checkSchema, createAjv, Effort, isPlain } from "../../../../local/services/apigateway/json-schema";

const KEYWORDS = [
  ...["title", "description", "format", "pattern", "minLength", "maxLength", "minItems", "maxItems"],
  ...["minProperties", "maxProperties", "minimum", "maximum", "$schema", "type", "enum", "required"],
  ...["additionalProperties", "properties", "items", "$ref", "id", "uniqueItems", "exclusiveMinimum"],
];

/** Values of which some suit some keywords. */
const leaf = fc.oneof(
  fc.constantFrom("string", "object", "[a-z]+", "(", "date", "http://json-schema.org/draft-04/schema#"),
  fc.constantFrom("http://json-schema.org/draft-07/schema#", "#", "toString", "^$"),
  fc.integer({ min: -2, max: 20 }),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.constantFrom("a", "b", "string", 1), { maxLength: 3 }),
);

/** `fc.dictionary` makes sure that no name comes twice, which takes longer than the rest. */
const object = (name: fc.Arbitrary<string>, value: fc.Arbitrary<unknown>, maxLength: number) =>
  fc.array(fc.tuple(name, value), { maxLength }).map((members) => Object.fromEntries(members));

const { schema } = fc.letrec((tie) => ({
  schema: object(fc.constantFrom(...KEYWORDS), tie("value"), 4),
  value: fc.oneof(
    { maxDepth: 3 },
    leaf,
    tie("schema"),
    object(fc.constantFrom("a", "__proto__x"), tie("schema"), 2),
  ),
}));

function compiles(value: JsonObject): boolean {
  try {
    checkSchema(value);
    createAjv({ allErrors: true, effort: new Effort() }).compile(value);
    return true;
  } catch {
    return false;
  }
}

test("a plain schema is one of draft 4, and compiles", () => {
  let plain = 0;
  const holds = fc.property(schema, (value) => {
    if (!isObject(value) || !isPlain(value)) return;
    plain += 1;
    expect([value, compiles(value)]).toEqual([value, true]);
  });

  fc.assert(holds, { numRuns: 1000, seed: 4 });

  expect(plain).toBeGreaterThan(100);
});

test.each<[JsonObject]>([
  [{ $ref: "https://apigateway.amazonaws.com/restapis/a/models/B" }],
  [{ id: "a" }],
  [{ $schema: "http://json-schema.org/draft-07/schema#" }],
  [{ type: ["string", "null"] }],
  [{ type: "text" }],
  [{ pattern: "(" }],
  [{ pattern: "(a)\\1" }],
  [{ minLength: -1 }],
  [{ required: [] }],
  [{ required: ["a", "a"] }],
  [{ properties: { a: { type: 1 } } }],
  [{ items: [{ type: "string" }] }],
])("%j is for the compiler to judge", (value) => {
  expect(isPlain(value)).toBe(false);
});

test("a model that nearly all APIs have is plain", () => {
  const name = { type: "string", minLength: 1, maxLength: 64, pattern: "^[A-Za-z ]+$" };
  const $schema = "http://json-schema.org/draft-04/schema#";
  const model = { $schema, title: "Name", type: "object", properties: { name }, required: ["name"] };

  expect(isPlain({ ...model, additionalProperties: false })).toBe(true);
});
