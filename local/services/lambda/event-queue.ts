import type { Clock } from "../../kernel/clock";
import type { InvocationResult } from "../../kernel/function-invoker";
import type { FinishedEvent } from "./event-destinations";
import { asyncSettingsOf, type FunctionTarget } from "./function-directory";
import type { Run } from "./function-pool";
import { backOffMs, Waits } from "./waits";

export interface QueuedEvent extends Run {
  readonly target: FunctionTarget;
}

export interface EventQueueOptions {
  readonly clock: Clock;
  /** Multiplies Lambda's waits between two runs. */
  readonly retryDelayScale: number;
  /** Runs the function once. Rejects when it is throttled or when Lambda itself fails. */
  readonly run: (event: QueuedEvent) => Promise<InvocationResult>;
  readonly finish: (event: FinishedEvent) => Promise<void>;
}

const minuteMs = 60_000;

/**
 * Runs each asynchronous event until it succeeds, its retries are used up, or it is too old: one minute before the
 * first retry, two before the second; after throttling and Lambda's own errors 1 s, 2 s, 4 s … up to 5 minutes, without
 * using up a retry (Lambda Developer Guide, "How Lambda handles errors and retries with asynchronous invocation").
 *
 * The waits are scaled, but an event ages by the unscaled ones: it is given up after the same number of runs as on AWS.
 */
export class EventQueue {
  readonly #pending = new Set<Promise<void>>();
  readonly #waits = new Waits();
  #closed = false;

  constructor(private readonly options: EventQueueOptions) {}

  add(event: QueuedEvent): void {
    const work = this.#process(event).finally(() => this.#pending.delete(work));
    this.#pending.add(work);
  }

  /** Resolves when no event waits or runs, not even for its next retry, to whether one did. */
  async idle(): Promise<boolean> {
    const worked = this.#pending.size > 0;
    while (this.#pending.size > 0) await Promise.all(this.#pending);
    return worked;
  }

  /** Drops the events that wait. */
  close(): void {
    this.#closed = true;
    this.#waits.close();
  }

  async #process(event: QueuedEvent): Promise<void> {
    const { clock, run, finish } = this.options;
    const { retries, maximumAgeSeconds } = asyncSettingsOf(event.target);
    const queuedAt = clock.now();
    let savedMs = 0;
    let runs = 0;
    let throttles = 0;
    let result: InvocationResult | undefined;
    const give = (condition: FinishedEvent["condition"]) =>
      finish({
        ...event,
        condition,
        invokeCount: Math.max(runs, condition === "ZeroReservedConcurrency" ? 0 : 1),
        result,
      });
    while (!this.#closed) {
      // "Lambda begins sending new events to the configured dead-letter queue or the on-failure event destination,
      // without any retries" (Lambda Developer Guide, on reserved concurrency zero).
      if (event.target.settings.reservedConcurrency === 0) return give("ZeroReservedConcurrency");
      const ran = await attempt(run, event);
      if (this.#closed) return;
      let waitMs: number;
      if (ran === undefined) {
        waitMs = backOffMs(throttles);
        throttles += 1;
      } else {
        runs += 1;
        throttles = 0;
        result = ran;
        if (ran.ok) return give("Success");
        if (runs > retries) return give("RetriesExhausted");
        waitMs = runs * minuteMs;
      }
      const ageMs = clock.now() - queuedAt + savedMs;
      if (ageMs + waitMs > maximumAgeSeconds * 1000) return give("EventAgeExceeded");
      const scaledMs = waitMs * this.options.retryDelayScale;
      savedMs += waitMs - scaledMs;
      await this.#waits.sleep(scaledMs);
    }
  }
}

/** `undefined` when the event has to go back into the queue. */
async function attempt(
  run: EventQueueOptions["run"],
  event: QueuedEvent,
): Promise<InvocationResult | undefined> {
  try {
    return await run(event);
  } catch {
    return undefined;
  }
}
