import type { Decision } from "../../kernel/exchange";
import type { HeaderList } from "../../kernel/headers";
import type { ExchangeState, RoutedExchange } from "./exchange-state";
import { type Failure, failure, GatewayFailure, KINDS } from "./failures";
import { invokeFunction } from "./lambda-integration";
import { answerMock } from "./mock-integration";
import type { ProxyResponse } from "./proxy-response";
import { validateRequest } from "./request-validation";
import type { EdgeServices } from "./services";

/** What a method's execution answers. */
export interface MethodResponse extends ProxyResponse {
  readonly decision: Decision;
}

/**
 * Executes a method: validation, then the integration. A request and a test of the method come here alike.
 *
 * @throws GatewayFailure for what API Gateway answers itself
 */
export async function executeMethod(
  exchange: RoutedExchange,
  services: EdgeServices,
): Promise<MethodResponse> {
  validateRequest(exchange);
  const { integration } = exchange.route.method;
  if (integration.type === "MOCK") {
    return { ...answerMock(integration, exchange), decision: { layer: "integration", detail: "mock" } };
  }
  const response = await invokeFunction(integration, exchange, services);
  // As recorded from AWS: the trace goes back with a function's answer, not with a mock's or with a gateway response.
  const headers: HeaderList = [...response.headers, ["X-Amzn-Trace-Id", exchange.ids.traceId]];
  const functionName = integration.functionArn.split(":")[6] ?? integration.functionArn;
  return { ...response, headers, decision: { layer: "function", detail: functionName } };
}

/**
 * What a request comes to: a response, or a failure, which stays in the exchange for the logs. An error that nobody foresaw
 * is a 500: no request stays unanswered.
 */
export async function settle(
  state: ExchangeState,
  run: () => Promise<MethodResponse>,
): Promise<MethodResponse | Failure> {
  try {
    return await run();
  } catch (error) {
    const problem =
      error instanceof GatewayFailure
        ? error
        : failure(KINDS.functionUnavailable, "integration", `internal error: ${String(error)}`);
    state.failure = problem.failure;
    return problem.failure;
  }
}
