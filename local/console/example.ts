import { isObject, type JsonObject } from "../kernel/json";
import { compileLinear } from "../kernel/linear-pattern";

/** What a text may be, tried in order where a pattern has its own mind. */
const TEXTS = [
  "Ada",
  "Ada Lovelace",
  "ada",
  "ADA",
  "1",
  "42",
  "ada@example.com",
  "2026-11-25",
  "2026-11-25T12:00:00Z",
  "00000000-0000-4000-8000-000000000000",
  "https://example.com/",
  "en-US",
  "+15550100",
  "a1b2c3",
];
const MOST_LEVELS = 12;

/**
 * A value that a JSON schema of draft 4 is likely to take: required members, an allowed text, a number within its limits. The
 * schema itself has the last word.
 */
export function exampleOf(schema: unknown, level = 0): unknown {
  if (!isObject(schema) || level > MOST_LEVELS) return {};
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if (schema.default !== undefined) return schema.default;
  const [choice] = [schema.anyOf, schema.oneOf].filter(Array.isArray).map(([first]) => first);
  if (choice !== undefined)
    return exampleOf({ ...schema, ...choice, anyOf: undefined, oneOf: undefined }, level + 1);
  const [type] = [schema.type].flat();
  switch (type) {
    case "string":
      return textOf(schema);
    case "integer":
    case "number":
      return numberOf(schema, type === "integer");
    case "boolean":
      return true;
    case "null":
      return null;
    case "array":
      return Array.from({ length: Math.max(1, Number(schema.minItems ?? 1)) }, () =>
        exampleOf(schema.items, level + 1),
      );
    default:
      return objectOf(schema, level);
  }
}

/** Required members, or all of them where none is. */
function objectOf(schema: JsonObject, level: number): Record<string, unknown> {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
  const names = required.length > 0 ? required : Object.keys(properties);
  return Object.fromEntries(
    names.map((name) => [name, exampleOf(properties[name] ?? { type: "string" }, level + 1)]),
  );
}

function textOf({ pattern, minLength, maxLength }: JsonObject): string {
  const matches = typeof pattern === "string" ? compileLinear(pattern) : undefined;
  const shortest = Number(minLength ?? 0);
  const longest = Number(maxLength ?? Number.POSITIVE_INFINITY);
  const candidates = TEXTS.map((text) => text.padEnd(Math.min(shortest, 10_000), "a"));
  const fits = (text: string) => text.length <= longest && (matches === undefined || matches.test(text));
  return candidates.find(fits) ?? "a".repeat(Math.min(Math.max(shortest, 1), longest));
}

function numberOf(
  { minimum, maximum, multipleOf, exclusiveMinimum, exclusiveMaximum }: JsonObject,
  isWhole: boolean,
): number {
  const step = Number(multipleOf ?? (isWhole ? 1 : 0.5));
  const low = typeof minimum === "number" ? minimum + (exclusiveMinimum === true ? step : 0) : undefined;
  const high = typeof maximum === "number" ? maximum - (exclusiveMaximum === true ? step : 0) : undefined;
  const start = low ?? Math.min(1, high ?? 1);
  return Math.ceil(start / step) * step;
}
