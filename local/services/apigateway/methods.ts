import { type Attributes, DeploymentError } from "../../deployment/attributes";
import type { Deployment, Resource } from "../../deployment/deployment";
import type { Authorizer } from "./authorizers";
import { type Integration, readIntegration } from "./integrations";

/** The methods that `ANY` means, too. */
export const HTTP_METHODS = ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD"];

export interface ApiMethod {
  /** `POST`, or `ANY`. */
  readonly httpMethod: string;
  readonly attributes: Attributes;
  /** `undefined`: open to everybody. */
  readonly authorization: MethodAuthorization | undefined;
  readonly apiKeyRequired: boolean;
  readonly operationName: string | undefined;
  /** `method.request.header.X` → whether it is required. */
  readonly requestParameters: ReadonlyMap<string, boolean>;
  /** Content type, or `$default` → model name. */
  readonly requestModels: ReadonlyMap<string, string>;
  readonly validates: { readonly body: boolean; readonly parameters: boolean };
  readonly responses: readonly Attributes[];
  readonly integration: Integration;
}

export interface MethodAuthorization {
  readonly authorizer: Authorizer;
  /** With scopes the client must bring an access token that has one of them, without an ID token. */
  readonly scopes: readonly string[];
}

/** What methods refer to, by id. */
export interface MethodReferences {
  readonly authorizers: ReadonlyMap<string, Authorizer>;
  readonly modelNames: ReadonlySet<string>;
}

/** Reads an API's methods: for the id of a resource, its methods by HTTP method. */
export function readMethods(
  deployment: Deployment,
  apiId: string,
  references: MethodReferences,
): (resourceId: string) => ReadonlyMap<string, ApiMethod> {
  const ofApi = (type: string) =>
    deployment.ofType(type).filter((resource) => resource.string("rest_api_id") === apiId);
  const methods = ofApi("aws_api_gateway_method");
  const integrations = ofApi("aws_api_gateway_integration");
  const integrationResponses = ofApi("aws_api_gateway_integration_response");
  const methodResponses = ofApi("aws_api_gateway_method_response");
  requireMethods([...integrations, ...integrationResponses, ...methodResponses], methods);
  refuseTwinMethods(methods);
  const validators = new Map(
    ofApi("aws_api_gateway_request_validator").map((validator) => [
      validator.string("id"),
      readValidator(validator),
    ]),
  );
  return (resourceId) =>
    new Map(
      methods
        .filter((method) => method.string("resource_id") === resourceId)
        .map((method) => {
          const integration = integrations.find(sameMethod(method));
          if (integration === undefined) {
            throw new DeploymentError(
              `${method.address}: the method has no aws_api_gateway_integration; add one`,
            );
          }
          const responses = methodResponses.filter(sameMethod(method));
          for (const response of responses) requireHeaders(response);
          const httpMethod = readHttpMethod(method);
          return [
            httpMethod,
            {
              httpMethod,
              attributes: method,
              authorization: readAuthorization(method, references.authorizers),
              apiKeyRequired: method.boolean("api_key_required", false),
              operationName: method.optionalString("operation_name"),
              requestParameters: readParameters(method),
              requestModels: readModels(method, references.modelNames),
              validates: validatesOf(method, validators),
              responses,
              integration: readIntegration(
                integration,
                integrationResponses.filter(sameMethod(method)),
                responses,
                deployment,
              ),
            },
          ];
        }),
    );
}

/** API reference, `PutMethodResponse`: `method.response.header.{name}`. */
function requireHeaders(response: Attributes): void {
  const names = Object.keys(response.stringMap("response_parameters"));
  if (names.some((name) => !/^method\.response\.header\.[^\s,]+$/.test(name)))
    response.fail("response_parameters", "a map from method.response.header.<name> to true or false");
}

function readHttpMethod(method: Attributes): string {
  const httpMethod = method.string("http_method");
  if (httpMethod === "ANY" || HTTP_METHODS.includes(httpMethod)) return httpMethod;
  // As recorded in localstack's AWS-validated tests, `test_put_method_validation`.
  return method.refuse(
    "http_method",
    `Invalid HttpMethod specified. Valid options are ${[...HTTP_METHODS, "ANY"].join(",")}`,
  );
}

