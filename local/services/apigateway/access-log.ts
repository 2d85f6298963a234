import { createHash } from "node:crypto";
import type { LogSink } from "../../kernel/log-sink";
import { contextVariable } from "./context-variables";
import type { ExchangeState } from "./exchange-state";
import type { Stage } from "./rest-api";

/** What is known once the answer is. */
export interface Outcome {
  readonly status: number;
  readonly bytes: number;
  readonly latencyMs: number;
  readonly finishedAt: number;
}

const VARIABLE = /\$context\.(authorizer\.claims\.[\w:-]+|[\w-]+(?:\.[\w-]+)*)/g;

/** One log stream for each stage, named by a hash as on AWS. */
export function streamName(apiId: string, stageName: string): string {
  return createHash("md5").update(`${apiId}/${stageName}`).digest("hex");
}

/** Writes the stage's access log line, where the stage has one. */
export function writeAccessLog(state: ExchangeState, stage: Stage, outcome: Outcome, logs: LogSink): void {
  const { accessLog } = stage;
  if (accessLog === undefined) return;
  const line = renderAccessLog(accessLog.format, state, outcome);
  logs.put(accessLog.group, streamName(state.api.id, stage.name), line, outcome.finishedAt);
}

/**
 * Fills the format in. What is not set is `-`, as in AWS's logs.
 *
 * Quotes, backslashes and control characters of a value are escaped as JSON escapes them, so that a client cannot close a
 * field of the line or start another.
 */
export function renderAccessLog(format: string, state: ExchangeState, outcome: Outcome): string {
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
