import { AwsError } from "../../kernel/aws-error";
import type { InvocationResult } from "../../kernel/function-invoker";
import { headerValue } from "../../kernel/headers";
import type { RoutedExchange } from "./exchange-state";
import { failure, KINDS } from "./failures";
import { proxyEvent } from "./proxy-event";
import { type ProxyResponse, parseProxyResponse } from "./proxy-response";
import type { LambdaIntegration } from "./rest-api";
import type { EdgeServices } from "./services";

/** Lambda's limit for the event of a synchronous invocation. */
const MAX_EVENT_BYTES = 6_291_456;

type Services = EdgeServices;

/**
 * Invokes the function and reads its answer. What went on is left in the exchange for the logs.
 *
 * @throws GatewayFailure 413 for an event that Lambda does not take, 502 where the function failed or its answer is
 *   malformed, 504 where it took longer than the integration waits, 500 where it could not be invoked
 */
export async function invokeFunction(
  integration: LambdaIntegration,
  exchange: RoutedExchange,
  services: Services,
): Promise<ProxyResponse> {
  const name = integration.functionArn.split(":")[6] ?? integration.functionArn;
  const payload = JSON.stringify(proxyEvent(exchange));
  if (Buffer.byteLength(payload) > MAX_EVENT_BYTES) {
    throw failure(KINDS.eventTooLarge, "integration", `${name}: event above 6 MB`);
  }
  const result = await timed(exchange, services, () =>
    invoke(integration, exchange, payload, name, services),
  );
  if (!result.ok) throw failure(KINDS.functionFailed, "function", `${name}: ${CAUSES[result.cause]}`);
  const response = parseProxyResponse(
    result.payload,
    exchange.api.binaryMediaTypes,
    headerValue(exchange.headers, "Accept"),
  );
  if (typeof response === "string") {
    throw failure(KINDS.functionFailed, "function", `${name}: malformed answer, ${response}`);
  }
  return response;
}

const CAUSES = { error: "threw", timeout: "timed out", crash: "crashed" } as const;

async function timed(
  exchange: RoutedExchange,
  { clock }: Services,
  run: () => Promise<InvocationResult>,
): Promise<InvocationResult> {
  const startedAt = clock.now();
  let status: number | undefined;
  try {
    const result = await run();
    status = 200;
    return result;
  } catch (error) {
    if (error instanceof AwsError) status = error.status;
    throw error instanceof AwsError ? unavailable(error, exchange) : error;
  } finally {
    exchange.integration = { status, latencyMs: clock.now() - startedAt };
  }
}

async function invoke(
  integration: LambdaIntegration,
  exchange: RoutedExchange,
  payload: string,
  name: string,
  { ports }: Services,
): Promise<InvocationResult> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    const late = () =>
      reject(
        failure(KINDS.integrationTimeout, "integration", `${name}: no answer in ${integration.timeoutMs} ms`),
      );
    timer = setTimeout(late, integration.timeoutMs);
  });
  const invocation = ports.functions.invoke({
    functionArn: integration.functionArn,
    payload,
    principal: {
      kind: "service",
      service: "apigateway.amazonaws.com",
      sourceArn: sourceArn(exchange),
      sourceAccount: exchange.api.accountId,
    },
  });
  return await Promise.race([invocation, timeout]).finally(() => clearTimeout(timer));
}

/** `arn:aws:execute-api:<region>:<account>:<api>/<stage>/POST/lambda1`; path parameters are `*`, as in the console's permissions. */
function sourceArn({ api, stage, httpMethod, route }: RoutedExchange): string {
  const path = route.resource.path.replace(/\{[^}]*\}/g, "*");
  return `arn:aws:execute-api:${api.region}:${api.accountId}:${api.id}/${stage.name}/${httpMethod}${path}`;
}

/** No permission, no such function: the API's configuration is wrong. A throttled function is not there just now. */
function unavailable(error: AwsError, { route }: RoutedExchange): Error {
  const kind = error.status === 429 ? KINDS.functionUnavailable : KINDS.misconfigured;
  return failure(kind, "integration", `${route.resource.path}: ${error.code}`);
}
