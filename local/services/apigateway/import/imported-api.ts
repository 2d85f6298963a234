import type { Value } from "../../../deployment/attributes";
import type { Resource } from "../../../deployment/deployment";
import type { Place } from "../../../kernel/arn";
import { ApiDocument, extension, isMembers, requireRead } from "./document";
import { addMethods, type OperationContext } from "./methods";
import { ImportedModels } from "./models";
import { Parts } from "./parts";
import { ImportedSecurity } from "./security";

/** What an API's document says of the API itself. */
export interface ImportedApi {
  readonly binaryMediaTypes: readonly string[];
  readonly apiKeySource: string | undefined;
  readonly resources: readonly Resource[];
  /** Security schemes that keep nobody out. */
  readonly ignoredSchemes: readonly string[];
}

const known = new WeakMap<Resource, { readonly api: ImportedApi | undefined }>();

/**
 * What `body` of an `aws_api_gateway_rest_api` comes to: the resources that Terraform would create for the same API, so that
 * everything else reads them as any other. `undefined` for an API without a body.
 *
 * Sources: the Developer Guide's chapter "Develop REST APIs using OpenAPI", the pages of the extensions, and what localstack's
 * AWS-validated tests recorded (`test_apigateway_import`).
 */
export function importedApi(api: Resource, place: Place): ImportedApi | undefined {
  const read = known.get(api) ?? { api: readImported(api, place) };
  known.set(api, read);
  return read.api;
}

function readImported(api: Resource, place: Place): ImportedApi | undefined {
  const document = ApiDocument.of(api, place);
  if (document === undefined) return undefined;
  const { root } = document;
  const parts = new Parts(document);
  requireServed(document);
  const models = new ImportedModels(document, parts);
  const security = new ImportedSecurity(document, parts);
  const context = { document, parts, models, security, validatorIds: addValidators(document, parts) };
  addGatewayResponses(document, parts);
  addPaths(context, basePath(document));
  const source = extension(root, "api-key-source");
  const binary = extension(root, "binary-media-types") ?? [];
  return {
    binaryMediaTypes: Array.isArray(binary)
      ? binary.map(String)
      : document.fail("x-amazon-apigateway-binary-media-types", "a list of media types", binary),
    apiKeySource: typeof source === "string" ? source.toUpperCase() : undefined,
    resources: parts.resources,
    ignoredSchemes: security.ignored,
  };
}

/** Extensions of the whole document. What closes the API stops the start, as the API's own attribute would. */
function requireServed(document: ApiDocument): void {
  const { root } = document;
  document.requireExtensions(root, "", [
    ...[
      "api-key-source",
      "binary-media-types",
      "documentation",
      "endpoint-configuration",
      "gateway-responses",
    ],
    ...[
      "importexport-version",
      "minimum-compression-size",
      "request-validator",
      "request-validators",
      "tag-value",
    ],
  ]);
  if (Number(extension(root, "minimum-compression-size") ?? -1) >= 0)
    document.fail(
      "x-amazon-apigateway-minimum-compression-size",
      "unset: answers are not compressed locally",
      0,
    );
  const endpoint = document.attributes(
    extension(root, "endpoint-configuration"),
    "x-amazon-apigateway-endpoint-configuration",
  );
  const isPrivate =
    endpoint.strings("types").includes("PRIVATE") || endpoint.strings("vpcEndpointIds").length > 0;
  if (isPrivate)
    endpoint.fail("types", "REGIONAL or EDGE: a private API is reached from inside its VPC only");
  if (endpoint.boolean("disableExecuteApiEndpoint", false))
    endpoint.fail("disableExecuteApiEndpoint", "false");
  endpoint.optionalString("ipAddressType");
  requireRead(endpoint);
}

function addValidators(document: ApiDocument, parts: Parts): ReadonlyMap<string, string> {
  const path = "x-amazon-apigateway-request-validators";
  const validators = document.members(extension(document.root, "request-validators"), path);
  return new Map(
    Object.entries(validators).map(([name, value]) => {
      const read = document.attributes(value, `${path}.${name}`);
      const id = parts.add("aws_api_gateway_request_validator", `${path}.${name}`, {
        name,
        validate_request_body: read.boolean("validateRequestBody", false),
        validate_request_parameters: read.boolean("validateRequestParameters", false),
      });
      requireRead(read);
      return [name, id];
    }),
  );
}

function addGatewayResponses(document: ApiDocument, parts: Parts): void {
  const path = "x-amazon-apigateway-gateway-responses";
  const responses = document.members(extension(document.root, "gateway-responses"), path);
  for (const [type, value] of Object.entries(responses)) {
    const read = document.attributes(value, `${path}.${type}`);
    parts.add("aws_api_gateway_gateway_response", `${path}.${type}`, {
      response_type: type,
      status_code: read.optionalString("statusCode"),
      response_parameters: read.stringMap("responseParameters"),
      response_templates: read.stringMap("responseTemplates"),
    });
    requireRead(read);
  }
}

/** Every resource on the way to a path is created, also one that the document does not name. */
function addPaths(context: OperationContext, base: string): void {
  const { document, parts } = context;
  const ids = new Map([["", document.api.string("root_resource_id")]]);
  const idOf = (parents: readonly string[]): string => {
    const path = parents.map((part) => `/${part}`).join("");
    const existing = ids.get(path);
    if (existing !== undefined) return existing;
    const id = parts.add("aws_api_gateway_resource", `paths.${path}`, {
      parent_id: idOf(parents.slice(0, -1)),
      path_part: parents.at(-1) ?? "",
    });
    ids.set(path, id);
    return id;
  };
  for (const path of Object.keys(document.section("paths"))) {
    if (path.startsWith("x-")) continue;
    const segments = `${base}${path}`.split("/").filter((part) => part !== "");
    addMethods(path, idOf(segments), context);
  }
}

/** What stands before every path: nothing, unless `parameters` of the API asks for it (Developer Guide, "basePath"). */
function basePath({ api, root }: ApiDocument): string {
  const { basepath: mode = "ignore", ...others } = api.stringMap("parameters");
  const [foreign] = Object.keys(others);
  if (foreign !== undefined || !["ignore", "prepend", "split"].includes(mode))
    api.fail("parameters", "a map with basepath alone, which is ignore, prepend or split");
  if (mode === "ignore") return "";
  const path = typeof root.basePath === "string" ? root.basePath : serverPath(root.servers);
  return mode === "prepend" ? path : path.replace(/^\/*[^/]*/, "");
}

function serverPath(servers: Value | undefined): string {
  const listed = (Array.isArray(servers) ? servers : []).filter(isMembers);
  const [variable] = listed.flatMap(({ variables }) => {
    const own = isMembers(variables) ? variables.basePath : undefined;
    return isMembers(own) && typeof own.default === "string" ? [own.default] : [];
  });
  if (variable !== undefined) return variable;
  const [path = ""] = listed.map(({ url }) => String(url ?? "").replace(/^[a-z]+:\/\/[^/]*/i, ""));
  return path === "/" ? "" : path;
}
