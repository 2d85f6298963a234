import type { Activity, RunRecord } from "../../kernel/activity";
import { AwsError } from "../../kernel/aws-error";
import type { Clock } from "../../kernel/clock";
import type { InvocationResult } from "../../kernel/function-invoker";
import type { FunctionSettings } from "./function-settings";
import type { Instance } from "./instance/instance";
import type { RunLog } from "./run-log";
import { errorTypeOf, neverRan, outcomeOf, type RunOutcome, timedOut } from "./run-outcome";
import { Slots } from "./slots";

export interface StartedInstance {
  readonly instance: Instance;
  /** The function's version: `$LATEST`, or the number that was published. */
  readonly version: string;
  readonly log: RunLog;
}

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
 * Runs a function's events: one at a time on an instance, reusing warm instances, starting more while there are events
 * to run, up to a number of instances; further events wait in the order in which they came. An event above the
 * function's reserved concurrency is throttled, running and waiting ones counted.
 */
export class FunctionPool {
  readonly #slots: Slots;
  readonly #idle: StartedInstance[] = [];
  readonly #all = new Set<Instance>();
  readonly #runs = new Set<Promise<unknown>>();
  /** Instances of code that was replaced; they end with their run. */
  readonly #outdated = new WeakSet<Instance>();
  #closed = false;

  constructor(
    private readonly settings: FunctionSettings,
    maxInstances: number,
    private readonly initLimitMs: number,
    private readonly startInstance: (version: string) => Promise<StartedInstance>,
    private readonly activity: Activity,
    private readonly clock: Clock,
  ) {
    this.#slots = new Slots(maxInstances);
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
    return [...this.#all].filter(({ usable }) => usable).length;
  }

  /** Starts an instance that waits for its first event, where there is none. */
  async start(version: string): Promise<void> {
    if (this.instances > 0) return;
    const started = await this.startInstance(version);
    this.#all.add(started.instance);
    const { type } = await started.instance.loaded();
    if (type !== "ready") return this.#forget(started);
    started.instance.rest();
    this.#idle.push(started);
  }

  /** Makes the next run start an instance of its own; what runs ends on the instance that it has. */
  async renew(): Promise<void> {
    for (const instance of this.#all) this.#outdated.add(instance);
    const idle = this.#idle.splice(0);
    for (const { instance } of idle) this.#all.delete(instance);
    await Promise.all(idle.map(({ instance }) => instance.stop()));
  }

  /** Stops the instances; what runs or waits fails. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#slots.close();
    await Promise.all([...this.#all].map((instance) => instance.stop()));
    await Promise.allSettled(this.#runs);
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
    const warm = this.#takeIdle(run.version);
    const started = warm ?? (await this.startInstance(run.version));
    this.#all.add(started.instance);
    if (this.#closed) await started.instance.stop();
    const record = this.#recordOf(run, started, warm === undefined);
    const init = warm === undefined ? await this.#initialize(started, run.requestId) : undefined;
    started.log.start(run.requestId);
    const begin = performance.now();
    const outcome = init?.failure ?? (await this.#runToEnd(started, run, init?.pending));
    const durationMs = performance.now() - begin;
    this.#writeEnd(started, run, outcome, durationMs, init?.ms);
    const logTail = started.log.takeTail();
    await this.#giveBack(started);
    Object.assign(record, { durationMs, outcome: OUTCOMES[outcome.ok ? "ok" : outcome.cause] });
    if (init !== undefined) record.initMs = init.ms;
    this.activity.finished(record);
    const cold = warm === undefined;
    return { requestId: run.requestId, logTail, durationMs, cold, ...withoutReason(outcome) };
  }

  #recordOf({ requestId, cause, traceId }: Run, { log }: StartedInstance, cold: boolean): RunRecord {
    const record: RunRecord = {
      functionArn: this.settings.arn,
      functionName: this.settings.name,
      requestId,
      cause,
      at: this.clock.now(),
      logGroup: this.settings.logGroup,
      logStream: log.stream,
      cold,
      outcome: "running",
      calls: [],
    };
    this.activity.started(record, traceId);
    return record;
  }

  /** Waits for the handler to be loaded. One that takes too long is loaded on the time of the first run. */
  async #initialize(
    { instance, log }: StartedInstance,
    requestId: string,
  ): Promise<{
    readonly ms: number;
    readonly failure?: RunOutcome;
    readonly pending?: Promise<RunOutcome | undefined>;
  }> {
    const begin = performance.now();
    const loaded = instance
      .loaded()
      .then((report) => (report.type === "ready" ? undefined : outcomeOf(report, requestId)));
    const failure = await within(this.initLimitMs, loaded);
    const ms = performance.now() - begin;
    if (failure === late) {
      log.initTimedOut(ms);
      return { ms, pending: loaded };
    }
    if (failure === undefined) return { ms };
    log.initFailed(ms, errorTypeOf(failure.payload));
    return { ms, failure };
  }

  async #runToEnd(
    { instance }: StartedInstance,
    run: Run,
    pending: Promise<RunOutcome | undefined> | undefined,
  ): Promise<RunOutcome> {
    const timeoutMs = this.settings.timeoutSeconds * 1000;
    const deadline = performance.now() + timeoutMs;
    const outcome = (async () => {
      const failure = await pending;
      if (failure !== undefined) return failure;
      const remainingMs = deadline - performance.now();
      const { requestId, functionArn, payload, traceId, clientContext } = run;
      const event = { requestId, functionArn, payload, traceId, clientContext, remainingMs };
      return outcomeOf(await instance.run(event), requestId);
    })();
    const result = await within(timeoutMs, outcome);
    if (result !== late) return result;
    await instance.stop();
    return timedOut(run.requestId, this.settings.timeoutSeconds);
  }

  #writeEnd(
    { instance, log }: StartedInstance,
    run: Run,
    outcome: RunOutcome,
    durationMs: number,
    initMs: number | undefined,
  ): void {
    const report = {
      durationMs,
      memoryMb: this.settings.memoryMb,
      peakMemoryBytes: instance.peakMemoryBytes,
      initMs,
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

  /** The warm instance that was used last. */
  #takeIdle(version: string): StartedInstance | undefined {
    for (const gone of this.#idle.filter(({ instance }) => !instance.usable)) this.#forget(gone);
    const index = this.#idle.findLastIndex((idle) => idle.version === version);
    return index < 0 ? undefined : this.#idle.splice(index, 1)[0];
  }

  #forget(gone: StartedInstance): void {
    this.#all.delete(gone.instance);
    const index = this.#idle.indexOf(gone);
    if (index >= 0) this.#idle.splice(index, 1);
  }

  async #giveBack(started: StartedInstance): Promise<void> {
    if (started.instance.usable && !this.#outdated.has(started.instance)) {
      started.instance.rest();
      this.#idle.push(started);
      return;
    }
    this.#forget(started);
    await started.instance.stop();
  }
}

const OUTCOMES = { ok: "succeeded", error: "failed", timeout: "timed out", crash: "crashed" } as const;

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

const late = Symbol("late");

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T | typeof late> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<typeof late>((resolve) => {
    timer = setTimeout(() => resolve(late), milliseconds);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
