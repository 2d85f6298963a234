import type { LogSink } from "../../kernel/log-sink";
import { type Outcome, streamName } from "./access-log";
import type { ExchangeState } from "./exchange-state";
import { settingsOf } from "./read-stages";
import type { Stage } from "./rest-api";

/** Log events are cut at this length (Developer Guide, "Amazon API Gateway important notes"). */
const MAX_LINE_BYTES = 1024;

/**
 * Writes what the method's execution came to, at the level of its settings: each request at INFO, failed ones at ERROR.
 * Never headers or bodies. Requests that no method took are in no execution log.
 */
export function writeExecutionLog(state: ExchangeState, stage: Stage, outcome: Outcome, logs: LogSink): void {
  const { route, failure, ids, integration } = state;
  if (route === undefined) return;
  const { loggingLevel } = settingsOf(stage, route.resource.path, [
    state.httpMethod,
    route.method.httpMethod,
  ]);
  if (loggingLevel === "OFF" || (loggingLevel === "ERROR" && outcome.status < 400)) return;
  const group = `API-Gateway-Execution-Logs_${state.api.id}/${stage.name}`;
  const verdict =
    failure === undefined
      ? "Successfully completed execution"
      : `Execution failed due to ${failure.decision.layer}: ${failure.decision.detail}`;
  const lines = [
    `Extended Request Id: ${ids.extendedRequestId}`,
    `Starting execution for request: ${ids.requestId}`,
    `HTTP Method: ${state.httpMethod}, Resource Path: ${route.resource.path}`,
    ...(integration === undefined
      ? []
      : [
          `Received response. Status: ${integration.status ?? "none"}, Integration latency: ${integration.latencyMs} ms`,
        ]),
    verdict,
    `Method completed with status: ${outcome.status}`,
  ];
  for (const line of lines) {
    const message = `(${ids.requestId}) ${line}`.slice(0, MAX_LINE_BYTES);
    logs.put(group, streamName(state.api.id, stage.name), message, outcome.finishedAt);
  }
}
