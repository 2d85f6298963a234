import type { JsonObject } from "../../../kernel/json";
import type { LambdaAuthorizer } from "../authorizers";
import type { RateLimit } from "../edge/token-bucket";
import { type ApiMethod, HTTP_METHODS } from "../methods";
import type { ApiResource } from "../resource-tree";
import type { RestApi } from "../rest-api";
import { ACCOUNT_LIMIT, settingsOf } from "../stages";
import { type ApiSources, headersOf, responsesOf } from "./responses";
import { reference, schemasOf } from "./schemas";

/** An OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.1.html). */
export type OpenApiDocument = JsonObject;

export interface OpenApiSources extends ApiSources {
  /** Where clients find the stage: `http://127.0.0.1:3000/development`. @default AWS's address */
  readonly url?: string;
}

/**
 * Describes a stage of an API as clients see it: paths, parameters, models, who may call, limits, and every answer that API
 * Gateway gives of its own, with its real body. What functions answer is described as far as the API's method responses say.
 */
export function openApiOf(sources: OpenApiSources): OpenApiDocument {
  const { api, stage } = sources;
  const description = api.attributes.optionalString("description");
  const url = sources.url ?? `https://${api.id}.execute-api.${api.region}.amazonaws.com/${stage.name}`;
  const resources = api.resources.filter(({ methods }) => methods.size > 0);
  return {
    openapi: "3.1.1",
    info: {
      title: api.attributes.string("name"),
      version: stage.name,
      ...(description === undefined ? {} : { description }),
    },
    servers: [{ url }],
    paths: Object.fromEntries(
      resources.map((resource) => [templateOf(resource), pathItem(resource, sources)]),
    ),
    components: {
      schemas: schemasOf(api, resources),
      headers: headersOf(api, sources.webAclAnswers),
      securitySchemes: securitySchemes(resources, api),
    },
  };
}

/** OpenAPI has no greedy parameter: `/{proxy+}` is `/{proxy}` there. */
function templateOf({ path }: ApiResource): string {
  return path.replaceAll("+}", "}");
}

function pathItem(resource: ApiResource, sources: OpenApiSources): JsonObject {
  const methods = [...resource.methods.values()].flatMap((method) => {
    const names = method.httpMethod === "ANY" ? HTTP_METHODS : [method.httpMethod];
    const own = names.filter((name) => name === method.httpMethod || !resource.methods.has(name));
    return own.map((name) => [name.toLowerCase(), operation(name, method, resource, sources)] as const);
  });
  const parameters = [...resource.path.matchAll(/\{([^}+]+)\+?\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  return { ...(parameters.length === 0 ? {} : { parameters }), ...Object.fromEntries(methods) };
}

function operation(
  httpMethod: string,
  method: ApiMethod,
  resource: ApiResource,
  sources: OpenApiSources,
): JsonObject {
  const parameters = parametersOf(method);
  const limits = limitsOf(method, resource, sources);
  const body = httpMethod === "GET" || httpMethod === "HEAD" ? undefined : requestBody(method);
  const description = method.attributes.optionalString("description");
  return {
    operationId: method.operationName ?? operationId(httpMethod, resource.path),
    summary: `${httpMethod} ${resource.path}`,
    ...(description === undefined ? {} : { description }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: body }),
    security: securityOf(method, sources),
    responses: responsesOf(method, resource.path, sources),
    "x-throttle": limits,
  };
}

/** `POST /users/{id}` as `postUsersId`. */
function operationId(httpMethod: string, path: string): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  return (
    httpMethod.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("")
  );
}

function parametersOf({ requestParameters }: ApiMethod): JsonObject[] {
  const places: Readonly<Record<string, string>> = { header: "header", querystring: "query" };
  return [...requestParameters].flatMap(([parameter, required]) => {
    const [, , place = "", ...name] = parameter.split(".");
    const within = places[place];
    // Path parameters are at the path; the authorizer's header is a security scheme.
    if (within === undefined || name.join(".").toLowerCase() === "authorization") return [];
    return [{ name: name.join("."), in: within, required, schema: { type: "string" } }];
  });
}

