import type { Attributes, Value } from "../../../deployment/attributes";
import { HTTP_METHODS } from "../methods";
import { type ApiDocument, extension, isMembers, type Members, requireRead } from "./document";
import type { ImportedModels } from "./models";
import type { Parts } from "./parts";
import type { ImportedSecurity } from "./security";

/** What operations of a document refer to. */
export interface OperationContext {
  readonly document: ApiDocument;
  readonly parts: Parts;
  readonly models: ImportedModels;
  readonly security: ImportedSecurity;
  /** By name. */
  readonly validatorIds: ReadonlyMap<string, string>;
}

const ANY_METHOD = "x-amazon-apigateway-any-method";

/** Each method of a path of the document, with its integration and all their responses. */
export function addMethods(path: string, resourceId: string, context: OperationContext): void {
  const { document } = context;
  const at = `paths.${path}`;
  const item = document.members(document.section("paths")[path], at);
  document.requireExtensions(item, at, ["any-method"]);
  for (const [key, operation] of Object.entries(item)) {
    const httpMethod = key === ANY_METHOD ? "ANY" : key.toUpperCase();
    if (httpMethod === "TRACE") document.fail(at, "of methods that API Gateway has", key);
    if (httpMethod !== "ANY" && !HTTP_METHODS.includes(httpMethod)) continue;
    const where = { resource_id: resourceId, http_method: httpMethod };
    const members = document.members(operation, `${at}.${key}`);
    addMethod(members, item.parameters, path, where, `${at}.${key}`, context);
  }
}

type Where = { readonly resource_id: string; readonly http_method: string };

function addMethod(
  operation: Members,
  common: Value | undefined,
  path: string,
  where: Where,
  at: string,
  context: OperationContext,
): void {
  const { document, parts, security } = context;
  document.requireExtensions(operation, at, ["auth", "integration", "request-validator"]);
  const parameters = [...listOf(common), ...listOf(operation.parameters)].map((parameter, index) =>
    document.members(parameter, `${at}.parameters[${index}]`),
  );
  const { operationId } = operation;
  parts.add("aws_api_gateway_method", at, {
    ...where,
    ...security.of(operation, at),
    operation_name: operationId === undefined || operationId === null ? undefined : String(operationId),
    request_parameters: requestParameters(parameters, path),
    request_models: requestModels(operation, parameters, at, context),
    request_validator_id: validatorId(operation, at, context),
  });
  for (const [status, response] of Object.entries(document.members(operation.responses, `${at}.responses`)))
    if (/^\d{3}$/.test(status))
      addResponse(status, response, where, `${at}.responses.${status}`, operation, context);
  const integration = extension(operation, "integration");
  if (integration !== undefined)
    addIntegration(integration, where, `${at}.x-amazon-apigateway-integration`, context);
}

const PLACES: Readonly<Record<string, string>> = { header: "header", path: "path", query: "querystring" };

/**
 * Headers, query parameters and path parameters; API Gateway has no others. Those in the path are required without being named
 * (recorded in localstack's AWS-validated tests, `test_import_with_global_api_key_authorizer`).
 */
function requestParameters(parameters: readonly Members[], path: string): Members {
  const inPath = [...path.matchAll(/\{([^}+]+)\}/g)].map(
    ([, name]) => [`method.request.path.${name}`, true] as const,
  );
  const named = parameters.flatMap(({ in: place, name, required }) => {
    const own = PLACES[String(place)];
    return own === undefined ? [] : [[`method.request.${own}.${String(name)}`, required === true] as const];
  });
  return Object.fromEntries([...named, ...inPath]);
}

function requestModels(
  operation: Members,
  parameters: readonly Members[],
  at: string,
  { document, models }: OperationContext,
): Members {
  const body = parameters.find((parameter) => parameter.in === "body");
  if (body !== undefined) {
    const name = models.nameOf(body.schema, `${at}.parameters.body`);
    const types = mediaTypes(operation.consumes ?? document.root.consumes);
    return name === undefined ? {} : Object.fromEntries(types.map((type) => [type, name]));
  }
  const request = document.members(operation.requestBody, `${at}.requestBody`);
  return modelsOf(request.content, `${at}.requestBody.content`, { document, models });
}

/** By content type, as OpenAPI 3 has them. */
function modelsOf(
  content: Value | undefined,
  at: string,
  { document, models }: Pick<OperationContext, "document" | "models">,
): Members {
  const named = Object.entries(document.members(content, at)).flatMap(([type, media]) => {
    const name = models.nameOf(document.members(media, `${at}.${type}`).schema, `${at}.${type}.schema`);
    return name === undefined ? [] : [[type, name] as const];
  });
  return Object.fromEntries(named);
}

