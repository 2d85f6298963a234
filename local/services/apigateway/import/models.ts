import type { Value } from "../../../deployment/attributes";
import { ALPHANUMERIC, seededId } from "../../../kernel/ids";
import { type ApiDocument, isMembers, type Members } from "./document";
import type { Parts } from "./parts";

/** Keywords of OpenAPI that say nothing about which bodies fit: "not supported" (Developer Guide, "important notes"). */
const DOCUMENTATION = new Set([
  "deprecated",
  "discriminator",
  "example",
  "externalDocs",
  "readOnly",
  "writeOnly",
  "xml",
]);

const BY_NAME = new Set(["definitions", "patternProperties", "properties"]);
const DATA = new Set(["default", "enum", "required"]);

/**
 * The models of a document: each schema of `definitions` or `components/schemas`, and one for each schema that is written where
 * it is used, as API Gateway creates them.
 */
export class ImportedModels {
  readonly #inline = new Map<string, string>();

  constructor(
    private readonly document: ApiDocument,
    private readonly parts: Parts,
  ) {
    const section = document.isSwagger ? "definitions" : "schemas";
    for (const [name, schema] of Object.entries(document.section(section)))
      this.#add(name, document.members(schema, `${section}.${name}`), `${section}.${name}`);
  }

  /** The name of the model for a schema where it is used; `undefined` where there is none. */
  nameOf(schema: Value | undefined, path: string): string | undefined {
    if (!isMembers(schema)) return undefined;
    const named = nameOfReference(schema);
    if (named !== undefined) return named;
    const text = JSON.stringify(schema);
    const known = this.#inline.get(text);
    if (known !== undefined) return known;
    const name = `MODEL${seededId(this.document.api.seed(`body ${path}`), 6, ALPHANUMERIC)}`;
    this.#inline.set(text, name);
    this.#add(name, schema, path);
    return name;
  }

  #add(name: string, schema: Members, path: string): void {
    this.parts.add("aws_api_gateway_model", path, {
      name,
      content_type: "application/json",
      schema: JSON.stringify(this.#translated(schema)),
    });
  }

  /** In JSON schema, draft 4, with references as models refer to each other. */
  #translated(schema: Value): Value {
    if (Array.isArray(schema)) return schema.map((item) => this.#translated(item));
    if (!isMembers(schema)) return schema;
    const name = nameOfReference(schema);
    if (name !== undefined)
      return {
        $ref: `https://apigateway.amazonaws.com/restapis/${this.document.api.string("id")}/models/${name}`,
      };
    const kept = Object.entries(schema).filter(([key]) => !DOCUMENTATION.has(key) && !key.startsWith("x-"));
    return Object.fromEntries(
      kept.map(([key, value]) => {
        if (DATA.has(key)) return [key, value];
        if (!BY_NAME.has(key) || !isMembers(value)) return [key, this.#translated(value)];
        return [
          key,
          Object.fromEntries(Object.entries(value).map(([own, inner]) => [own, this.#translated(inner)])),
        ];
      }),
    );
  }
}

function nameOfReference({ $ref }: Members): string | undefined {
  return typeof $ref === "string"
    ? /^#\/(?:definitions|components\/schemas)\/([^/]+)$/.exec($ref)?.[1]
    : undefined;
}