/** What belongs to a method that is not there; AWS's reason as recorded in `test_put_integration_response_validation`. */
function requireMethods(parts: readonly Resource[], methods: readonly Resource[]): void {
  for (const part of parts) {
    if (!methods.some(sameMethod(part))) part.refuse("http_method", "Invalid Method identifier specified");
  }
}

function refuseTwinMethods(methods: readonly Resource[]): void {
  const twin = methods.find((method, index) => methods.slice(0, index).some(sameMethod(method)));
  twin?.refuse("http_method", "Method already exists for this resource");
}

function sameMethod(method: Attributes): (other: Attributes) => boolean {
  return (other) =>
    other.string("resource_id") === method.string("resource_id") &&
    other.string("http_method") === method.string("http_method");
}

function readAuthorization(
  method: Attributes,
  authorizers: ReadonlyMap<string, Authorizer>,
): MethodAuthorization | undefined {
  // Terraform asks for the argument; to take both out of the synthesized JSON is to take the authorizer out.
  const open = !method.has("authorization") && !method.has("authorizer_id");
  const type = open ? "NONE" : method.string("authorization");
  if (type === "NONE") return undefined;
  if (type !== "COGNITO_USER_POOLS" && type !== "CUSTOM") {
    throw new DeploymentError(
      `${method.address}: authorization ${type} is not supported locally; use COGNITO_USER_POOLS, CUSTOM or NONE`,
    );
  }
  // AWS refuses such a method too: "Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer."
  const authorizer = authorizers.get(method.optionalString("authorizer_id") ?? "");
  const isCustom = type === "CUSTOM";
  if (authorizer === undefined || (authorizer.type !== "COGNITO_USER_POOLS") !== isCustom) {
    return method.fail(
      "authorizer_id",
      `the id of an authorizer of the same API and of the type ${isCustom ? "TOKEN or REQUEST" : "COGNITO_USER_POOLS"} ` +
        '(for a method that anybody may call, set authorization to "NONE")',
    );
  }
  // "Used with a COGNITO_USER_POOLS authorizer" (API reference, `Method`): no function is asked about scopes.
  const scopes = method.strings("authorization_scopes");
  return { authorizer, scopes: isCustom ? [] : scopes };
}

function readParameters(method: Attributes): ReadonlyMap<string, boolean> {
  const parameters = Object.entries(method.stringMap("request_parameters"));
  for (const [name] of parameters) {
    if (!/^method\.request\.(?:header|querystring|path)\../.test(name)) {
      method.fail("request_parameters", "a map from method.request.{header,querystring,path}.<name>");
    }
  }
  const names = parameters.map(([name]) => name.split(".").slice(3).join("."));
  if (new Set(names).size < names.length) {
    // As recorded in localstack's AWS-validated tests, `test_method_request_parameters`.
    method.refuse("request_parameters", "Parameter names must be unique across querystring, header and path");
  }
  return new Map(parameters.map(([name, required]) => [name, required === "true"]));
}

function readModels(method: Attributes, known: ReadonlySet<string>): ReadonlyMap<string, string> {
  const models = Object.entries(method.stringMap("request_models"));
  for (const [, name] of models) {
    if (!known.has(name)) method.fail("request_models", "a map to names of models of the same API");
  }
  return new Map(models.map(([contentType, name]) => [contentType.toLowerCase(), name]));
}

function readValidator(validator: Attributes): ApiMethod["validates"] {
  return {
    body: validator.boolean("validate_request_body", false),
    parameters: validator.boolean("validate_request_parameters", false),
  };
}

function validatesOf(
  method: Attributes,
  validators: ReadonlyMap<string, ApiMethod["validates"]>,
): ApiMethod["validates"] {
  const id = method.optionalString("request_validator_id");
  if (id === undefined) return { body: false, parameters: false };
  return validators.get(id) ?? method.fail("request_validator_id", "the id of a validator of the same API");
}
