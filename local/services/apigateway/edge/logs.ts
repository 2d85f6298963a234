import { createHash } from "node:crypto";
import type { LogSink } from "../../../kernel/log-sink";
import { type Stage, settingsOf } from "../stages";
import { contextVariable } from "./context-variables";
import type { AtStage } from "./exchange";

/** What is known once the answer is. */
export interface Outcome {
  readonly status: number;
  readonly bytes: number;
  readonly latencyMs: number;
  readonly finishedAt: number;
}

const VARIABLE = /\$context\.(authorizer\.claims\.[\w:-]+|[\w-]+(?:\.[\w-]+)*)/g;

const streamNames = new WeakMap<Stage, string>();

/** One log stream for each stage, named by a hash as on AWS. */
function streamName({ api, stage }: Pick<AtStage, "api" | "stage">): string {
  const name = streamNames.get(stage) ?? createHash("md5").update(`${api.id}/${stage.name}`).digest("hex");
  streamNames.set(stage, name);
  return name;
}

/** Writes the stage's access log line, where the stage has one. */
export function writeAccessLog(exchange: AtStage, outcome: Outcome, logs: LogSink): void {
  const { accessLog } = exchange.stage;
  if (accessLog === undefined) return;
  const line = renderAccessLog(accessLog.format, exchange, outcome);
  logs.put(accessLog.group, streamName(exchange), line, outcome.finishedAt);
}

/**
 * Fills the format in. What is not set is `-`, as in AWS's logs.
 *
 * Quotes, backslashes and control characters of a value are escaped as JSON escapes them, so that a client cannot close a
 * field of the line or start another.
 */
function renderAccessLog(format: string, state: AtStage, outcome: Outcome): string {
  return format.replace(VARIABLE, (_whole, name: string) => {
    const value = outcomeVariable(name, outcome) ?? contextVariable(state, name) ?? "-";
    return name === "error.messageString" ? value : JSON.stringify(value).slice(1, -1);
  });
}

function outcomeVariable(name: string, outcome: Outcome): string | undefined {
  if (name === "status") return String(outcome.status);
  if (name === "responseLength") return String(outcome.bytes);
  if (name === "responseLatency") return String(outcome.latencyMs);
  return undefined;
}

/** Log events are cut at this length (Developer Guide, "Amazon API Gateway important notes"). */
const MAX_LINE_BYTES = 1024;

/**
 * Writes what the method's execution came to, at the level of its settings: each request at INFO, failed ones at ERROR.
 * Never headers or bodies. Requests that no method took are not in any execution log.
 */
export function writeExecutionLog(exchange: AtStage, outcome: Outcome, logs: LogSink): void {
  const { api, stage, route, failure, ids, integration } = exchange;
  if (route === undefined) return;
  const { loggingLevel } = settingsOf(stage, route.resource.path, [
    exchange.httpMethod,
    route.method.httpMethod,
  ]);
  if (loggingLevel === "OFF" || (loggingLevel === "ERROR" && outcome.status < 400)) return;
  const group = `API-Gateway-Execution-Logs_${api.id}/${stage.name}`;
  const verdict =
    failure === undefined
      ? "Successfully completed execution"
      : `Execution failed due to ${failure.decision.layer}: ${failure.decision.detail}`;
  const lines = [
    `Extended Request Id: ${ids.extendedRequestId}`,
    `Starting execution for request: ${ids.requestId}`,
    `HTTP Method: ${exchange.httpMethod}, Resource Path: ${route.resource.path}`,
    ...(integration === undefined
      ? []
      : [
          `Received response. Status: ${integration.status ?? "none"}, Integration latency: ${integration.latencyMs} ms`,
        ]),
    verdict,
    `Method completed with status: ${outcome.status}`,
  ];
  const stream = streamName(exchange);
  for (const line of lines) {
    const message = `(${ids.requestId}) ${line}`.slice(0, MAX_LINE_BYTES);
    logs.put(group, stream, message, outcome.finishedAt);
  }
}