function mediaTypes(value: Value | undefined): string[] {
  const types = listOf(value).map(String);
  return types.length === 0 ? ["application/json"] : types;
}

/** The operation's own, or the one of the whole document (Developer Guide, "x-amazon-apigateway-request-validator"). */
function validatorId(
  operation: Members,
  at: string,
  { document, validatorIds }: OperationContext,
): string | undefined {
  const name = extension(operation, "request-validator") ?? extension(document.root, "request-validator");
  if (name === undefined) return undefined;
  const id = validatorIds.get(String(name));
  return (
    id ??
    document.fail(`${at}.x-amazon-apigateway-request-validator`, "the name of a request validator", name)
  );
}

function addResponse(
  status: string,
  response: Value,
  where: Where,
  at: string,
  operation: Members,
  { document, parts, models }: OperationContext,
): void {
  const members = document.members(response, at);
  const headers = Object.keys(document.members(members.headers, `${at}.headers`));
  const inline = models.nameOf(members.schema, `${at}.schema`);
  const types = mediaTypes(operation.produces ?? document.root.produces);
  parts.add("aws_api_gateway_method_response", at, {
    ...where,
    status_code: status,
    response_parameters: Object.fromEntries(headers.map((name) => [`method.response.header.${name}`, false])),
    response_models:
      inline === undefined
        ? modelsOf(members.content, `${at}.content`, { document, models })
        : Object.fromEntries(types.map((type) => [type, inline])),
  });
}

function addIntegration(value: Value, where: Where, at: string, { document, parts }: OperationContext): void {
  const read = document.attributes(value, at);
  const type = read.string("type").toUpperCase();
  const isProxy = type.endsWith("_PROXY");
  const responses = document.members(read.value("responses"), `${at}.responses`);
  parts.add("aws_api_gateway_integration", at, {
    ...where,
    type,
    uri: read.optionalString("uri"),
    // Lambda's Invoke is a POST, whatever the document says or leaves out (ibid., the extension's page).
    integration_http_method:
      read.optionalString("httpMethod")?.toUpperCase() ?? (type === "AWS_PROXY" ? "POST" : undefined),
    credentials: read.optionalString("credentials"),
    passthrough_behavior: read.optionalString("passthroughBehavior")?.toUpperCase(),
    content_handling: read.optionalString("contentHandling")?.toUpperCase(),
    timeout_milliseconds: read.has("timeoutInMillis") ? read.number("timeoutInMillis") : undefined,
    connection_type: read.optionalString("connectionType")?.toUpperCase(),
    connection_id: read.optionalString("connectionId"),
    cache_namespace: read.optionalString("cacheNamespace"),
    cache_key_parameters: listOrNone(read, "cacheKeyParameters"),
    request_templates: mapOrNone(read, "requestTemplates"),
    request_parameters: requestParametersOf(read),
    tls_config: read.value("tlsConfig"),
  });
  // Of HTTP APIs alone; exports of REST APIs have it all the same.
  read.value("payloadFormatVersion");
  requireRead(read);
  // A proxy integration's answer is the function's: responses are never looked at.
  if (isProxy) return;
  for (const [pattern, response] of Object.entries(responses)) {
    const own = document.attributes(response, `${at}.responses.${pattern}`);
    parts.add("aws_api_gateway_integration_response", `${at}.responses.${pattern}`, {
      ...where,
      status_code: own.optionalString("statusCode") ?? "200",
      selection_pattern: pattern === "default" ? undefined : pattern,
      content_handling: own.optionalString("contentHandling")?.toUpperCase(),
      response_parameters: mapOrNone(own, "responseParameters"),
      response_templates: mapOrNone(own, "responseTemplates"),
    });
    requireRead(own);
  }
}

/** Those that are not texts are left out (recorded in localstack's AWS-validated tests: a warning of the import). */
function requestParametersOf(read: Attributes): Members | undefined {
  const parameters = read.value("requestParameters");
  if (!isMembers(parameters)) return mapOrNone(read, "requestParameters");
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => typeof value === "string"));
}

function mapOrNone(read: Attributes, key: string): Members | undefined {
  if (!read.has(key)) return undefined;
  const map = read.stringMap(key);
  const values = read.value(key);
  if (isMembers(values) && Object.values(values).some(isMembers)) read.fail(key, "a map of texts");
  return map;
}

function listOrNone(read: Attributes, key: string): string[] | undefined {
  return read.has(key) ? read.strings(key) : undefined;
}

function listOf(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : [];
}
