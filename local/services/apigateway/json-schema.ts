import Ajv from "ajv-draft-04";
import { isObject } from "../../kernel/json";
import { compileLinear } from "../../kernel/linear-pattern";

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

/** The keywords of later drafts and of OpenAPI in a schema: `$id`, `example`, `nullable` (aws/aws-cdk#14585). */
export function unsupportedKeywords(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(unsupportedKeywords);
  if (!isObject(schema)) return [];
  return Object.entries(schema).flatMap(([keyword, value]) => {
    if (!KEYWORDS.has(keyword)) return [keyword];
    if (keyword === "enum" || keyword === "default") return [];
    return unsupportedKeywords(BY_NAME.has(keyword) && isObject(value) ? Object.values(value) : value);
  });
}

/** `format` is not checked: which ones AWS checks is not published, and the start says so. */
export function createAjv({ allErrors }: { readonly allErrors: boolean }): Ajv {
  const ajv = new Ajv({
    strict: false,
    allErrors,
    verbose: true,
    validateFormats: false,
    logger: false,
    code: { regExp: Object.assign((pattern: string) => compileLinear(pattern), { code: "compileLinear" }) },
  });
  // Ajv compares every item with every other, which 20,000 items turn into seconds.
  ajv.removeKeyword("uniqueItems");
  ajv.addKeyword({
    keyword: "uniqueItems",
    type: "array",
    schemaType: "boolean",
    validate: (wanted: boolean, items: readonly unknown[]) =>
      !wanted || new Set(items.map(comparable)).size === items.length,
  });
  return ajv;
}

/** The same key for items that JSON schema counts as equal. No text of an item is an object's. */
function comparable(item: unknown): unknown {
  if (typeof item === "string") return `"${item}`;
  return typeof item === "object" && item !== null ? canonical(item) : item;
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}
