import type { Attributes } from "../../deployment/attributes";
import type { Resource } from "../../deployment/deployment";

/** What a pool's schema says of one attribute. */
export interface AttributeSchema {
  readonly required: boolean;
  readonly mutable: boolean;
  readonly dataType: string;
  /** Of a text its length, of a number its value. */
  readonly min?: number;
  readonly max?: number;
}

/** The standard claims of OpenID Connect that every pool has: "Working with user attributes", Developer Guide. */
const standardAttributes: ReadonlyMap<string, string> = new Map([
  ["name", "String"],
  ["given_name", "String"],
  ["family_name", "String"],
  ["middle_name", "String"],
  ["nickname", "String"],
  ["preferred_username", "String"],
  ["profile", "String"],
  ["picture", "String"],
  ["website", "String"],
  ["email", "String"],
  ["email_verified", "Boolean"],
  ["gender", "String"],
  ["birthdate", "String"],
  ["zoneinfo", "String"],
  ["locale", "String"],
  ["phone_number", "String"],
  ["phone_number_verified", "Boolean"],
  ["address", "String"],
  ["updated_at", "Number"],
]);

/** By name, the standard attributes and the pool's own, those with their prefix: `custom:tier`. */
export function readSchema(pool: Resource): Map<string, AttributeSchema> {
  const schema = new Map<string, AttributeSchema>(
    [...standardAttributes].map(([name, dataType]) => [name, { required: false, mutable: true, dataType }]),
  );
  for (const block of pool.blocks("schema")) {
    const name = block.string("name");
    const prefix = block.boolean("developer_only_attribute", false) ? "dev:custom:" : "custom:";
    schema.set(schema.has(name) ? name : `${prefix}${name}`, {
      required: block.boolean("required", false),
      // The provider's default is false, for standard attributes too.
      mutable: block.boolean("mutable", false),
      dataType: block.string("attribute_data_type"),
      ...bounds(block.block("string_attribute_constraints"), "min_length", "max_length"),
      ...bounds(block.block("number_attribute_constraints"), "min_value", "max_value"),
    });
  }
  return schema;
}

/** The provider takes the constraints as texts: `max_length = "256"`. */
function bounds(constraints: Attributes | undefined, minKey: string, maxKey: string) {
  if (constraints === undefined) return {};
  const [min, max] = [minKey, maxKey].map((key) =>
    constraints.has(key) ? constraints.number(key, Number.NaN) : Number.NaN,
  );
  return {
    ...(min === undefined || Number.isNaN(min) ? {} : { min }),
    ...(max === undefined || Number.isNaN(max) ? {} : { max }),
  };
}
