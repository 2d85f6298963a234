import type { Attributes } from "../../../deployment/attributes";
import { type JsonObject, parseJson } from "../../../kernel/json";
import type { CustomResponse } from "../../../kernel/web-acl-inspection";
import { KINDS, type Refusal } from "../edge/failures";
import { DEFAULT_TEMPLATE, type GatewayResponse } from "../gateway-responses";
import type { ApiMethod } from "../methods";
import type { RestApi } from "../rest-api";
import type { Stage } from "../stages";
import type { UsagePlan } from "../usage-plans";
import { reference } from "./schemas";

/** What an OpenAPI document describes. */
export interface ApiSources {
  readonly api: RestApi;
  readonly stage: Stage;
  readonly usagePlans: readonly UsagePlan[];
  /** What the stage's web ACL may answer of its own. */
  readonly webAclAnswers: readonly CustomResponse[];
}

/**
 * Every answer of a method: what its method responses say of the integration's, and what API Gateway may answer of its own,
 * each with its real body as an example.
 */
export function responsesOf(method: ApiMethod, path: string, sources: ApiSources): JsonObject {
  const responses = new Map(
    method.responses.map((response) => [response.string("status_code"), declared(response)]),
  );
  const declaresSuccess = [...responses.keys()].some((status) => status.startsWith("2"));
  for (const [name, refusal] of refusalsOf(method, path, sources)) {
    const shape = shapeOf(refusal, sources.api);
    const status = String(shape?.status ?? refusal.status);
    const response = responses.get(status) ?? { headers: new Set(), content: new Map() };
    for (const [header] of shape?.headers ?? []) response.headers.add(header);
    const [type, value] = exampleOf(refusal, shape);
    const known = response.content.get(type) ?? { schema: schemaOfError(type), examples: {} };
    response.content.set(type, { ...known, examples: { ...known.examples, [name]: { value } } });
    responses.set(status, response);
  }
  for (const [index, { status, headers, contentType, body }] of sources.webAclAnswers.entries()) {
    const response = responses.get(String(status)) ?? { headers: new Set(), content: new Map() };
    for (const [header] of headers) response.headers.add(header);
    if (contentType !== undefined && body !== undefined) {
      const known = response.content.get(contentType) ?? { schema: {}, examples: {} };
      const example = { value: contentType === "application/json" ? (parseJson(body) ?? body) : body };
      response.content.set(contentType, {
        // Its shape is the rule's own, whatever else has that status.
        schema: {},
        examples: { ...known.examples, [`webAcl${index + 1}`]: example },
      });
    }
    responses.set(String(status), response);
  }
  return {
    ...Object.fromEntries([...responses].map(([status, response]) => [status, spelled(status, response)])),
    ...(declaresSuccess ? {} : { default: { description: "What the integration answers." } }),
  };
}

/** The headers that answers carry, by name, with their value where it is always the same. */
export function headersOf(
  { gatewayResponses, resources }: RestApi,
  webAclAnswers: readonly CustomResponse[],
): JsonObject {
  const declaredNames = resources
    .flatMap(({ methods }) => [...methods.values()])
    .flatMap(({ responses }) => responses.flatMap((response) => [...declared(response).headers]));
  // What an integration sends varies.
  const values = new Map(declaredNames.map((name) => [name, new Set(["", name])]));
  for (const [name, expression] of [...gatewayResponses.values()].flatMap(({ headers }) => headers)) {
    values.set(name, (values.get(name) ?? new Set()).add(expression));
  }
  for (const [name, value] of webAclAnswers.flatMap(({ headers }) => headers)) {
    values.set(name, (values.get(name) ?? new Set()).add(`'${value}'`));
  }
  return Object.fromEntries(
    [...values].map(([name, expressions]) => {
      const constants = [...expressions].map((expression) => /^'(.*)'$/s.exec(expression)?.[1]);
      const [constant] = constants;
      return [
        name,
        {
          schema: {
            type: "string",
            ...(constants.length === 1 && constant !== undefined ? { const: constant } : {}),
          },
        },
      ];
    }),
  );
}

interface Response {
  readonly headers: Set<string>;
  readonly content: Map<string, { readonly schema: JsonObject; readonly examples: JsonObject }>;
}

/** What a method response says of the integration's answers. */
function declared(response: Attributes): Response {
  const models = Object.entries(response.stringMap("response_models"));
  const headers = Object.keys(response.stringMap("response_parameters")).flatMap(
    (parameter) => /^method\.response\.header\.(.+)$/.exec(parameter)?.[1] ?? [],
  );
  return {
    headers: new Set(headers),
    content: new Map(models.map(([type, model]) => [type, { schema: reference(model), examples: {} }])),
  };
}

function spelled(status: string, { headers, content }: Response): JsonObject {
  const named = [...headers].map((name) => [name, { $ref: `#/components/headers/${name}` }]);
  const media = [...content].map(([type, { schema, examples }]) => [
    type,
    { schema, ...(Object.keys(examples).length === 0 ? {} : { examples }) },
  ]);
  return {
    description: REASONS[status] ?? `Status ${status}`,
    ...(named.length === 0 ? {} : { headers: Object.fromEntries(named) }),
    ...(media.length === 0 ? {} : { content: Object.fromEntries(media) }),
  };
}

