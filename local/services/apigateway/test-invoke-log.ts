import type { EdgeResponse } from "../../kernel/exchange";
import type { HeaderList } from "../../kernel/headers";
import type { RoutedExchange } from "./exchange-state";
import { formatJavaDate } from "./request-time";

/** The log of a method test, as the console shows it. Credentials in it are masked but for their end. */
export function renderTestLog(exchange: RoutedExchange, answer: EdgeResponse, now: number): string {
  const { ids, route, integration, failure } = exchange;
  const lines = [
    `Starting execution for request: ${ids.requestId}`,
    `HTTP Method: ${exchange.httpMethod}, Resource Path: ${exchange.path}`,
    `Method request path: ${braces([...route.pathParameters])}`,
    `Method request query string: ${braces(exchange.query)}`,
    `Method request headers: ${braces(masked(exchange.headers))}`,
    `Method request body before transformations: ${exchange.body.toString("utf8")}`,
    ...(integration === undefined
      ? []
      : [
          `Received response. Status: ${integration.status ?? "none"}, Integration latency: ${integration.latencyMs} ms`,
        ]),
    ...(failure === undefined
      ? [
          `Method response body after transformations: ${answer.body.toString("utf8")}`,
          `Method response headers: ${braces(answer.headers)}`,
          "Successfully completed execution",
        ]
      : [`Execution failed due to ${failure.decision.layer}: ${failure.decision.detail}`]),
    `Method completed with status: ${answer.status}`,
  ];
  const date = formatJavaDate(now);
  return [`Execution log for request ${ids.requestId}`, ...lines.map((line) => `${date} : ${line}`), ""].join(
    "\n",
  );
}

const braces = (pairs: HeaderList) => `{${pairs.map(([name, value]) => `${name}=${value}`).join(", ")}}`;

function masked(headers: HeaderList): HeaderList {
  return headers.map(([name, value]) => {
    if (!/^(?:authorization|x-api-key)$/i.test(name)) return [name, value];
    const shown = value.length > 12 ? value.slice(-6) : "";
    return [name, "*".repeat(value.length - shown.length) + shown];
  });
}
