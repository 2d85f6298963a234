import type { MessageAttributes } from "./message-attributes";

/** Where Lambda puts what an asynchronous event came to. Permissions are checked before. */
export interface EventTargets {
  /** Throws when the deployment has no such queue, or when the message is too large for it. */
  sendToQueue(queueArn: string, body: string, attributes: MessageAttributes): void;
  /** Throws when the deployment has no such topic, or when the message is too large for it. */
  publishToTopic(topicArn: string, message: string, attributes: MessageAttributes): void;
}
