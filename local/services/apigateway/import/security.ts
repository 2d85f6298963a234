import type { Value } from "../../../deployment/attributes";
import { type ApiDocument, extension, isMembers, type Members, requireRead } from "./document";
import type { Parts } from "./parts";

/** What a method's security comes to, as attributes of an `aws_api_gateway_method`. */
export interface MethodSecurity {
  readonly authorization: string;
  readonly authorizer_id?: string;
  readonly authorization_scopes?: string[];
  readonly api_key_required: boolean;
}

type Scheme =
  | { readonly kind: "authorizer"; readonly id: string; readonly isCognito: boolean }
  | { readonly kind: "IAM" | "API key" | "ignored" };

/** The security schemes of a document, of which API Gateway knows authorizers, API keys and IAM. */
export class ImportedSecurity {
  readonly #schemes: ReadonlyMap<string, Scheme>;
  readonly #common: Value | undefined;

  constructor(
    private readonly document: ApiDocument,
    parts: Parts,
  ) {
    const section = document.isSwagger ? "securityDefinitions" : "securitySchemes";
    this.#schemes = new Map(
      Object.entries(document.section(section)).map(([name, scheme]) => {
        const path = `${section}.${name}`;
        return [name, readScheme(name, document.members(scheme, path), path, document, parts)];
      }),
    );
    this.#common = document.root.security;
  }

  /** Schemes that API Gateway passes over, so that they keep nobody out. */
  get ignored(): string[] {
    return [...this.#schemes].flatMap(([name, { kind }]) => (kind === "ignored" ? [name] : []));
  }

  /**
   * Who may call an operation. Security of the whole document holds for operations without their own (recorded in localstack's
   * AWS-validated tests, `test_import_with_global_api_key_authorizer`; the Developer Guide's "important notes" deny it).
   */
  of(operation: Members, path: string): MethodSecurity {
    const { document } = this;
    const own = document.attributes(extension(operation, "auth"), `${path}.x-amazon-apigateway-auth`);
    const type = own.optionalString("type")?.toUpperCase();
    requireRead(own);
    const isEmpty = Array.isArray(operation.security) && operation.security.length === 0;
    if (isEmpty && this.#common !== undefined && type === undefined) {
      document.fail(
        `${path}.security`,
        'left out, or x-amazon-apigateway-auth set to {"type": "NONE"}: whether an empty list takes the security of the ' +
          "document off is not known",
        operation.security,
      );
    }
    const names = namesOf(operation.security ?? this.#common);
    const schemes = names.flatMap(({ name, scopes }) => {
      const scheme = this.#schemes.get(name);
      if (scheme === undefined)
        document.fail(`${path}.security`, "names of the document's security schemes", name);
      return scheme === undefined ? [] : [{ scheme, scopes }];
    });
    const api_key_required = schemes.some(({ scheme }) => scheme.kind === "API key");
    if (type !== undefined) return { authorization: type, api_key_required };
    if (schemes.some(({ scheme }) => scheme.kind === "IAM"))
      return { authorization: "AWS_IAM", api_key_required };
    for (const { scheme, scopes } of schemes) {
      if (scheme.kind !== "authorizer") continue;
      return {
        authorization: scheme.isCognito ? "COGNITO_USER_POOLS" : "CUSTOM",
        authorizer_id: scheme.id,
        authorization_scopes: scopes,
        api_key_required,
      };
    }
    return { authorization: "NONE", api_key_required };
  }
}

function namesOf(security: Value | undefined): { readonly name: string; readonly scopes: string[] }[] {
  const requirements = Array.isArray(security) ? security.filter(isMembers) : [];
  return requirements.flatMap((requirement) =>
    Object.entries(requirement).map(([name, scopes]) => ({
      name,
      scopes: Array.isArray(scopes) ? scopes.map(String) : [],
    })),
  );
}

function readScheme(
  name: string,
  scheme: Members,
  path: string,
  document: ApiDocument,
  parts: Parts,
): Scheme {
  document.requireExtensions(scheme, path, ["authorizer", "authtype"]);
  const definition = extension(scheme, "authorizer");
  const authtype = extension(scheme, "authtype");
  // "awsSigv4 is a reserved term, along with any term prefixed by aws" (Developer Guide, on the extension).
  if (definition === undefined && /^aws/i.test(String(authtype ?? ""))) return { kind: "IAM" };
  if (definition === undefined) {
    const isKey = scheme.type === "apiKey" && String(scheme.name).toLowerCase() === "x-api-key";
    return { kind: isKey ? "API key" : "ignored" };
  }
  const read = document.attributes(definition, `${path}.x-amazon-apigateway-authorizer`);
  const type = read.string("type").toUpperCase();
  const ownSource = read.optionalString("identitySource");
  const ttl = read.has("authorizerResultTtlInSeconds")
    ? read.number("authorizerResultTtlInSeconds")
    : undefined;
  const id = parts.add("aws_api_gateway_authorizer", path, {
    name,
    type,
    // "Applicable for the authorizer of the request and jwt type only": the others take the header that the scheme names.
    identity_source: type === "REQUEST" ? (ownSource ?? "") : `method.request.header.${String(scheme.name)}`,
    authorizer_uri: read.optionalString("authorizerUri"),
    authorizer_credentials: read.optionalString("authorizerCredentials"),
    identity_validation_expression: read.optionalString("identityValidationExpression"),
    authorizer_result_ttl_in_seconds: ttl,
    provider_arns: read.has("providerARNs") ? read.strings("providerARNs") : undefined,
  });
  requireRead(read);
  return { kind: "authorizer", id, isCognito: type === "COGNITO_USER_POOLS" };
}
