import type { ErrorObject } from "ajv-draft-04";

/**
 * Words the violations of a JSON schema as API Gateway does in `$context.error.validationErrorString`: in the sentences of
 * the Java library json-schema-validator, in one pair of brackets.
 */
export function describeViolations(errors: readonly ErrorObject[], value: unknown): string {
  const required = errors.filter((error) => error.keyword === "required");
  const extra = errors.filter((error) => error.keyword === "additionalProperties");
  const others = errors.filter((error) => !required.includes(error) && !extra.includes(error));
  return `[${[
    ...byInstance(required).map(
      (group) => `object has missing required properties (${names(group, "missingProperty")})`,
    ),
    ...byInstance(extra).map(
      (group) =>
        `object instance has properties which are not allowed by the schema: ${names(group, "additionalProperty")}`,
    ),
    ...others.map((error) => describe(error, "data" in error ? error.data : value)),
  ].join(", ")}]`;
}

function byInstance(errors: readonly ErrorObject[]): ErrorObject[][] {
  const groups = new Map<string, ErrorObject[]>();
  for (const error of errors) {
    const group = groups.get(error.instancePath);
    if (group === undefined) groups.set(error.instancePath, [error]);
    else group.push(error);
  }
  return [...groups.values()];
}

function names(errors: readonly ErrorObject[], parameter: string): string {
  return JSON.stringify(errors.map((error) => String(error.params[parameter])).sort());
}

function describe(error: ErrorObject, value: unknown): string {
  const shown = typeof value === "object" && value !== null ? typeName(value) : JSON.stringify(value);
  const { limit, type, pattern, allowedValues } = error.params;
  switch (error.keyword) {
    case "type":
      return `instance type (${typeName(value)}) does not match any allowed primitive type (allowed: ${JSON.stringify(
        (Array.isArray(type) ? [...type] : [type]).sort(),
      )})`;
    case "maxLength":
      return `string ${shown} is too long (length: ${String(value).length}, maximum allowed: ${limit})`;
    case "minLength":
      return `string ${shown} is too short (length: ${String(value).length}, required minimum: ${limit})`;
    case "pattern":
      return `ECMA 262 regex ${JSON.stringify(pattern)} does not match input string ${shown}`;
    case "enum":
      return `instance value (${shown}) not found in enum (possible values: ${JSON.stringify(allowedValues)})`;
    case "minimum":
      return `numeric instance is lower than the required minimum (minimum: ${limit}, found: ${shown})`;
    case "maximum":
      return `numeric instance is greater than the required maximum (maximum: ${limit}, found: ${shown})`;
    default:
      return `instance failed to match the keyword ${error.keyword}`;
  }
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}
