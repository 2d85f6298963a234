import type { Attributes } from "../../deployment/attributes";
import type { Members } from "../../kernel/input";
import type { ApiMethod } from "./methods";
import type { ApiResource } from "./resource-tree";
import type { RestApi } from "./rest-api";

/** The shapes of API Gateway's API, members as its service model spells them; members that are not set are left out. */
export const compact = (members: Members): Members =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

export const mapOrNone = (attributes: Attributes, key: string) =>
  attributes.has(key) && Object.keys(attributes.stringMap(key)).length > 0
    ? attributes.stringMap(key)
    : undefined;

export function restApiView(api: RestApi, createdDate: number): Members {
  const { attributes } = api;
  const endpoint = attributes.block("endpoint_configuration");
  const binaryMediaTypes = api.binaryMediaTypes.length > 0 ? api.binaryMediaTypes : undefined;
  return compact({
    id: api.id,
    name: attributes.string("name"),
    description: attributes.optionalString("description"),
    createdDate,
    binaryMediaTypes,
    apiKeySource: api.apiKeySource,
    endpointConfiguration: { types: endpoint?.strings("types") ?? ["EDGE"], ipAddressType: "ipv4" },
    tags: attributes.tags(),
    disableExecuteApiEndpoint: false,
    rootResourceId: api.resources[0]?.id,
  });
}

export function resourceView(resource: ApiResource, withMethods: boolean): Members {
  const methods = [...resource.methods.values()];
  return compact({
    id: resource.id,
    parentId: resource.parentId,
    pathPart: resource.pathPart,
    path: resource.path,
    resourceMethods:
      methods.length === 0
        ? undefined
        : Object.fromEntries(
            methods.map((method) => [method.httpMethod, withMethods ? methodView(method) : {}]),
          ),
  });
}

export function methodView(method: ApiMethod): Members {
  const { authorization, attributes } = method;
  return compact({
    httpMethod: method.httpMethod,
    authorizationType:
      authorization === undefined
        ? "NONE"
        : authorization.authorizer.type === "COGNITO_USER_POOLS"
          ? "COGNITO_USER_POOLS"
          : "CUSTOM",
    authorizerId: authorization?.authorizer.id,
    apiKeyRequired: method.apiKeyRequired,
    requestValidatorId: attributes.optionalString("request_validator_id"),
    operationName: method.operationName,
    requestParameters:
      method.requestParameters.size > 0 ? Object.fromEntries(method.requestParameters) : undefined,
    requestModels: mapOrNone(attributes, "request_models"),
    methodResponses: byStatus(method.responses, (response) => ({
      statusCode: response.string("status_code"),
      responseParameters: booleans(mapOrNone(response, "response_parameters")),
      responseModels: mapOrNone(response, "response_models"),
    })),
    methodIntegration: integrationView(method),
    authorizationScopes: authorization?.scopes.length ? authorization.scopes : undefined,
  });
}

function integrationView({ integration }: ApiMethod): Members {
  const { attributes } = integration;
  return compact({
    type: attributes.string("type"),
    httpMethod: attributes.optionalString("integration_http_method"),
    uri: attributes.optionalString("uri"),
    credentials: attributes.optionalString("credentials"),
    requestTemplates: mapOrNone(attributes, "request_templates"),
    passthroughBehavior: attributes.optionalString("passthrough_behavior") ?? "WHEN_NO_MATCH",
    timeoutInMillis: integration.timeoutMs,
    cacheNamespace: attributes.optionalString("cache_namespace") ?? attributes.string("resource_id"),
    cacheKeyParameters: attributes.strings("cache_key_parameters"),
    integrationResponses: byStatus(integration.responses, (response) => ({
      statusCode: response.string("status_code"),
      selectionPattern: response.optionalString("selection_pattern"),
      responseParameters: mapOrNone(response, "response_parameters"),
      responseTemplates: mapOrNone(response, "response_templates"),
    })),
  });
}

function byStatus(
  responses: readonly Attributes[],
  view: (response: Attributes) => Members,
): Members | undefined {
  if (responses.length === 0) return undefined;
  return Object.fromEntries(
    responses.map((response) => [response.string("status_code"), compact(view(response))]),
  );
}

const booleans = (map: Readonly<Record<string, string>> | undefined) =>
  map && Object.fromEntries(Object.entries(map).map(([name, value]) => [name, value === "true"]));
