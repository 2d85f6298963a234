import { AwsError } from "../../../kernel/aws-error";
import type { HeaderList } from "../../../kernel/headers";
import { ResponseTooLarge, sendHttp } from "../../../kernel/http-client";
import { type HttpResponse, jsonResponse } from "../../../kernel/http-message";
import { within } from "../../../kernel/within";
import type { HttpIntegration, ServiceIntegration } from "../integrations";
import { type BackendRequest, mappedBackendRequest, proxiedRequest, UnfilledPlace } from "./backend-request";
import type { AtMethod } from "./exchange";
import { KINDS } from "./failures";
import { sourceArn } from "./function-call";
import { type EdgeContext, type Outcome, refuse } from "./layer";
import { defaultOf, mappedAnswer } from "./mapped-answer";
import { attempt, mapRequest } from "./mapped-request";
import { requireAllowed, serviceRequest } from "./service-request";

/** Developer Guide, "Amazon API Gateway quotas": the most that a payload may have. */
const MOST_BYTES = 10_485_760;

/** Sends the request to an HTTP endpoint, and answers with what it says. */
export async function callHttp(
  integration: HttpIntegration,
  exchange: AtMethod,
  edge: EdgeContext,
): Promise<Outcome> {
  const { backend } = integration;
  if (integration.type === "HTTP_PROXY") {
    const request = await prepared(() => proxiedRequest(backend, exchange));
    if ("verdict" in request) return request;
    const sent = await send(integration, request, exchange, edge);
    return "verdict" in sent ? sent : proxiedAnswer(sent);
  }
  const mapped = await mapRequest(integration, exchange);
  if ("verdict" in mapped) return mapped;
  const request = await prepared(() => mappedBackendRequest(backend, mapped.payload, exchange));
  if ("verdict" in request) return request;
  const sent = await send(integration, request, exchange, edge);
  return "verdict" in sent ? sent : answerByStatus(integration, sent, exchange);
}

/** Calls a service of AWS as the integration's role, and answers with what it says. */
export async function callService(
  integration: ServiceIntegration,
  exchange: AtMethod,
  edge: EdgeContext,
): Promise<Outcome> {
  const { backend, roleArn } = integration;
  const mapped = await mapRequest(integration, exchange);
  if ("verdict" in mapped) return mapped;
  const endpoint = edge.endpointOf(backend.service);
  if (endpoint === undefined) return refuse(KINDS.misconfigured, `${backend.service} has no endpoint here`);
  const caller = {
    kind: "service",
    service: "apigateway.amazonaws.com",
    sourceArn: sourceArn(exchange),
    sourceAccount: exchange.api.accountId,
  } as const;
  try {
    const { principal, credentials } = await edge.assumeRole(roleArn, caller);
    const request = await prepared(() =>
      serviceRequest(
        backend,
        endpoint.url(),
        credentials,
        mappedBackendRequest(backend, mapped.payload, exchange),
      ),
    );
    if ("verdict" in request) return request;
    const denied = endpoint.checksPermissions
      ? undefined
      : await requireAllowed(backend, principal, mapped.payload, exchange.api, edge.access);
    const sent =
      denied === undefined
        ? await send(integration, request, exchange, edge)
        : { name: backend.service, latencyMs: 0, response: deniedBy(denied) };
    return "verdict" in sent ? sent : answerByStatus(integration, sent, exchange);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return refuse(KINDS.misconfigured, `${exchange.route.resource.path}: ${error.code}`);
  }
}

/** A service of JSON, as all are whose calls are checked here. */
const deniedBy = ({ message }: AwsError) =>
  jsonResponse(400, {
    __type: "com.amazon.coral.service#AccessDeniedException",
    Message: message,
  });

/** A parameter that is not there, or a JSONPath that is not served, is a 500. */
async function prepared(make: () => BackendRequest): Promise<BackendRequest | Outcome> {
  try {
    return await attempt(async () => make());
  } catch (error) {
    if (error instanceof UnfilledPlace) return refuse(KINDS.misconfigured, error.message);
    throw error;
  }
}

interface Sent {
  readonly name: string;
  readonly latencyMs: number;
  readonly response: HttpResponse;
}

async function send(
  { timeoutMs }: HttpIntegration | ServiceIntegration,
  request: BackendRequest,
  exchange: AtMethod,
  { clock }: EdgeContext,
): Promise<Sent | Outcome> {
  const name = hostOf(request.url);
  const startedAt = clock.now();
  const givenUp = new AbortController();
  const { signal = givenUp.signal } = exchange.request;
  const facts = () => ({ timeoutMs, latencyMs: clock.now() - startedAt });
  try {
    const response = await within(
      timeoutMs,
      sendHttp({ ...request, signal: AbortSignal.any([signal, givenUp.signal]), mostBytes: MOST_BYTES }),
    );
    const { latencyMs } = facts();
    exchange.integration = { status: response?.status, latencyMs };
    if (response !== undefined) return { name, latencyMs, response };
    return refuse(KINDS.integrationTimeout, `${name}: no answer in ${timeoutMs} ms`, facts());
  } catch (error) {
    exchange.integration = { status: undefined, latencyMs: facts().latencyMs };
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    // "Execution failed due to configuration error: Invalid endpoint address" is a 500, a network error a 504 (localstack's
    // AWS-validated `http.py`; Developer Guide, "Gateway response types", `INTEGRATION_FAILURE`).
    // A machine without a network has nobody to ask for a name (EAI_AGAIN).
    const isMisconfigured =
      error instanceof ResponseTooLarge || /^(?:ENOTFOUND|EAI_AGAIN|ERR_INVALID_URL)$/.test(code);
    const detail = `${name}: ${error instanceof Error ? error.message : String(error)}`;
    return refuse(isMisconfigured ? KINDS.misconfigured : KINDS.integrationFailed, detail, facts());
  } finally {
    givenUp.abort();
  }
}

const hostOf = (url: string) => /^https?:\/\/([^/?#]*)/i.exec(url)?.[1] ?? url;

/** The integration response whose pattern matches the status, else the default one (API reference, `PutIntegrationResponse`). */
async function answerByStatus(
  integration: HttpIntegration | ServiceIntegration,
  { name, latencyMs, response }: Sent,
  exchange: AtMethod,
): Promise<Outcome> {
  const { status, headers, body } = response;
  const chosen =
    integration.answers.find(({ selects }) => selects?.(String(status))) ?? defaultOf(integration);
  const detail = `${name} answered ${status}`;
  const facts = { latencyMs };
  if (chosen === undefined)
    return refuse(KINDS.misconfigured, `${detail}: no integration response for it`, facts);
  return mappedAnswer(chosen, body, exchange, {
    detail,
    facts,
    received: headers,
    more: [["X-Amzn-Trace-Id", exchange.ids.answeredTrace]],
  });
}

/** A proxy's answer goes to the client, but for headers that are of the connection or API Gateway's own (ibid.). */
function proxiedAnswer({ name, latencyMs, response }: Sent): Outcome {
  const { status, body } = response;
  const headers: HeaderList = response.headers.flatMap(([header, value]) => {
    if (/^(?:transfer-encoding|via|keep-alive)$/i.test(header)) return [];
    const isRemapped = /^(?:connection|content-length|date|server|www-authenticate|x-amzn-requestid)$/i.test(
      header,
    );
    return [[isRemapped ? `x-amzn-Remapped-${header}` : header, value] as const];
  });
  return {
    verdict: "answered",
    answer: { status, headers, body },
    detail: `${name} answered ${status}`,
    facts: { latencyMs },
  };
}
