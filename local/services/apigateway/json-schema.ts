import type Ajv from "ajv-draft-04";
import { isObject, type JsonObject } from "../../kernel/json";
import { compileLinear } from "../../kernel/linear-pattern";
import { load } from "../../kernel/load";

/** The keywords of JSON schema, draft 4; `id` and `$schema` included. */
const KEYWORDS = new Set(
  (
    "$ref $schema additionalItems additionalProperties allOf anyOf default definitions dependencies description enum " +
    "exclusiveMaximum exclusiveMinimum format id items maxItems maxLength maxProperties maximum minItems minLength " +
    "minProperties minimum multipleOf not oneOf pattern patternProperties properties required title type uniqueItems"
  ).split(" "),
);

/** Keywords whose members are schemas by name, and not keywords. */
const BY_NAME = new Set(["definitions", "dependencies", "patternProperties", "properties"]);

/** What is kept of a schema that refers to another: schemas that other references lead to. */
const BESIDE_REF = new Set(["$ref", "definitions"]);

/** Keywords whose values are data, and not schemas. */
const DATA = new Set(["enum", "default"]);

/** The keywords of later drafts and of OpenAPI in a schema: `$id`, `example`, `nullable` (aws/aws-cdk#14585). */
export function unsupportedKeywords(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(unsupportedKeywords);
  if (!isObject(schema)) return [];
  return Object.entries(schema).flatMap(([keyword, value]) => {
    if (!KEYWORDS.has(keyword)) return [keyword];
    if (DATA.has(keyword)) return [];
    return unsupportedKeywords(BY_NAME.has(keyword) && isObject(value) ? Object.values(value) : value);
  });
}

const TYPES = new Set(["array", "boolean", "integer", "null", "number", "object", "string"]);

const isText = (value: unknown): value is string => typeof value === "string";
const isBoolean = (value: unknown) => typeof value === "boolean";
const isNumber = (value: unknown) => typeof value === "number";
const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;
const areDistinct = (values: unknown): values is unknown[] =>
  Array.isArray(values) && values.length > 0 && new Set(values).size === values.length;
function isLinear(value: unknown): boolean {
  try {
    return typeof value === "string" && compileLinear(value) !== undefined;
  } catch {
    return false;
  }
}

/** The keywords that nearly all models make do with, and the values of theirs that are right whatever is beside them. */
const PLAIN: Readonly<Record<string, (value: unknown) => boolean>> = {
  ...{ title: isText, description: isText, format: isText, pattern: isLinear },
  ...{ minLength: isCount, maxLength: isCount, minItems: isCount, maxItems: isCount },
  ...{ minProperties: isCount, maxProperties: isCount, minimum: isNumber, maximum: isNumber },
  $schema: (value) => isText(value) && /^http:\/\/json-schema\.org\/draft-04\/schema#?$/.test(value),
  type: (value) => isText(value) && TYPES.has(value),
  enum: (values) => areDistinct(values) && values.every(isText),
  required: (names) => areDistinct(names) && names.every(isText),
  additionalProperties: (value) => isBoolean(value) || isPlain(value),
  properties: (schemas) => isObject(schemas) && Object.values(schemas).every(isPlain),
  items: (schema) => isPlain(schema),
};

/** Whether a schema is one of draft 4 for certain: nobody has to compile it to know. One that is not may still be one. */
export function isPlain(schema: unknown): boolean {
  return (
    isObject(schema) &&
    Object.entries(schema).every(
      ([keyword, value]) => Object.hasOwn(PLAIN, keyword) && PLAIN[keyword]?.(value),
    )
  );
}

/** A check took all the work that it was allowed. */
export class EffortExhausted extends Error {
  override readonly name = "EffortExhausted";
}

/**
 * The work that the check of one body may take. A schema that refers to itself in two branches doubles it with each level
 * of the body, and a pattern of a thousand instructions takes a thousand steps a character. A step is some nanoseconds.
 */
export class Effort {
  private left = Number.POSITIVE_INFINITY;

  allow(steps: number): void {
    this.left = steps;
  }

