import { randomUUID } from "node:crypto";
import type { Clock } from "../../kernel/clock";
import type { MessageAttributes } from "../../kernel/message-attributes";
import type { QueueSettings } from "./resources";

/** What a sender says of a message. */
export interface Outgoing {
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly senderId: string;
  /** X-Ray's, which a message carries along. */
  readonly traceHeader?: string | undefined;
  /** The group of a fair queue's message. */
  readonly groupId?: string | undefined;
  /** @default the queue's */
  readonly delaySeconds?: number | undefined;
}

export interface Message extends Omit<Outgoing, "delaySeconds"> {
  readonly id: string;
  readonly sentAt: number;
  /** The queue that gave it up, for a message in a dead-letter queue. */
  readonly deadLetterSourceArn: string | undefined;
  visibleAt: number;
  receiveCount: number;
  firstReceivedAt: number | undefined;
  /** The last receive's; only this one deletes the message. */
  receiptHandle: string | undefined;
}

/** What a queue holds: it outlives a restart of the services. */
export interface QueueContents {
  messages: Message[];
  purgedAt: number | undefined;
}

/** Where a queue moves a message that was received too often. */
export type GiveUp = (message: Message) => void;

/**
 * One queue: a received message is invisible for a while and comes back unless it is deleted, at most as often as the
 * redrive policy says. Messages past their retention are dropped, so it does not grow without bound.
 */
export class Queue {
  readonly #arrivals = new Set<() => void>();
  readonly #watchers = new Set<() => void>();
  /** Tells the watchers when the next message becomes visible. */
  #next: NodeJS.Timeout | undefined;

  constructor(
    readonly settings: QueueSettings,
    readonly createdAt: number,
    private readonly clock: Clock,
    /** Left out where the deployment has no dead-letter queue for it: messages then come back without end. */
    private readonly giveUp: GiveUp | undefined,
    private readonly contents: QueueContents = { messages: [], purgedAt: undefined },
  ) {}

  send({ delaySeconds = this.settings.delaySeconds, ...outgoing }: Outgoing): Message {
    const now = this.clock.now();
    const message: Message = {
      ...outgoing,
      id: randomUUID(),
      sentAt: now,
      deadLetterSourceArn: undefined,
      visibleAt: now + delaySeconds * 1000,
      receiveCount: 0,
      firstReceivedAt: undefined,
      receiptHandle: undefined,
    };
    this.#add(message);
    return message;
  }

  /** Takes over a message that another queue gave up; its age goes on. */
  adopt(message: Message, sourceArn: string): void {
    this.#add({
      ...message,
      deadLetterSourceArn: sourceArn,
      visibleAt: this.clock.now(),
      receiptHandle: undefined,
    });
  }

  receive(most: number, visibilitySeconds = this.settings.visibilityTimeoutSeconds): Message[] {
    const now = this.clock.now();
    this.#expire(now);
    const maxReceives = this.settings.redrive?.maxReceiveCount ?? Number.POSITIVE_INFINITY;
    const received: Message[] = [];
    for (const message of [...this.contents.messages]) {
      if (received.length === most) break;
      if (message.visibleAt > now) continue;
      if (this.giveUp !== undefined && message.receiveCount >= maxReceives) {
        this.#remove(message);
        this.giveUp(message);
        continue;
      }
      message.receiveCount += 1;
      message.firstReceivedAt ??= now;
      message.visibleAt = now + visibilitySeconds * 1000;
      message.receiptHandle = randomUUID();
      received.push(message);
    }
    this.#tellLater();
    return received;
  }

  /** Calls the listener whenever a message may have become visible. @returns what ends that */
  watch(listener: () => void): () => void {
    this.#watchers.add(listener);
    this.#tellLater();
    return () => {
      this.#watchers.delete(listener);
      this.#tellLater();
    };
  }

  /** Without receiving them, oldest first. */
  look(): readonly Message[] {
    this.#expire(this.clock.now());
    return [...this.contents.messages];
  }

  /** Resolves when a message may have become visible, at the latest after the time given. */
  async arrival(milliseconds: number): Promise<void> {
    const now = this.clock.now();
    let next = milliseconds;
    for (const { visibleAt } of this.contents.messages) next = Math.min(next, Math.max(1, visibleAt - now));
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#arrivals.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, next);
      timer.unref();
      this.#arrivals.add(wake);
    });
  }

  /** Ends all waiting for messages: one may be visible now. */
  wakeAll(): void {
    for (const wake of [...this.#arrivals]) wake();
    for (const tell of [...this.#watchers]) tell();
    this.#tellLater();
  }

  byReceipt(receiptHandle: string): Message | undefined {
    return this.contents.messages.find((message) => message.receiptHandle === receiptHandle);
  }

  /** Does nothing to a message that is visible again, as SQS says yes and does nothing (localstack#9632). */
  changeVisibility(message: Message, seconds: number): void {
    const now = this.clock.now();
    if (message.visibleAt <= now) return;
    message.visibleAt = now + seconds * 1000;
    this.wakeAll();
  }

  delete(message: Message): void {
    this.#remove(message);
  }

  /** Whether the queue was purged: SQS does that once in 60 seconds. */
  purge(): boolean {
    const now = this.clock.now();
    if (this.contents.purgedAt !== undefined && now - this.contents.purgedAt < 60_000) return false;
    this.contents.purgedAt = now;
    this.contents.messages = [];
    return true;
  }

  /** How many messages can be received, are being worked on, and are still delayed. */
  counts(): { visible: number; inFlight: number; delayed: number } {
    const now = this.clock.now();
    this.#expire(now);
    const hidden = this.contents.messages.filter((message) => message.visibleAt > now);
    const delayed = hidden.filter((message) => message.receiptHandle === undefined).length;
    return {
      visible: this.contents.messages.length - hidden.length,
      inFlight: hidden.length - delayed,
      delayed,
    };
  }

  #add(message: Message): void {
    this.#expire(this.clock.now());
    this.contents.messages.push(message);
    this.wakeAll();
  }

  #tellLater(): void {
    clearTimeout(this.#next);
    const now = this.clock.now();
    const times = this.contents.messages.map(({ visibleAt }) => visibleAt).filter((time) => time > now);
    if (this.#watchers.size === 0 || times.length === 0) return;
    this.#next = setTimeout(() => this.wakeAll(), Math.min(...times) - now).unref();
  }

  #remove(message: Message): void {
    this.contents.messages = this.contents.messages.filter((other) => other !== message);
  }

  #expire(now: number): void {
    const oldest = now - this.settings.retentionSeconds * 1000;
    if (this.contents.messages.some((message) => message.sentAt <= oldest)) {
      this.contents.messages = this.contents.messages.filter((message) => message.sentAt > oldest);
    }
  }
}
