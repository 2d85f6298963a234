import type { InvocationResult } from "../../../kernel/function-invoker";
import { type HeaderList, headerValue, matchesMediaType, mediaType } from "../../../kernel/headers";
import type { LambdaIntegration, MockIntegration } from "../integrations";
import type { AtMethod } from "./exchange";
import { KINDS } from "./failures";
import { type CallOutcome, callFunction, functionName } from "./function-call";
import { type EdgeContext, type Outcome, pass, refuse, skip } from "./layer";
import { proxyEvent } from "./proxy-event";
import { parseProxyResponse } from "./proxy-response";

/** Lambda's limit for the event of a synchronous invocation. */
const MAX_EVENT_BYTES = 6_291_456;

/** Answers for a mock, or invokes the function and waits for it: what the run came to is left in the exchange. */
export function integrate(exchange: AtMethod, edge: EdgeContext): Outcome | Promise<Outcome> {
  const { integration } = exchange.route.method;
  return integration.type === "MOCK"
    ? answerMock(integration, exchange)
    : invoke(integration, exchange, edge);
}

async function invoke(
  integration: LambdaIntegration,
  exchange: AtMethod,
  edge: EdgeContext,
): Promise<Outcome> {
  const { functionArn, roleArn, timeoutMs } = integration;
  const name = functionName(functionArn);
  const payload = JSON.stringify(proxyEvent(exchange));
  const eventBytes = Buffer.byteLength(payload);
  const facts = { eventBytes, timeoutMs };
  if (eventBytes > MAX_EVENT_BYTES) return refuse(KINDS.eventTooLarge, `${name}: event above 6 MB`, facts);

  const call = { functionArn, roleArn, sourceArn: sourceArn(exchange), payload, timeoutMs };
  const called = await callFunction(call, exchange, edge);
  const { latencyMs } = called;
  exchange.integration = { status: statusOf(called), latencyMs };
  const found = { ...facts, latencyMs };
  switch (called.kind) {
    case "ran":
      exchange.run = called.run;
      return pass(name, found);
    case "timeout":
      return refuse(KINDS.integrationTimeout, `${name}: no answer in ${timeoutMs} ms`, found);
    case "refused": {
      const { error } = called;
      // No permission, no such function: the API's configuration is wrong. A throttled function is not there just now.
      const refusal = error.status === 429 ? KINDS.functionUnavailable : KINDS.misconfigured;
      return refuse(refusal, `${exchange.route.resource.path}: ${error.code}`, found);
    }
  }
}

function statusOf(called: CallOutcome): number | undefined {
  if (called.kind === "refused") return called.error.status;
  return called.kind === "ran" ? 200 : undefined;
}

/** `arn:aws:execute-api:<region>:<account>:<api>/<stage>/POST/lambda1`; path parameters are `*`, as in the console's permissions. */
function sourceArn({ api, stage, httpMethod, route }: AtMethod): string {
  const path = route.resource.path.replace(/\{[^}]*\}/g, "*");
  return `${api.executionArn}/${stage.name}/${httpMethod}${path}`;
}

/** Reads what the function's run came to: its answer, or a 502 where it failed or its answer is malformed. */
export function readRun(exchange: AtMethod): Outcome {
  const { run, api, headers, ids, route } = exchange;
  if (run === undefined || route.method.integration.type === "MOCK") return skip("no function was invoked");
  const name = functionName(route.method.integration.functionArn);
  const facts = { run: { name, requestId: run.requestId, durationMs: run.durationMs, ...coldStart(run) } };
  if (!run.ok) return refuse(KINDS.functionFailed, `${name}: ${CAUSES[run.cause]}`, facts);
  const answer = parseProxyResponse(run.payload, api.binaryMediaTypes, headerValue(headers, "Accept"));
  if (typeof answer === "string") {
    return refuse(KINDS.functionFailed, `${name}: malformed answer, ${answer}`, facts);
  }
  // As recorded from AWS: the trace goes back with a function's answer, not with a mock's or with a gateway response.
  const all: HeaderList = [...answer.headers, ["X-Amzn-Trace-Id", ids.answeredTrace]];
  return { verdict: "answered", answer: { ...answer, headers: all }, detail: name, facts };
}

const CAUSES = { error: "threw", timeout: "timed out", crash: "crashed" } as const;

const coldStart = ({ cold }: InvocationResult) => (cold === undefined ? {} : { cold });

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
  // Where several match, the one with that very status answers (measured: ministackorg/ministack, pull request 1756).
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
