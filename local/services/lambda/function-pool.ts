import type { Activity, RunRecord } from "../../kernel/activity";
import { AwsError } from "../../kernel/aws-error";
import type { Clock } from "../../kernel/clock";
import type { InvocationResult } from "../../kernel/function-invoker";
import { within } from "../../kernel/within";
import type { FunctionSettings } from "./function-settings";
import { type Init, Instances, type StartedInstance, type Taken } from "./instances";
import { neverRan, outcomeOf, type RunOutcome, timedOut } from "./run-outcome";
import { Slots } from "./slots";

export interface Run {
  readonly requestId: string;
  /** As the caller named it. */
  readonly functionArn: string;
  /** The version to run. */
  readonly version: string;
  readonly payload: string;
  readonly clientContext: string | undefined;
  readonly traceId: string;
  readonly cause: string | undefined;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Runs a function's events: one at a time on an instance, on up to that many instances; further events wait in the order in
 * which they came. An event above the function's reserved concurrency is throttled, running and waiting ones counted.
 */
export class FunctionPool {
  readonly #slots: Slots;
  readonly #instances: Instances;
  readonly #runs = new Set<Promise<unknown>>();

  constructor(
    private readonly settings: FunctionSettings,
    maxInstances: number,
    initLimitMs: number,
    startInstance: (version: string) => Promise<StartedInstance>,
    private readonly activity: Activity,
    private readonly clock: Clock,
  ) {
    this.#slots = new Slots(maxInstances);
    this.#instances = new Instances(startInstance, initLimitMs);
  }

  /** @throws AwsError `TooManyRequestsException` (429) */
  async run(run: Run): Promise<InvocationResult> {
    const reserved = this.settings.reservedConcurrency;
    if (reserved !== undefined && this.#runs.size >= reserved) throw throttled();
    const running = this.#runInSlot(run);
    this.#runs.add(running);
    try {
      return await running;
    } finally {
      this.#runs.delete(running);
    }
  }

  /** How many there are, warm and working. */
  get instances(): number {
    return this.#instances.count;
  }

  /** Starts an instance that waits for its first event, where there is none. */
  async start(version: string): Promise<void> {
    if (this.instances === 0) await this.#instances.start(version);
  }

  /** Makes the next run start an instance of its own; what runs ends on the instance that it has. */
  renew(): Promise<void> {
    return this.#instances.renew();
  }

  /** Stops what runs; what runs or waits fails. @returns the instances that waited for their next event */
  async close(): Promise<StartedInstance[]> {
    this.#slots.close();
    const idle = await this.#instances.close();
    await Promise.allSettled(this.#runs);
    return idle;
  }

  async #runInSlot(run: Run): Promise<InvocationResult> {
    if (!(await this.#slots.enter(run.signal))) return neverRan(run.requestId);
    try {
      return await this.#runOnInstance(run);
    } finally {
      this.#slots.leave();
    }
  }

  async #runOnInstance(run: Run): Promise<InvocationResult> {
    const taken = await this.#instances.take(run.version);
    if (taken === undefined) return neverRan(run.requestId);
    const { init, log } = taken;
    const record = this.#recordOf(run, taken);
    log.start(run.requestId);
    const begin = performance.now();
    const outcome = await this.#runToEnd(taken, run);
    const durationMs = performance.now() - begin;
    this.#writeEnd(taken, run, outcome, durationMs);
    const logTail = log.takeTail();
    await this.#instances.giveBack(taken);
    Object.assign(record, { durationMs, outcome: OUTCOMES[outcome.ok ? "ok" : outcome.cause] });
    if (init !== undefined) record.initMs = init.ms;
    this.activity.finished(record);
    const cold = init !== undefined;
    return { requestId: run.requestId, logTail, durationMs, cold, ...withoutReason(outcome) };
  }

  #recordOf({ requestId, cause, traceId }: Run, { log, init }: Taken): RunRecord {
    const record: RunRecord = {
      functionArn: this.settings.arn,
      functionName: this.settings.name,
      requestId,
      cause,
      at: this.clock.now(),
      logGroup: this.settings.logGroup,
      logStream: log.stream,
      cold: init !== undefined,
      outcome: "running",
      calls: [],
    };
    this.activity.started(record, traceId);
    return record;
  }

  async #runToEnd({ instance, init }: Taken, run: Run): Promise<RunOutcome> {
    const failure = init?.report && failureOf(init.report, run);
    if (failure !== undefined) return failure;
    const timeoutMs = this.settings.timeoutSeconds * 1000;
    const deadline = performance.now() + timeoutMs;
    const outcome = (async () => {
      const late = init && failureOf(await init.loaded, run);
      if (late !== undefined) return late;
      const remainingMs = deadline - performance.now();
      const { requestId, functionArn, payload, traceId, clientContext } = run;
      const event = { requestId, functionArn, payload, traceId, clientContext, remainingMs };
      return outcomeOf(await instance.run(event), requestId);
    })();
    const result = await within(timeoutMs, outcome);
    if (result !== undefined) return result;
    await instance.stop();
    return timedOut(run.requestId, this.settings.timeoutSeconds);
  }

  #writeEnd({ instance, log, init }: Taken, run: Run, outcome: RunOutcome, durationMs: number): void {
    const report = {
      durationMs,
      memoryMb: this.settings.memoryMb,
      peakMemoryBytes: instance.peakMemoryBytes,
      initMs: init?.ms,
    };
    if (outcome.ok || outcome.cause === "error") {
      log.end(run.requestId, report);
    } else if (outcome.cause === "timeout") {
      log.timedOut(run.requestId, this.settings.timeoutSeconds);
      log.end(run.requestId, { ...report, status: "timeout" });
    } else {
      log.exited(run.requestId, outcome.exitReason ?? "");
      log.end(run.requestId, { ...report, status: "error", errorType: "Runtime.ExitError" });
    }
  }
}

const OUTCOMES = { ok: "succeeded", error: "failed", timeout: "timed out", crash: "crashed" } as const;

/** `undefined` for a handler that is loaded. */
function failureOf(report: Awaited<Init["loaded"]>, { requestId }: Run): RunOutcome | undefined {
  return report.type === "ready" ? undefined : outcomeOf(report, requestId);
}

function throttled(): AwsError {
  return new AwsError("TooManyRequestsException", "Rate Exceeded.", 429, {
    Reason: "ReservedFunctionConcurrentInvocationLimitExceeded",
    Type: "User",
  });
}

function withoutReason(outcome: RunOutcome) {
  return outcome.ok
    ? { ok: true as const, payload: outcome.payload }
    : { ok: false as const, payload: outcome.payload, cause: outcome.cause };
}
