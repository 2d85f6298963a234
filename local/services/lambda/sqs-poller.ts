import type { Activity, Hop } from "../../kernel/activity";
import type { Clock } from "../../kernel/clock";
import type { InvocationResult } from "../../kernel/function-invoker";
import type { QueueConsumer, ReceivedMessage } from "../ports";
import type { EventSourceMapping } from "./event-source-mappings";
import type { FunctionTarget } from "./function-directory";
import { failedMessages, sqsRecord } from "./sqs-event";
import { backOffMs, Waits } from "./waits";

export interface PollerServices {
  readonly clock: Clock;
  readonly activity: Activity;
  readonly region: string;
  /** Multiplies the waits of a throttled batch. */
  readonly retryDelayScale: number;
  /** Most batches at a time where the mapping does not say. */
  readonly maxInstances: number;
  /** Runs the function once. Rejects when it is throttled or when Lambda itself fails. */
  readonly run: (target: FunctionTarget, payload: string, cause: string) => Promise<InvocationResult>;
}

/** A message, and how the function gets it. */
interface Gathered {
  readonly message: ReceivedMessage;
  readonly record: string;
}

/** "When the payload size reaches 6 MB" a batch is complete, however few messages it has (Lambda Developer Guide, "Batching behavior"). */
const MOST_BYTES = 6_291_456;
const bytesOf = (batch: readonly Gathered[]) =>
  batch.reduce((sum, { record }) => sum + Buffer.byteLength(record) + 1, '{"Records":[]}'.length);

/**
 * Hands a queue's messages to a function in batches, as Lambda does: a batch is complete at its size or at the end of the window that
 * began with its first message. Messages that the function has dealt with, and those that no filter lets pass, are deleted; the
 * others are visible again after the queue's visibility timeout, and SQS gives them up by its redrive policy.
 *
 * Lambda Developer Guide, "Using Lambda with Amazon SQS" and "Handling errors for an SQS event source in Lambda".
 */
export class SqsPoller {
  readonly #running = new Set<Promise<void>>();
  readonly #waits = new Waits();
  #unwatch = () => {};
  #batch: Gathered[] = [];
  #bytes = bytesOf([]);
  #windowEndsAt = 0;
  #windowEnd: NodeJS.Timeout | undefined;
  #pumping: Promise<void> | undefined;
  #closed = false;

  constructor(
    private readonly mapping: EventSourceMapping,
    private readonly queue: QueueConsumer,
    private readonly services: PollerServices,
  ) {}

  begin(): void {
    this.#unwatch = this.queue.watch(() => this.#soon());
    this.#soon();
  }

  /** Resolves when no batch is complete or running, to whether one was. What waits for a window or a timeout is not waited for. */
  async idle(): Promise<boolean> {
    let worked = false;
    while (this.#pumping !== undefined || this.#running.size > 0) {
      worked ||= this.#running.size > 0;
      await Promise.all([this.#pumping, ...this.#running]);
    }
    return worked;
  }

  /** What runs is not waited for. */
  close(): void {
    this.#closed = true;
    this.#unwatch();
    clearTimeout(this.#windowEnd);
    this.#waits.close();
  }

  /** After what sends has sent: messages that are sent together get into one batch. */
  #soon(): void {
    this.#pumping ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#pumping = undefined;
        this.#pump();
        resolve();
      });
    });
  }

  #pump(): void {
    const { batchSize, maximumConcurrency = this.services.maxInstances } = this.mapping;
    while (!this.#closed && this.#running.size < maximumConcurrency) {
      const received = this.queue.receive(batchSize - this.#batch.length);
      for (const message of received) this.#gather(message);
      if (this.#batch.length === 0 && received.length === 0) return;
      if (this.#batch.length >= batchSize) this.#launch();
      else if (received.length === 0 && !this.#waitsForMore()) this.#launch();
      else if (received.length === 0) return;
    }
  }

  #gather(message: ReceivedMessage): void {
    if (!this.mapping.accepts(message.body)) {
      this.queue.delete(message.receiptHandle);
      this.#note([message], "filtered", "no filter of the event source mapping lets it pass");
      return;
    }
    const { queueArn, batchingWindowSeconds } = this.mapping;
    const source = { queueArn, batchingWindowSeconds, region: this.services.region };
    const gathered = { message, record: JSON.stringify(sqsRecord(message, source)) };
    const bytes = bytesOf([gathered]) - bytesOf([]);
    if (this.#bytes + bytes > MOST_BYTES) this.#launch();
    if (this.#batch.length === 0)
      this.#windowEndsAt = this.services.clock.now() + batchingWindowSeconds * 1000;
    this.#batch.push(gathered);
    this.#bytes += bytes;
  }

  #waitsForMore(): boolean {
    const restMs = this.#windowEndsAt - this.services.clock.now();
    clearTimeout(this.#windowEnd);
    if (restMs > 0) this.#windowEnd = setTimeout(() => this.#soon(), restMs).unref();
    return restMs > 0;
  }

  #launch(): void {
    const running = this.#process(this.#batch).finally(() => {
      this.#running.delete(running);
      this.#soon();
    });
    this.#running.add(running);
    this.#batch = [];
    this.#bytes = bytesOf([]);
  }

  async #process(gathered: readonly Gathered[]): Promise<void> {
    const batch = gathered.map(({ message }) => message);
    const result = await this.#run(gathered);
    if (this.#closed) return;
    const back = `visible again ${this.queue.visibilityTimeoutSeconds} s after it was received`;
    if (result === undefined) return this.#note(batch, "failed", `the function was throttled; ${back}`);
    const ids = batch.map(({ id }) => id);
    const failed = failedMessages(result, ids, this.mapping.reportsFailures);
    const done = batch.filter(({ id }) => !failed.has(id));
    const left = batch.filter(({ id }) => failed.has(id));
    for (const { receiptHandle } of done) this.queue.delete(receiptHandle);
    const size = `in a batch of ${batch.length}`;
    this.#note(done, "delivered", size, result.requestId);
    const why = result.ok ? "the function says that it failed" : "the function failed";
    this.#note(left, "failed", `${size}: ${why}; ${back}`, result.requestId);
  }

  /**
   * "Lambda continues to retry the message until the message's timestamp exceeds your queue's visibility timeout, at which point Lambda
   * drops the message": `undefined`. How long Lambda waits in between is not said; here as for asynchronous events.
   */
  async #run(batch: readonly Gathered[]): Promise<InvocationResult | undefined> {
    const { clock, run, retryDelayScale } = this.services;
    const payload = `{"Records":[${batch.map(({ record }) => record).join()}]}`;
    const visibleAt = clock.now() + this.queue.visibilityTimeoutSeconds * 1000;
    let savedMs = 0;
    for (let throttles = 0; !this.#closed; throttles += 1) {
      try {
        return await run(this.mapping.target, payload, batch[0]?.message.id ?? "");
      } catch {
        const waitMs = backOffMs(throttles);
        if (clock.now() + savedMs + waitMs > visibleAt) return undefined;
        savedMs += waitMs * (1 - retryDelayScale);
        await this.#waits.sleep(waitMs * retryDelayScale);
      }
    }
    return undefined;
  }

  #note(messages: readonly ReceivedMessage[], kind: Hop["kind"], detail: string, requestId?: string): void {
    const { activity, clock } = this.services;
    const to = this.mapping.target.arn;
    const run = requestId === undefined ? {} : { requestId };
    for (const { id, receiveCount: attempt } of messages)
      activity.went(id, { at: clock.now(), kind, to, attempt, detail, ...run });
  }
}