/** HTTP's own names (RFC 9110). */
const REASONS: Readonly<Record<string, string>> = {
  200: "OK",
  201: "Created",
  202: "Accepted",
  204: "No Content",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** Each way in which API Gateway may refuse a request to the method. */
function refusalsOf(
  method: ApiMethod,
  path: string,
  { api, stage, usagePlans }: ApiSources,
): readonly (readonly [name: string, refusal: Refusal])[] {
  const { authorization, apiKeyRequired, validates, requestParameters, requestModels, integration } = method;
  const required = [...requestParameters].filter(([, isRequired]) => isRequired);
  const names = required.map(([parameter]) => parameter.split(".").slice(3).join(".")).sort();
  const hasQuota = usagePlans.some(
    ({ quota, stages }) =>
      quota !== undefined &&
      stages.some((planned) => planned.apiId === api.id && planned.stage === stage.name),
  );
  const isCognito = authorization?.authorizer.type === "COGNITO_USER_POOLS";
  const isLambda = authorization !== undefined && !isCognito;
  const runsFunction = "functionArn" in integration;
  const isProxy = integration.type === "AWS_PROXY";
  const callsEndpoint = "backend" in integration;
  const possible: readonly (readonly [string, Refusal, boolean])[] = [
    ["malformedRequest", KINDS.malformedRequest, true],
    ["headersTooLarge", KINDS.headersTooLarge, true],
    ["bodyTooLarge", KINDS.bodyTooLarge, true],
    ["wafFiltered", KINDS.wafFiltered, stage.webAclArn !== undefined],
    // A parameter in the path that is empty leads to another resource.
    ["noRoute", KINDS.noRoute, path.includes("{")],
    ["unauthorized", KINDS.unauthorized, authorization !== undefined],
    ["expiredToken", KINDS.expiredToken, isCognito],
    ["accessDenied", { ...KINDS.accessDenied, message: DENIED }, isLambda],
    ["authorizerMisconfigured", KINDS.authorizerMisconfigured, isLambda],
    ["authorizerFailed", KINDS.authorizerFailed, isLambda],
    ["invalidApiKey", KINDS.invalidApiKey, apiKeyRequired],
    ["throttled", KINDS.throttled, true],
    ["quotaExceeded", KINDS.quotaExceeded, apiKeyRequired && hasQuota],
    [
      "badParameters",
      { ...KINDS.badParameters, message: `Missing required request parameters: [${names.join(", ")}]` },
      validates.parameters && names.length > 0,
    ],
    ["badBody", KINDS.badBody, validates.body && requestModels.size > 0],
    ["unsupportedMediaType", KINDS.unsupportedMediaType, !integration.type.endsWith("_PROXY")],
    ["eventTooLarge", KINDS.eventTooLarge, runsFunction],
    ["integrationTimeout", KINDS.integrationTimeout, runsFunction || callsEndpoint],
    ["integrationFailed", KINDS.integrationFailed, callsEndpoint],
    ["functionFailed", KINDS.functionFailed, isProxy],
    ["functionUnavailable", KINDS.functionUnavailable, true],
  ];
  return possible.flatMap(([name, refusal, isPossible]) => (isPossible ? [[name, refusal] as const] : []));
}

const DENIED =
  "User is not authorized to access this resource with an explicit deny in an identity-based policy";

function shapeOf(refusal: Refusal, { gatewayResponses }: RestApi): GatewayResponse | undefined {
  if (refusal.isPlainText === true || refusal.status === 413) return undefined;
  const family = refusal.status >= 500 ? "DEFAULT_5XX" : "DEFAULT_4XX";
  return gatewayResponses.get(refusal.type) ?? gatewayResponses.get(family);
}

/** Without a template of its own an error has AWS's shape. */
function schemaOfError(contentType: string): JsonObject {
  return contentType === "application/json" ? reference("Error") : { type: "string" };
}

/** The body as the gateway response shapes it. Variables of a request stay as they are written. */
function exampleOf(
  refusal: Refusal,
  shape: GatewayResponse | undefined,
): readonly [contentType: string, value: unknown] {
  if (refusal.isPlainText === true) return ["text/plain", refusal.message];
  const templates = [...(shape?.templates ?? [])];
  // The default body spells its member as AWS does; a template of the API's own its own way.
  if (templates.length === 0 && refusal.messageKey !== undefined)
    return ["application/json", { [refusal.messageKey]: refusal.message }];
  const [type, template] = templates.find(([contentType]) => contentType === "application/json") ??
    templates[0] ?? ["application/json", DEFAULT_TEMPLATE];
  const text = template
    .replaceAll("$context.error.messageString", JSON.stringify(refusal.message))
    .replaceAll("$context.error.message", refusal.message ?? "")
    .replaceAll("$context.error.responseType", refusal.type);
  return [type, parseJson(text) ?? text];
}
