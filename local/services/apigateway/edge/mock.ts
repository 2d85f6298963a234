import { headerValue, matchesMediaType, mediaType } from "../../../kernel/headers";
import type { MockIntegration } from "../integrations";
import type { AtMethod } from "./exchange";
import { KINDS } from "./failures";
import { type Outcome, refuse } from "./layer";

/**
 * Answers for a mock integration: the request template names a status code, the integration response that it selects
 * answers (Developer Guide, "Mock integrations for REST APIs in API Gateway"). 415 where no template takes the content
 * type and none may be passed through, 500 where nothing names a status code or no response is selected.
 */
export function answerMock(integration: MockIntegration, { headers, body, api }: AtMethod): Outcome {
  const contentType = mediaType(headerValue(headers, "Content-Type") ?? "application/json");
  // No template is applied to a binary payload; for "*/*" an empty one is binary, too (aws/chalice#1310).
  if (matchesMediaType(api.binaryMediaTypes, contentType) && !integration.convertsToText) {
    return refuse(KINDS.misconfigured, "mock: a binary payload, and no content_handling CONVERT_TO_TEXT");
  }
  const template = integration.requestTemplates.get(contentType);
  if (template === undefined && integration.passthroughNever) {
    return refuse(KINDS.unsupportedMediaType, "mock: no template for the content type");
  }
  const statusCode = readStatusCode(template ?? body.toString("utf8"));
  const matching = integration.answers.filter(({ selects }) => selects?.(statusCode ?? ""));
  // Of several that match, the one with that very status answers (measured: ministackorg/ministack, pull request 1756).
  const chosen =
    matching.find(({ status }) => String(status) === statusCode) ??
    matching[0] ??
    integration.answers.find(({ selects }) => selects === undefined);
  if (statusCode === undefined || chosen === undefined) {
    return refuse(KINDS.misconfigured, "mock: no integration response for the status code");
  }
  const [first] = chosen.templates;
  const json = chosen.templates.get("application/json");
  const [type, text] = json === undefined ? (first ?? ["application/json", ""]) : ["application/json", json];
  const setsContentType = chosen.headers.some(([name]) => name.toLowerCase() === "content-type");
  const answer = {
    status: chosen.status,
    headers: [...(setsContentType ? [] : [["Content-Type", type] as const]), ...chosen.headers],
    body: Buffer.from(text),
  };
  return { verdict: "answered", answer, detail: "mock" };
}

/** The digits of `{"statusCode": 200}`. The braces and quotes that VTL lets one leave out are left out in templates too. */
function readStatusCode(template: string): string | undefined {
  return /^\s*\{[^{}]*["']?statusCode["']?\s*:\s*["']?(\d{3})\b/.exec(template)?.[1];
}
