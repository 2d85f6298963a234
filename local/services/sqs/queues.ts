import type { Deployment } from "../../deployment/deployment";
import { Activity } from "../../kernel/activity";
import type { Place } from "../../kernel/arn";
import { AwsError } from "../../kernel/aws-error";
import type { Clock } from "../../kernel/clock";
import { Kept } from "../../kernel/kept";
import type { MessageAttributes } from "../../kernel/message-attributes";
import type { QueueConsumer, QueuePort, WaitingMessage } from "../ports";
import { checkSize } from "./messages";
import { type Message, type Outgoing, Queue, type QueueContents } from "./queue";
import { queueOfUrl, readQueues } from "./resources";
import { systemAttributes } from "./views";

/** The deployment's queues. Permissions are the callers' business. */
export class Queues implements QueuePort {
  readonly #queues: readonly Queue[];
  readonly place: Place;
  readonly #stopFollowingClock: (() => void) | undefined;
  #closed = false;

  constructor(
    deployment: Deployment,
    private readonly clock: Clock,
    /** Where SDKs reach the local endpoint: queue URLs in answers start so. */
    readonly endpointUrl: () => string,
    kept = new Kept(),
    activity = new Activity(),
  ) {
    this.place = deployment;
    const all = readQueues(deployment);
    this.#queues = all.map((settings) => {
      const target = settings.redrive?.deadLetterArn;
      const giveUp = all.some((other) => other.arn === target)
        ? (message: Message) => {
            this.byArn(target ?? "")?.adopt(message, settings.arn);
            const detail = `received ${message.receiveCount} times`;
            activity.went(message.id, { at: clock.now(), kind: "dead letter", to: target ?? "", detail });
          }
        : undefined;
      const contents = kept.of<QueueContents>(`messages of ${settings.arn}`, () => ({
        messages: [],
        purgedAt: undefined,
      }));
      return new Queue(settings, clock.now(), clock, giveUp, contents);
    });
    this.#stopFollowingClock = clock.onMoved?.(() => this.#wakeAll());
  }

  all(): readonly Queue[] {
    return this.#queues;
  }

  byArn(arn: string): Queue | undefined {
    return this.#queues.find((queue) => queue.settings.arn === arn);
  }

  byName(name: string): Queue | undefined {
    return this.#queues.find((queue) => queue.settings.name === name);
  }

  /** By account and name in the URL, so that the local endpoint's URL and AWS's own name the same queue. */
  byUrl(url: string): Queue | undefined {
    const named = queueOfUrl(url);
    const queue = named && this.byName(named.name);
    return queue?.settings.accountId === named?.accountId ? queue : undefined;
  }

  /** @throws AwsError `QueueDoesNotExist`, `InvalidParameterValue` for a message that is too large */
  send(
    arn: string,
    body: string,
    attributes: MessageAttributes,
    senderId: string,
    more: Pick<Outgoing, "groupId" | "traceHeader"> = {},
  ): Message {
    const queue = this.byArn(arn);
    if (queue === undefined) throw noSuchQueue();
    checkSize(queue.settings.maxMessageBytes, body, attributes);
    return queue.send({ body, attributes, senderId, ...more });
  }

  consumerOf(arn: string): QueueConsumer | undefined {
    const queue = this.byArn(arn);
    return (
      queue && {
        visibilityTimeoutSeconds: queue.settings.visibilityTimeoutSeconds,
        receive: (most) =>
          queue.receive(most).map((message) => ({
            ...message,
            receiptHandle: message.receiptHandle ?? "",
            systemAttributes: systemAttributes(message),
          })),
        delete: (receiptHandle) => {
          const message = queue.byReceipt(receiptHandle);
          if (message !== undefined) queue.delete(message);
        },
        watch: (listener) => queue.watch(listener),
      }
    );
  }

  look(arn: string): WaitingMessage[] {
    const now = this.clock.now();
    return (this.byArn(arn)?.look() ?? []).map((message) => waiting(message, now));
  }

  async drain(arn: string, take: (message: WaitingMessage) => Promise<boolean>): Promise<number> {
    const queue = this.byArn(arn);
    if (queue === undefined) throw noSuchQueue();
    const now = this.clock.now();
    let taken = 0;
    for (const message of queue.look().filter(({ visibleAt }) => visibleAt <= now)) {
      if (!(await take(waiting(message, now)))) continue;
      queue.delete(message);
      taken += 1;
    }
    return taken;
  }

  /** Receives, waiting for messages where there are none. */
  async receive(
    queue: Queue,
    most: number,
    waitSeconds: number,
    visibilitySeconds?: number,
  ): Promise<Message[]> {
    const until = this.clock.now() + waitSeconds * 1000;
    for (;;) {
      const messages = queue.receive(most, visibilitySeconds);
      const leftMs = until - this.clock.now();
      if (messages.length > 0 || leftMs <= 0 || this.#closed) return messages;
      await queue.arrival(leftMs);
    }
  }

  /** Ends all waiting for messages. */
  close(): void {
    this.#closed = true;
    this.#stopFollowingClock?.();
    this.#wakeAll();
  }

  #wakeAll(): void {
    for (const queue of this.#queues) queue.wakeAll();
  }
}

function waiting(
  { id, body, attributes, sentAt, receiveCount, visibleAt }: Message,
  now: number,
): WaitingMessage {
  return { id, body, attributes, sentAt, receiveCount, isVisible: visibleAt <= now };
}

export function noSuchQueue(): AwsError {
  return new AwsError("QueueDoesNotExist", "The specified queue does not exist.");
}
