import { Attributes, DeploymentError, type Value } from "../../../deployment/attributes";
import type { Resource } from "../../../deployment/deployment";
import { type Place, partitionOf } from "../../../kernel/arn";
import { isObject, parseJson } from "../../../kernel/json";
import { load } from "../../../kernel/load";

export type Members = Readonly<Record<string, Value>>;

const EXTENSION = "x-amazon-apigateway-";

/**
 * The OpenAPI document of an API, version 2.0 or 3.0, in JSON or YAML. What API Gateway would act on and nobody here reads stops
 * the start, with the place in the document.
 */
export class ApiDocument {
  private constructor(
    readonly api: Resource,
    readonly root: Members,
  ) {}

  /** `undefined` for an API without a body. @throws DeploymentError for what is not such a document */
  static of(api: Resource, place: Place): ApiDocument | undefined {
    const text = api.optionalString("body");
    if (text === undefined) return undefined;
    // Developer Guide, "AWS variables for OpenAPI import".
    const resolved = text
      .replaceAll(`\${AWS::AccountId}`, place.accountId)
      .replaceAll(`\${AWS::Partition}`, partitionOf(place.region))
      .replaceAll(`\${AWS::Region}`, place.region);
    const root = parseJson(resolved) ?? parsedYaml(resolved, api);
    if (!isMembers(root))
      throw new DeploymentError(`${api.address}: body must be an OpenAPI document, in JSON or YAML`);
    const { swagger, openapi } = root;
    if (String(swagger) !== "2.0" && !/^3\.0\b/.test(String(openapi))) {
      throw new DeploymentError(
        `${api.address}: body must be Swagger 2.0 or OpenAPI 3.0, received ${JSON.stringify(openapi ?? swagger ?? null)}`,
      );
    }
    return new ApiDocument(api, root);
  }

  get address(): string {
    return `${this.api.address}.body`;
  }

  /** Only Swagger 2.0 has media types beside the schemas. */
  get isSwagger(): boolean {
    return this.root.swagger !== undefined;
  }

  /** The object of that name in the document, or in its `components`; empty where there is none. */
  section(name: string): Members {
    const { components } = this.root;
    const found = this.root[name] ?? (isMembers(components) ? components[name] : undefined);
    return this.members(found, name);
  }

  /** The object, or the one that it refers to; empty where there is none. */
  members(value: Value | undefined, path: string): Members {
    const resolved = this.resolve(value, path);
    if (resolved === undefined || resolved === null) return {};
    return isMembers(resolved) ? resolved : this.fail(path, "an object", resolved);
  }

  /** What a reference within the document leads to. */
  resolve(value: Value | undefined, path: string): Value | undefined {
    let current = value;
    for (let hops = 0; isMembers(current) && typeof current.$ref === "string"; hops += 1) {
      const { $ref: reference } = current;
      if (!reference.startsWith("#/") || hops > 20)
        this.fail(`${path}.$ref`, "a reference within the document", reference);
      current = reference
        .slice(2)
        .split("/")
        .map((key) => decodeURIComponent(key).replaceAll("~1", "/").replaceAll("~0", "~"))
        .reduce<Value | undefined>((at, key) => (isMembers(at) ? at[key] : undefined), this.root);
      if (current === undefined)
        this.fail(`${path}.$ref`, "a reference to a part of the document", reference);
    }
    return current;
  }

  /** An object whose every member somebody has to read: see `requireRead`. */
  attributes(value: Value | undefined, path: string): Attributes {
    return new Attributes(`${this.address}.${path}`, this.members(value, path));
  }

  /** Refuses API Gateway's extensions that are not among those. */
  requireExtensions(members: Members, path: string, known: readonly string[]): void {
    const foreign = Object.keys(members).find(
      (key) => key.startsWith(EXTENSION) && !known.includes(key.slice(EXTENSION.length)),
    );
    if (foreign === undefined) return;
    throw new DeploymentError(
      `${this.address}: ${path === "" ? "" : `${path}.`}${foreign} is not served by the local runtime; take it out of what is served`,
    );
  }

  fail(path: string, expected: string, value: Value | undefined): never {
    throw new DeploymentError(
      `${this.address}: ${path} must be ${expected}, received ${JSON.stringify(value) ?? "nothing"}`,
    );
  }
}

/** The value of an extension: `integration` for `x-amazon-apigateway-integration`. */
export function extension(members: Members, name: string): Value | undefined {
  return members[EXTENSION + name];
}

/** Refuses what an extension sets and nobody has read. */
export function requireRead(attributes: Attributes): void {
  const unread = Object.keys(attributes.values).find(
    (key) => !attributes.reads.isWhole(key) && !attributes.reads.isOpened(key),
  );
  if (unread !== undefined) {
    throw new DeploymentError(
      `${attributes.address}: ${unread} is set, and nothing in the local runtime reads it; take it out of what is served`,
    );
  }
}

export function isMembers(value: unknown): value is Members {
  return isObject(value);
}

function parsedYaml(text: string, api: Resource): unknown {
  const { parse }: typeof import("yaml") = load("yaml");
  try {
    return parse(text);
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new DeploymentError(`${api.address}: body is neither JSON nor YAML: ${reason}`);
  }
}