function requestBody({ requestModels, validates }: ApiMethod): JsonObject | undefined {
  if (requestModels.size === 0) return undefined;
  // `$default` is for every other content type; a body of it is read as JSON all the same.
  const types = [...requestModels].map(
    ([type, model]) => [type === "$default" ? JSON_TYPE : type, model] as const,
  );
  const content = [...new Map(types)].map(([type, model]) => [type, { schema: reference(model) }]);
  return { required: validates.body, content: Object.fromEntries(content) };
}

const JSON_TYPE = "application/json";
const API_KEY = "ApiKey";

function securityOf({ authorization, apiKeyRequired }: ApiMethod, { api }: OpenApiSources): JsonObject[] {
  const schemes = {
    ...(authorization === undefined ? {} : { [authorization.authorizer.name]: authorization.scopes }),
    ...(apiKeyRequired && api.apiKeySource === "HEADER" ? { [API_KEY]: [] } : {}),
  };
  return Object.keys(schemes).length === 0 ? [] : [schemes];
}

function securitySchemes(resources: readonly ApiResource[], { apiKeySource }: RestApi): JsonObject {
  const methods = resources.flatMap((resource) => [...resource.methods.values()]);
  const used = new Map(
    methods.flatMap(({ authorization }) =>
      authorization === undefined ? [] : [[authorization.authorizer.id, authorization] as const],
    ),
  );
  const tokens = [...used.values()].map(({ authorizer, scopes }) => {
    if (authorizer.type !== "COGNITO_USER_POOLS") return [authorizer.name, customScheme(authorizer)];
    const kind = scopes.length === 0 ? "ID token" : "access token";
    const pools = authorizer.userPoolArns.map((arn) => arn.slice(arn.indexOf("/") + 1)).join(", ");
    const description = `An ${kind} of the Cognito user pool ${pools}.`;
    return [
      authorizer.name,
      authorizer.header.toLowerCase() === "authorization"
        ? { type: "http", scheme: "bearer", bearerFormat: "JWT", description }
        : { type: "apiKey", in: "header", name: authorizer.header, description },
    ];
  });
  const key = {
    type: "apiKey",
    in: "header",
    name: "x-api-key",
    description: "A key of a usage plan for the stage.",
  };
  const needsKey = apiKeySource === "HEADER" && methods.some(({ apiKeyRequired }) => apiKeyRequired);
  return { ...Object.fromEntries(tokens), ...(needsKey ? { [API_KEY]: key } : {}) };
}

/**
 * What a Lambda authorizer asks for, with the extension by which API Gateway's own exports tell one. OpenAPI has one place
 * for an API key: the first identity source that clients send.
 */
function customScheme({ identitySources }: LambdaAuthorizer): JsonObject {
  const [first] = identitySources.flatMap((source) => {
    const [, place, name] = /^method\.request\.(header|querystring)\.(.+)$/.exec(source) ?? [];
    return name === undefined ? [] : [{ in: place === "header" ? "header" : "query", name }];
  });
  const sources = identitySources.length === 0 ? "" : ` It asks for ${identitySources.join(", ")}.`;
  return {
    type: "apiKey",
    // As API Gateway's exports name it where no header is asked for.
    ...(first ?? { in: "header", name: "Unused" }),
    description: `A function decides who may call.${sources}`,
    "x-amazon-apigateway-authtype": "custom",
  };
}

/** Requests a second and at once; the narrowest of what holds counts. */
function limitsOf(
  { httpMethod, apiKeyRequired }: ApiMethod,
  { path }: ApiResource,
  { api, stage, usagePlans }: OpenApiSources,
): JsonObject {
  const { rate, burst } = settingsOf(stage, path, [httpMethod]).limit ?? ACCOUNT_LIMIT;
  if (!apiKeyRequired) return { rate, burst };
  const perKey = usagePlans.flatMap(({ throttle, stages }) =>
    stages
      .filter((planned) => planned.apiId === api.id && planned.stage === stage.name)
      .map(({ methods }): RateLimit | undefined => methods.get(`${path}/${httpMethod}`) ?? throttle),
  );
  const [first] = perKey.filter((limit) => limit !== undefined);
  return {
    rate,
    burst,
    ...(first === undefined ? {} : { perKey: { rate: first.rate, burst: first.burst } }),
  };
}
