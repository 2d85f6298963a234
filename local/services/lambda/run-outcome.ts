import type { InvocationResult } from "../../kernel/function-invoker";
import { isObject, parseJson } from "../../kernel/json";
import type { InstanceExit, InstanceReport } from "./instance/instance";

/** How a run ended, before its log and its duration are added. */
export type RunOutcome =
  | { readonly ok: true; readonly payload: string }
  | {
      readonly ok: false;
      readonly payload: string;
      readonly cause: "error" | "timeout" | "crash";
      /** Why the instance is gone, where the runtime itself ended. */
      readonly exitReason?: string;
    };

export function outcomeOf(report: InstanceReport, requestId: string): RunOutcome {
  switch (report.type) {
    case "success":
      return { ok: true, payload: report.payload };
    case "failure":
    case "fatal":
    case "init-failure":
      return { ok: false, payload: report.payload, cause: "error" };
    case "exit":
      return exited(requestId, exitReason(report));
    case "ready":
      throw new Error(`the instance reported that it is ready in the middle of run ${requestId}`);
  }
}

/** `Sandbox.Timedout`: Lambda Developer Guide, "Troubleshoot invocation issues in Lambda". */
export function timedOut(requestId: string, timeoutSeconds: number): RunOutcome {
  const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
  return {
    ok: false,
    payload: JSON.stringify({ errorType: "Sandbox.Timedout", errorMessage }),
    cause: "timeout",
  };
}

export function exited(requestId: string, reason: string): RunOutcome {
  const errorMessage = `RequestId: ${requestId} Error: ${reason}`;
  return {
    ok: false,
    payload: JSON.stringify({ errorType: "Runtime.ExitError", errorMessage }),
    cause: "crash",
    exitReason: reason,
  };
}

/** The result of a run that never got an instance, because the runtime is shutting down. */
export function neverRan(requestId: string): InvocationResult {
  const payload = exited(requestId, "Runtime exited without providing a reason").payload;
  return { requestId, logTail: "", durationMs: 0, ok: false, payload, cause: "crash" };
}

export function errorTypeOf(payload: string): string {
  const parsed = parseJson(payload);
  return isObject(parsed) && typeof parsed.errorType === "string" ? parsed.errorType : "Unknown";
}

/** As Lambda's runtime daemon, which is written in Go, names the signals of Linux. */
const signals: Readonly<Record<string, string>> = {
  SIGABRT: "aborted",
  SIGALRM: "alarm clock",
  SIGBUS: "bus error",
  SIGFPE: "floating point exception",
  SIGHUP: "hangup",
  SIGILL: "illegal instruction",
  SIGINT: "interrupt",
  SIGKILL: "killed",
  SIGPIPE: "broken pipe",
  SIGQUIT: "quit",
  SIGSEGV: "segmentation fault",
  SIGTERM: "terminated",
  SIGTRAP: "trace/breakpoint trap",
};

/** The messages: localstack's recordings, `TestLambdaErrors`. */
function exitReason({ code, signal }: InstanceExit): string {
  if (signal !== null) return `Runtime exited with error: signal: ${signals[signal] ?? signal}`;
  if (code === 0) return "Runtime exited without providing a reason";
  return `Runtime exited with error: exit status ${code}`;
}
