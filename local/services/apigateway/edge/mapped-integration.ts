import { isObject, parseJson } from "../../../kernel/json";
import type { Facts } from "../../../kernel/trace";
import type { CustomIntegration, MockIntegration } from "../integrations";
import { toText } from "../templates/values";
import { mappedValue } from "./answers";
import type { AtMethod } from "./exchange";
import { KINDS } from "./failures";
import { type Outcome, refuse } from "./layer";
import { defaultOf, mappedAnswer } from "./mapped-answer";
import { mapRequest } from "./mapped-request";

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
  return mappedAnswer(chosen, Buffer.alloc(0), exchange, {
    detail: "mock",
    facts: {},
    received: [],
    more: [],
  });
}

/** The digits of `{"statusCode": 200}`. The braces and quotes that VTL lets one leave out are left out in templates too. */
function readStatusCode(template: string): string | undefined {
  return /^\s*\{[^{}]*["']?statusCode["']?\s*:\s*["']?(\d{3})\b/.exec(template)?.[1];
}

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
  return mappedAnswer(chosen, Buffer.from(run?.payload ?? ""), exchange, {
    detail: name,
    facts,
    // Lambda's own answer to a call has one header of use.
    received: [["Content-Type", "application/json"]],
    more: [["X-Amzn-Trace-Id", ids.answeredTrace]],
  });
}
