import { headerValue, mediaType } from "../../kernel/headers";
import type { RoutedExchange } from "./exchange-state";
import { failure, KINDS } from "./failures";
import type { ProxyResponse } from "./proxy-response";
import type { MockIntegration } from "./rest-api";

/**
 * Answers for a mock integration: the request template names a status code, the integration response that it selects
 * answers (Developer Guide, "Mock integrations for REST APIs in API Gateway").
 *
 * @throws GatewayFailure 415 where no template takes the content type and none may be passed through, 500 where nothing
 *   names a status code or no response is selected
 */
export function answerMock(integration: MockIntegration, { headers, body }: RoutedExchange): ProxyResponse {
  const contentType = mediaType(headerValue(headers, "Content-Type") ?? "application/json");
  const template = integration.requestTemplates.get(contentType);
  if (template === undefined && integration.passthroughNever) {
    throw failure(KINDS.unsupportedMediaType, "integration", "mock: no template for the content type");
  }
  const statusCode = readStatusCode(template ?? body.toString("utf8"));
  const matching = integration.answers.filter(({ selection }) => selection?.test(statusCode ?? ""));
  // Of several that match, the one with that very status answers (measured: ministackorg/ministack, pull request 1756).
  const answer =
    matching.find(({ status }) => String(status) === statusCode) ??
    matching[0] ??
    integration.answers.find(({ selection }) => selection === undefined);
  if (statusCode === undefined || answer === undefined) {
    throw failure(KINDS.misconfigured, "integration", "mock: no integration response for the status code");
  }
  const [first] = answer.templates;
  const json = answer.templates.get("application/json");
  const [type, text] = json === undefined ? (first ?? ["application/json", ""]) : ["application/json", json];
  const setsContentType = answer.headers.some(([name]) => name.toLowerCase() === "content-type");
  return {
    status: answer.status,
    headers: [...(setsContentType ? [] : [["Content-Type", type] as const]), ...answer.headers],
    body: Buffer.from(text),
  };
}

/** The digits of `{"statusCode": 200}`. The braces and quotes that VTL lets one leave out are left out in templates too. */
function readStatusCode(template: string): string | undefined {
  return /^\s*\{[^{}]*["']?statusCode["']?\s*:\s*["']?(\d{3})\b/.exec(template)?.[1];
}
