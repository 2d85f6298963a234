import { randomUUID } from "node:crypto";
import type { Deployment } from "../../deployment/deployment";
import type { Place } from "../../kernel/arn";
import { AwsError } from "../../kernel/aws-error";
import type { Clock } from "../../kernel/clock";
import type { MessageAttributes } from "../../kernel/message-attributes";
import type { TopicPort } from "../ports";
import { type DeliveryServices, deliver } from "./deliveries";
import type { Notification } from "./notification";
import { type PublishRequest, readPublishRequest } from "./publish-request";
import { readTopics, type Topic } from "./topic-settings";

/** The deployment's topics: takes messages at once, and delivers them to the subscriptions afterwards. */
export class Topics implements TopicPort {
  readonly place: Place;
  readonly all: readonly Topic[];
  readonly #pending = new Set<Promise<unknown>>();

  constructor(
    deployment: Deployment,
    private readonly clock: Clock,
    private readonly services: DeliveryServices,
  ) {
    this.place = deployment;
    this.all = readTopics(deployment);
  }

  /** @throws AwsError `NotFound` (404) */
  require(arn: string): Topic {
    const topic = this.all.find((candidate) => candidate.arn === arn);
    if (topic === undefined) throw new AwsError("NotFound", "Topic does not exist", 404);
    return topic;
  }

  publish(topicArn: string, message: string, attributes: MessageAttributes): void {
    this.accept(topicArn, readPublishRequest({ Message: message, MessageAttributes: attributes }));
  }

  /**
   * Returns the message's id. Permissions are the callers' business.
   *
   * @throws AwsError `NotFound` (404)
   */
  accept(topicArn: string, request: PublishRequest): string {
    const topic = this.require(topicArn);
    const notification: Notification = {
      messageId: randomUUID(),
      topicArn,
      subject: request.subject,
      messageFor: request.messageFor,
      attributes: request.attributes,
      timestamp: new Date(this.clock.now()).toISOString(),
    };
    for (const subscription of topic.subscriptions) {
      if (!subscription.accepts(request.messageFor(subscription.protocol), request.attributes)) continue;
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
