import type { InvocationResult } from "../../../kernel/function-invoker";
import { type HeaderList, headerValue } from "../../../kernel/headers";
import type { CustomIntegration, LambdaIntegration } from "../integrations";
import { callHttp, callService } from "./backend-integration";
import type { AtMethod } from "./exchange";
import { KINDS } from "./failures";
import { type CallOutcome, callFunction, functionName, sourceArn } from "./function-call";
import { type EdgeContext, type Outcome, pass, refuse, skip } from "./layer";
import { answerCustom, answerMock, invocationTypeOf } from "./mapped-integration";
import { mapRequest } from "./mapped-request";
import { proxyEvent } from "./proxy-event";
import { parseProxyResponse } from "./proxy-response";

/** Lambda's limit for the event of a synchronous invocation. */
const MAX_EVENT_BYTES = 6_291_456;

/** Answers for a mock or with what an endpoint says, or invokes the function: what its run came to is left in the exchange. */
export function integrate(exchange: AtMethod, edge: EdgeContext): Outcome | Promise<Outcome> {
  const { integration } = exchange.route.method;
  switch (integration.type) {
    case "MOCK":
      return answerMock(integration, exchange);
    case "AWS_PROXY":
      return invoke(integration, JSON.stringify(proxyEvent(exchange)), exchange, edge);
    case "AWS":
      return invokeMapped(integration, exchange, edge);
    case "SERVICE":
      return callService(integration, exchange, edge);
    case "HTTP":
    case "HTTP_PROXY":
      return callHttp(integration, exchange, edge);
  }
}

async function invokeMapped(
  integration: CustomIntegration,
  exchange: AtMethod,
  edge: EdgeContext,
): Promise<Outcome> {
  const mapped = await mapRequest(integration, exchange);
  if ("verdict" in mapped) return mapped;
  // Lambda does not take an empty event: a request without a body, passed through, is an empty object.
  const payload = mapped.payload.trim() === "" ? "{}" : mapped.payload;
  const isAsynchronous = invocationTypeOf(integration, exchange) === "Event";
  return invoke(integration, payload, exchange, edge, isAsynchronous);
}

async function invoke(
  integration: LambdaIntegration | CustomIntegration,
  payload: string,
  exchange: AtMethod,
  edge: EdgeContext,
  isAsynchronous = false,
): Promise<Outcome> {
  const { functionArn, roleArn, timeoutMs } = integration;
  const name = functionName(functionArn);
  const eventBytes = Buffer.byteLength(payload);
  const facts = { eventBytes, timeoutMs };
  if (eventBytes > MAX_EVENT_BYTES) return refuse(KINDS.eventTooLarge, `${name}: event above 6 MB`, facts);

  const call = { functionArn, roleArn, sourceArn: sourceArn(exchange), payload, timeoutMs, isAsynchronous };
  const called = await callFunction(call, exchange, edge);
  const { latencyMs } = called;
  exchange.integration = { status: statusOf(called), latencyMs };
  const found = { ...facts, latencyMs };
  switch (called.kind) {
    case "ran":
      exchange.run = called.run;
      return pass(name, found);
    case "queued":
      return pass(`${name}, which nobody waits for`, found);
    case "timeout":
      return refuse(KINDS.integrationTimeout, `${name}: no answer in ${timeoutMs} ms`, found);
    case "refused": {
      const { code, message, status } = called.error;
      // What a template made of the request is not JSON: Lambda's own answer goes to the client.
      if (code === "InvalidRequestContentException")
        return refuse({ ...KINDS.badEvent, message }, `${name}: the event is not JSON`, found);
      // No permission, no such function: the API's configuration is wrong. A throttled function is not there just now.
      const refusal = status === 429 ? KINDS.functionUnavailable : KINDS.misconfigured;
      return refuse(refusal, `${exchange.route.resource.path}: ${code}`, found);
    }
  }
}

function statusOf(called: CallOutcome): number | undefined {
  if (called.kind === "refused") return called.error.status;
  if (called.kind === "queued") return 202;
  return called.kind === "ran" ? 200 : undefined;
}

/** Reads what the function's run came to: its answer, or a 502 where it failed or its answer is malformed. */
export function readRun(exchange: AtMethod): Outcome | Promise<Outcome> {
  const { run, api, headers, ids, route } = exchange;
  const { integration } = route.method;
  if (integration.type !== "AWS" && integration.type !== "AWS_PROXY") return skip("no function was invoked");
  const name = functionName(integration.functionArn);
  const facts = run && {
    run: { name, requestId: run.requestId, durationMs: run.durationMs, ...coldStart(run) },
  };
  if (integration.type === "AWS") return answerCustom(integration, exchange, { name, facts: facts ?? {} });
  if (run === undefined || facts === undefined) return skip("no function was invoked");
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