  /** @throws EffortExhausted */
  spend(steps: number): void {
    this.left -= steps;
    if (this.left < 0) throw new EffortExhausted("the check takes too long");
  }
}

/** Counts the evaluations of the schema that has it; its value is what one of them costs. */
const COST = "x-cost";

/** The steps of one evaluation, and those of each name, value or schema that it goes through (measured). */
const STEPS = 3;
const STEPS_EACH = 8;

/**
 * The schema, with what an evaluation of each of its schemas costs, and without what is beside a `$ref`, which does not
 * count (JSON Reference, draft 3, to which draft 4 refers).
 */
export function metered(schema: JsonObject): JsonObject {
  const each = (values: JsonObject) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, inside(value)]));
  const inside = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inside);
    return isObject(value) ? metered(value) : value;
  };
  const refers = typeof schema.$ref === "string";
  const kept = Object.entries(schema).filter(([keyword]) => !refers || BESIDE_REF.has(keyword));
  const members = kept.map(([keyword, value]) => {
    if (DATA.has(keyword)) return [keyword, value];
    return [keyword, BY_NAME.has(keyword) && isObject(value) ? each(value) : inside(value)];
  });
  return { ...Object.fromEntries(members), ...(refers ? {} : { [COST]: stepsOf(schema) }) };
}

/** What the schemas inside take is theirs to count. */
function stepsOf(schema: JsonObject): number {
  return Object.values(schema).reduce<number>((sum, value) => {
    const several = typeof value === "object" && value !== null;
    return sum + (several ? STEPS_EACH * Object.keys(value).length : 1);
  }, STEPS);
}

let metaSchema: Ajv | undefined;

/** Compiles the schema of schemas when the first is checked, and once: that takes longer than most models. @throws Error */
export function checkSchema(schema: JsonObject): void {
  metaSchema ??= createAjv({ allErrors: false, effort: new Effort() });
  metaSchema.validateSchema(schema, true);
}

/**
 * Compiles schemas that `checkSchema` has accepted. `format` is not checked: which ones AWS checks is not published, and the
 * start says so.
 */
export function createAjv({
  allErrors,
  effort,
}: {
  readonly allErrors: boolean;
  readonly effort: Effort;
}): Ajv {
  const regExp = (pattern: string) => {
    const { size, test } = compileLinear(pattern);
    return {
      test: (text: string) => {
        effort.spend(STEPS + size * text.length);
        return test(text);
      },
      // Ajv takes patterns with the same text for the same pattern.
      toString: () => pattern,
    };
  };
  const { default: Compiler, _ }: typeof import("ajv-draft-04") = load("ajv-draft-04");
  const ajv = new Compiler({
    strict: false,
    allErrors,
    verbose: true,
    validateSchema: false,
    validateFormats: false,
    logger: false,
    code: { regExp: Object.assign(regExp, { code: "compileLinear" }) },
  });
  ajv.addKeyword({
    keyword: COST,
    before: "not",
    schemaType: "number",
    code: ({ gen, schema }) => {
      gen.code(_`${gen.scopeValue("obj", { ref: effort })}.spend(${schema})`);
    },
  });
  // Ajv compares every item with every other, which 20,000 items turn into seconds.
  ajv.removeKeyword("uniqueItems");
  ajv.addKeyword({
    keyword: "uniqueItems",
    type: "array",
    schemaType: "boolean",
    validate: (wanted: boolean, items: readonly unknown[]) =>
      !wanted || new Set(items.map((item) => comparable(item, effort))).size === items.length,
  });
  return ajv;
}

/** The same key for items that JSON schema counts as equal. No text of an item is an object's. */
function comparable(item: unknown, effort: Effort): unknown {
  if (typeof item === "string") return `"${item}`;
  if (typeof item === "object" && item !== null) return canonical(item, effort);
  effort.spend(STEPS);
  return item;
}

function canonical(value: unknown, effort: Effort): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, effort)).join(",")}]`;
  if (!isObject(value)) {
    const text = JSON.stringify(value);
    effort.spend(STEPS + text.length);
    return text;
  }
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${canonical(name, effort)}:${canonical(value[name], effort)}`).join(",")}}`;
}
