import type { CallRecord, RunRecord } from "../kernel/activity";
import type { AwsCallView, LogLine, RunView, StatementRef } from "./contract";
import type { View } from "./view";

export async function runViewOf(view: View, run: RunRecord): Promise<RunView> {
  const { functionName, requestId, cause, at, durationMs, initMs, cold, outcome, logGroup, logStream } = run;
  return {
    ...{ functionName, requestId, at, cold, outcome, logGroup, logStream },
    ...(cause === undefined ? {} : { causedBy: cause }),
    // The time of the initialization is billed too (Lambda Developer Guide, "Understanding the Lambda execution environment lifecycle").
    ...(durationMs === undefined ? {} : { durationMs, billedMs: Math.ceil(durationMs + (initMs ?? 0)) }),
    instance: logStream.slice(logStream.lastIndexOf("]") + 1),
    lines: await linesOf(view, run),
    calls: run.calls.map((call) => callViewOf(view, call)),
  };
}

/** The run's part of its instance's log stream: from START to REPORT. */
export async function linesOf(
  { host }: View,
  { logGroup, logStream, requestId, at }: RunRecord,
): Promise<LogLine[]> {
  const { events } = await host.runtime.inside
    .call("logs", "FilterLogEvents", {
      logGroupName: logGroup,
      logStreamNames: [logStream],
      startTime: at,
      limit: 1_000,
    })
    .catch(() => ({ events: [] }));
  const all: { readonly timestamp: number; readonly message: string }[] = Array.isArray(events) ? events : [];
  const first = all.findIndex(({ message }) => message.startsWith(`START RequestId: ${requestId}`));
  if (first < 0) return [];
  const own = all.slice(first);
  const last = own.findIndex(({ message }) => message.startsWith(`REPORT RequestId: ${requestId}`));
  return (last < 0 ? own : own.slice(0, last + 1)).map(({ timestamp, message }) => ({
    group: logGroup,
    stream: logStream,
    at: timestamp,
    message,
  }));
}

/** The policies do not change while they are enforced, so which statement decided is found out when somebody looks. */
function callViewOf({ host }: View, { principal, messageIds: _ids, ...call }: CallRecord): AwsCallView {
  const { action, resource } = call;
  if (action === undefined || resource === undefined) return call;
  const { access } = host.runtime.inside;
  const decision = access.decide({ principal, action, resource });
  const statement: StatementRef | undefined = decision.statement;
  return {
    ...call,
    ...(statement === undefined ? {} : { decidedBy: statement }),
    ...(decision.refusal === undefined ? {} : { why: whyOf(decision.refusal, action) }),
  };
}

/** As IAM says it ("Troubleshoot access denied error messages", IAM User Guide). */
function whyOf({ kind, policy }: { readonly kind: string; readonly policy: string }, action: string): string {
  return kind === "explicit" ? `an explicit deny in the ${policy}` : `no ${policy} allows ${action}`;
}
