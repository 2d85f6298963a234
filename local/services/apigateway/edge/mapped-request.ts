import { headerValue, matchesMediaType, mediaType } from "../../../kernel/headers";
import type { Mapping } from "../mapping";
import type { MappingTemplate } from "../templates/mapping-template";
import { TemplateError, type Vtl } from "../templates/values";
import { inputOf, noOverrides, type Overrides, util } from "../templates/variables";
import { contextMap } from "./context-variables";
import type { AtMethod } from "./exchange";
import { KINDS } from "./failures";
import { type Outcome, refuse } from "./layer";

/**
 * What the integration gets: the body, or what the template for its content type makes of it. 415 where no template takes the
 * content type and none may be passed through (Developer Guide, "Method request behavior for payloads without mapping templates").
 */
export async function mapRequest(
  mapping: Mapping,
  exchange: AtMethod,
): Promise<{ readonly payload: string } | Outcome> {
  const { headers, body, api } = exchange;
  const { requestTemplates, passthrough } = mapping;
  const contentType = mediaType(headerValue(headers, "Content-Type") ?? "application/json");
  const isBinary = matchesMediaType(api.binaryMediaTypes, contentType);
  // No template is applied to a binary payload; for "*/*" an empty one is binary, too (aws/chalice#1310).
  if (isBinary && !mapping.convertsToText)
    return refuse(KINDS.misconfigured, "a binary payload, and no content_handling CONVERT_TO_TEXT");
  const payload = body.toString(isBinary ? "base64" : "utf8");
  const template = requestTemplates.get(contentType) ?? requestTemplates.get("$default");
  const refuses =
    passthrough === "NEVER" || (passthrough === "WHEN_NO_TEMPLATES" && requestTemplates.size > 0);
  if (template === undefined)
    return refuses ? refuse(KINDS.unsupportedMediaType, "no template for the content type") : { payload };
  const overrides = noOverrides();
  exchange.overrides = overrides;
  return attempt(async () => ({ payload: await rendered(template, payload, exchange, overrides) }));
}

/** What a template asks for and there is not, or too much of, is a 500. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | Outcome> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TemplateError) return refuse(KINDS.misconfigured, `template: ${error.message}`);
    throw error;
  }
}

export function rendered(
  template: MappingTemplate,
  payload: string,
  exchange: AtMethod,
  overrides: Overrides,
): Promise<string> {
  if (template.isConstant) return Promise.resolve(template.text);
  const { route, query, integrationHeaders, stage } = exchange;
  const parameters = {
    path: route.pathParameters,
    querystring: new Map(query),
    header: new Map(integrationHeaders),
  };
  const context = contextMap(exchange);
  context.set("requestOverride", overrides.request).set("responseOverride", overrides.response);
  const variables: [string, Vtl][] = [
    ["context", context],
    ["input", inputOf(payload, parameters)],
    ["stageVariables", new Map(stage.variables)],
    ["util", util],
  ];
  return template.render(new Map(variables));
}
