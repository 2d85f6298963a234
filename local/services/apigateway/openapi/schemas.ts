import { isObject, type JsonObject } from "../../../kernel/json";
import type { BodyModel } from "../body-models";
import type { ApiResource } from "../resource-tree";
import type { RestApi } from "../rest-api";

/** A model of the API by its name. */
export function reference(model: string): JsonObject {
  return { $ref: `#/components/schemas/${model}` };
}

/** The models that the document refers to, and those that these refer to. */
export function schemasOf(api: RestApi, resources: readonly ApiResource[]): JsonObject {
  const byName = new Map(api.models.all.map((model) => [model.name, model]));
  const schemas = new Map<string, unknown>();
  const add = (name: string): void => {
    const model = byName.get(name);
    if (model === undefined || schemas.has(name)) return;
    const schema = schemaOf(model);
    schemas.set(name, schema);
    for (const [, other = ""] of JSON.stringify(schema).matchAll(/"#\/components\/schemas\/(\w+)"/g))
      add(other);
  };
  add("Error");
  for (const { methods } of resources) {
    for (const { requestModels, responses } of methods.values()) {
      for (const name of requestModels.values()) add(name);
      for (const response of responses) Object.values(response.stringMap("response_models")).forEach(add);
    }
  }
  return Object.fromEntries(schemas);
}

/** A schema of draft 4 in OpenAPI 3.1's dialect, JSON Schema 2020-12. */
function schemaOf({ name, schema }: BodyModel): unknown {
  return translated(JSON.parse(schema), name);
}

function translated(value: unknown, model: string): unknown {
  if (Array.isArray(value)) return value.map((item) => translated(item, model));
  if (!isObject(value)) return value;
  const translation: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    if (key === "$ref" && typeof member === "string") {
      translation[key] = member
        .replace(/^#/, `#/components/schemas/${model}`)
        .replace(/^https:\/\/apigateway\.amazonaws\.com\/restapis\/\w+\/models\//, "#/components/schemas/");
    } else if ((key === "exclusiveMinimum" || key === "exclusiveMaximum") && typeof member === "boolean") {
      // In draft 4 a flag beside the bound, now the bound itself.
      const bound = key === "exclusiveMinimum" ? "minimum" : "maximum";
      if (member) translation[key] = value[bound];
    } else if (typeof member === "string" && (key === "$schema" || key === "id")) {
      // What the document itself says: the dialect, and under which name the schema is found.
    } else if (!isBoundOfFlag(key, value)) translation[key] = translated(member, model);
  }
  return translation;
}

function isBoundOfFlag(key: string, { exclusiveMinimum, exclusiveMaximum }: JsonObject): boolean {
  return (key === "minimum" && exclusiveMinimum === true) || (key === "maximum" && exclusiveMaximum === true);
}
