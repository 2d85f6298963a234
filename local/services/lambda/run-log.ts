import { randomBytes } from "node:crypto";
import type { Clock } from "../../kernel/clock";
import type { LogSink } from "../../kernel/log-sink";

/** What the last line of a run says. */
export interface RunReport {
  readonly durationMs: number;
  readonly memoryMb: number;
  readonly peakMemoryBytes: number;
  /** On a cold start. */
  readonly initMs: number | undefined;
  readonly status?: "timeout" | "error";
  readonly errorType?: string;
}

const tailBytes = 4096;

/**
 * The log stream of an instance, in the lines that Lambda writes in the text log format: the separators of REPORT are
 * tabs, and every event ends with a newline (Lambda Developer Guide, "Log and monitor Node.js Lambda functions").
 */
export class RunLog {
  #tail = "";

  constructor(
    private store: LogSink,
    private clock: Clock,
    private readonly group: string,
    readonly stream: string,
    private readonly version: string,
    /** Whether the function's role may write: Lambda drops the log of a function whose role may not. */
    private permitted: boolean,
  ) {}

  /** In services that were started anew. */
  continueIn(store: LogSink, clock: Clock, permitted: boolean): void {
    this.store = store;
    this.clock = clock;
    this.permitted = permitted;
  }

  write(text: string): void {
    if (this.permitted) this.store.put(this.group, this.stream, text, this.clock.now());
    // Twice the tail in characters is enough for the tail in bytes, and bounded.
    this.#tail = (this.#tail + text).slice(-2 * tailBytes);
  }

  /** The last 4 KB since the last call. */
  takeTail(): string {
    const bytes = Buffer.from(this.#tail, "utf8");
    this.#tail = "";
    return bytes.subarray(Math.max(0, bytes.length - tailBytes)).toString("utf8");
  }

  start(requestId: string): void {
    this.write(`START RequestId: ${requestId} Version: ${this.version}\n`);
  }

  initFailed(initMs: number, errorType: string): void {
    this.write(
      `INIT_REPORT Init Duration: ${initMs.toFixed(2)} ms\tPhase: init\tStatus: error\tError Type: ${errorType}\n`,
    );
  }

  initTimedOut(initMs: number): void {
    this.write(`INIT_REPORT Init Duration: ${initMs.toFixed(2)} ms\tPhase: init\tStatus: timeout\n`);
  }

  timedOut(requestId: string, timeoutSeconds: number): void {
    const now = new Date(this.clock.now()).toISOString();
    this.write(`${now} ${requestId} Task timed out after ${timeoutSeconds.toFixed(2)} seconds\n\n`);
  }

  exited(requestId: string, reason: string): void {
    this.write(`RequestId: ${requestId} Error: ${reason}\nRuntime.ExitError\n`);
  }

  end(requestId: string, report: RunReport): void {
    this.write(`END RequestId: ${requestId}\n`);
    // Initialization is billed too ("AWS Lambda standardizes billing for INIT Phase", AWS Compute Blog, 2025).
    const fields = [
      `REPORT RequestId: ${requestId}`,
      `Duration: ${report.durationMs.toFixed(2)} ms`,
      `Billed Duration: ${Math.ceil(report.durationMs + (report.initMs ?? 0))} ms`,
      `Memory Size: ${report.memoryMb} MB`,
      `Max Memory Used: ${Math.min(report.memoryMb, Math.ceil(report.peakMemoryBytes / 1_048_576))} MB`,
    ];
    if (report.initMs !== undefined) fields.push(`Init Duration: ${report.initMs.toFixed(2)} ms`);
    if (report.status !== undefined) fields.push(`Status: ${report.status}`);
    if (report.errorType !== undefined) fields.push(`Error Type: ${report.errorType}`);
    this.write(`${fields.join("\t")}\t\n`);
  }
}

/** `2025/10/26/[$LATEST]0123…`, as Lambda names the log stream of an instance. */
export function logStreamName(now: number, version: string): string {
  const day = new Date(now).toISOString().slice(0, 10).replaceAll("-", "/");
  return `${day}/[${version}]${randomBytes(16).toString("hex")}`;
}
