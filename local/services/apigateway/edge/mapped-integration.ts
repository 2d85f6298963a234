import { type HeaderList, headerValue, matchesMediaType, mediaType } from "../../../kernel/headers";
import { isObject, parseJson } from "../../../kernel/json";
import type { Facts } from "../../../kernel/trace";
import type { CustomIntegration, MockIntegration } from "../integrations";
import type { MappedAnswer, Mapping } from "../mapping";
import { jsonPath } from "../templates/json-path";
import type { MappingTemplate } from "../templates/mapping-template";
import { bounded, TemplateError, toText, type Vtl, VtlList } from "../templates/values";
import { inputOf, noOverrides, type Overrides, util } from "../templates/variables";
import { chooseTemplate, mappedValue } from "./answers";
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
async function attempt<T>(work: () => Promise<T>): Promise<T | Outcome> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TemplateError) return refuse(KINDS.misconfigured, `template: ${error.message}`);
    throw error;
  }
}

function rendered(
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

/** `Event` where the caller does not wait, by a mapped header or by a template. */
export function invocationTypeOf(
  { invocationType }: CustomIntegration,
  exchange: AtMethod,
): string | undefined {
  const headers = exchange.overrides?.request.get("header");
  const own = headers instanceof Map ? headers.get("X-Amz-Invocation-Type") : undefined;
  if (own !== undefined) return toText(own);
  return invocationType === undefined ? undefined : mappedValue(invocationType, exchange);
}

/**
 * Answers for a mock integration: the request template names a status code, the integration response that it selects
 * answers (Developer Guide, "Mock integrations for REST APIs in API Gateway"). 500 where nothing names a status code or no
 * response is selected.
 */
export async function answerMock(integration: MockIntegration, exchange: AtMethod): Promise<Outcome> {
  const mapped = await mapRequest(integration, exchange);
  if ("verdict" in mapped) return mapped;
  const statusCode = readStatusCode(mapped.payload);
  const matching = integration.answers.filter(({ selects }) => selects?.(statusCode ?? ""));
  // Where several match, the one with that very status answers (measured: ministackorg/ministack, pull request 1756).
  const chosen =
    matching.find(({ status }) => String(status) === statusCode) ?? matching[0] ?? defaultOf(integration);
  if (statusCode === undefined || chosen === undefined)
    return refuse(KINDS.misconfigured, "mock: no integration response for the status code");
  return answer(chosen, "", exchange, { detail: "mock", facts: {}, more: [] });
}

/** The digits of `{"statusCode": 200}`. The braces and quotes that VTL lets one leave out are left out in templates too. */
function readStatusCode(template: string): string | undefined {
  return /^\s*\{[^{}]*["']?statusCode["']?\s*:\s*["']?(\d{3})\b/.exec(template)?.[1];
}

const defaultOf = ({ answers }: Mapping) => answers.find(({ selects }) => selects === undefined);

/**
 * Answers with what the function said: the integration response whose pattern matches the whole message of its error, or the
 * default one, which also takes errors that no pattern does (Developer Guide, "Handle Lambda errors in API Gateway"; localstack's
 * AWS-validated tests, `test_lambda_selection_patterns`).
 */
export async function answerCustom(
  integration: CustomIntegration,
  exchange: AtMethod,
  { name, facts }: { readonly name: string; readonly facts: Facts },
): Promise<Outcome> {
  const { run, ids } = exchange;
  const error = run === undefined || run.ok ? undefined : parseJson(run.payload);
  const message = isObject(error) ? String(error.errorMessage ?? "") : undefined;
  const chosen =
    (message === undefined ? undefined : integration.answers.find(({ selects }) => selects?.(message))) ??
    defaultOf(integration);
  if (chosen === undefined)
    return refuse(KINDS.misconfigured, `${name}: no integration response for what it answered`, facts);
  const more: HeaderList = [["X-Amzn-Trace-Id", ids.answeredTrace]];
  return answer(chosen, run?.payload ?? "", exchange, { detail: name, facts, more });
}

async function answer(
  chosen: MappedAnswer,
  payload: string,
  exchange: AtMethod,
  { detail, facts, more }: { readonly detail: string; readonly facts: Facts; readonly more: HeaderList },
): Promise<Outcome> {
  const template = chooseTemplate(chosen.templates, exchange.headers);
  const overrides = exchange.overrides ?? noOverrides();
  const made = await attempt(async () => ({
    body: template === undefined ? payload : await rendered(template.chosen, payload, exchange, overrides),
    mapped: bounded(() => headersOf(chosen, payload, exchange)),
  }));
  if ("verdict" in made) return { ...made, facts };
  const { body, mapped } = made;
  const headers = overridden(mapped, overrides);
  const setsContentType = headers.some(([name]) => name.toLowerCase() === "content-type");
  const contentType = template?.contentType ?? "application/json";
  return {
    verdict: "answered",
    answer: {
      status: statusOf(overrides) ?? chosen.status,
      headers: [...(setsContentType ? [] : [["Content-Type", contentType] as const]), ...headers, ...more],
      body: Buffer.from(body),
    },
    detail,
    facts,
  };
}

function headersOf(chosen: MappedAnswer, payload: string, exchange: AtMethod): HeaderList {
  return chosen.headers.flatMap(([name, expression]) => {
    const value = answerValue(expression, payload, exchange);
    return value === undefined ? [] : [[name, value] as const];
  });
}

/** Where a response header's value comes from. Lambda's own answer to a call has one header of use, its content type. */
function answerValue(expression: string, payload: string, exchange: AtMethod): string | undefined {
  const [, place = "", rest = ""] =
    /^integration\.response\.(header|multivalueheader|body)\.?(.*)$/s.exec(expression) ?? [];
  if (place === "") return mappedValue(expression, exchange);
  if (place !== "body") return rest.toLowerCase() === "content-type" ? "application/json" : undefined;
  if (rest === "") return headerText(payload);
  const value = jsonPath(parseJson(payload), `$.${rest}`);
  if (value === undefined || value === null) return undefined;
  return headerText(typeof value === "string" ? value : JSON.stringify(value));
}

/** No header may have a line break, or other characters than these. */
const headerText = (text: string) => text.replace(/[^\x20-\x7e\xa0-\xff]/g, "");

/** `$context.responseOverride.header`: in place of a mapped header of the name. A list is sent header by header. */
function overridden(mapped: HeaderList, { response }: Overrides): HeaderList {
  const own = response.get("header");
  const pairs = (own instanceof Map ? [...own] : []).flatMap(([name, value]) =>
    (value instanceof VtlList ? value.items : [value]).map(
      (item) => [name, headerText(toText(item))] as const,
    ),
  );
  const valid = pairs.filter(([name]) => /^[!#$%&'*+.^_`|~\w-]+$/.test(name));
  const names = new Set(valid.map(([name]) => name.toLowerCase()));
  return [...mapped.filter(([name]) => !names.has(name.toLowerCase())), ...valid];
}

/** "AWS ignores the status if the override isn't an integer" of HTTP (localstack, `integration_response.py`). */
function statusOf({ response }: Overrides): number | undefined {
  const status = response.get("status");
  return typeof status === "number" && Number.isInteger(status) && status >= 200 && status <= 599
    ? status
    : undefined;
}
