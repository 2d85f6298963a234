import { randomUUID } from "node:crypto";
import type { Deployment } from "../../deployment/deployment";
import { type Place, parseArn } from "../../kernel/arn";
import { AwsError } from "../../kernel/aws-error";
import type { MessageAttributes } from "../../kernel/message-attributes";
import type { TopicPort } from "../ports";
import { type DeliveryServices, deliver } from "./deliveries";
import type { Notification } from "./notification";
import { checkSize, invalidParameter, type PublishRequest, requireArn } from "./publish-request";
import { readTopics, type Subscription, type Topic } from "./resources";

/** The deployment's topics: takes messages at once, and delivers them to the subscriptions afterwards. */
export class Topics implements TopicPort {
  readonly place: Place;
  readonly all: readonly Topic[];
  readonly #pending = new Set<Promise<unknown>>();

  constructor(
    deployment: Deployment,
    private readonly services: DeliveryServices,
  ) {
    this.place = deployment;
    this.all = readTopics(deployment);
  }

  get subscriptions(): readonly Subscription[] {
    return this.all.flatMap(({ subscriptions }) => subscriptions);
  }

  /** @throws AwsError `NotFound` (404); `InvalidParameter` for what is not an ARN, or one of another region (recorded) */
  require(arn: string): Topic {
    const topic = this.all.find((candidate) => candidate.arn === arn);
    if (topic !== undefined) return topic;
    requireArn("TopicArn", arn);
    const { service, region } = parseArn(arn) ?? {};
    if (service !== "sns" || region !== this.place.region) throw invalidParameter("TopicArn");
    throw new AwsError("NotFound", "Topic does not exist", 404);
  }

  publish(topicArn: string, message: string, attributes: MessageAttributes): void {
    checkSize(message, undefined, attributes);
    this.accept(topicArn, {
      attributes,
      subject: undefined,
      groupId: undefined,
      traceHeader: undefined,
      messageFor: () => message,
    });
  }

  /**
   * Returns the message's id. Permissions are the callers' business.
   *
   * @throws AwsError as `require`
   */
  accept(topicArn: string, request: Omit<PublishRequest, "bytes">): string {
    const topic = this.require(topicArn);
    const notification: Notification = {
      ...request,
      messageId: randomUUID(),
      topicArn,
      timestamp: new Date(this.services.clock.now()).toISOString(),
    };
    for (const subscription of topic.subscriptions) {
      if (!subscription.accepts(request.messageFor(subscription.protocol), request.attributes)) {
        const detail = "the filter policy does not match";
        const hop = {
          at: this.services.clock.now(),
          kind: "filtered",
          to: subscription.arn,
          detail,
        } as const;
        this.services.activity.went(notification.messageId, hop, topicArn);
        continue;
      }
      const delivery = Promise.resolve()
        .then(() => deliver(notification, subscription, this.place.accountId, this.services))
        .finally(() => this.#pending.delete(delivery));
      this.#pending.add(delivery);
    }
    return notification.messageId;
  }

  /**
   * Resolves when every message is delivered or given up, to whether there was one; what functions make of theirs is not
   * waited for.
   */
  async idle(): Promise<boolean> {
    const worked = this.#pending.size > 0;
    while (this.#pending.size > 0) await Promise.all(this.#pending);
    return worked;
  }
}
