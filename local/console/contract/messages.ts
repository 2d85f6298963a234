export interface MessagesOverview {
  readonly topics: readonly TopicView[];
  readonly queues: readonly QueueView[];
  /** Newest first, at most 200. */
  readonly recent: readonly MessageView[];
}

export interface TopicView {
  readonly arn: string;
  readonly name: string;
  readonly address: string;
  readonly subscriptions: readonly {
    readonly arn: string;
    readonly protocol: string;
    readonly endpoint: string;
    readonly deadLetterQueue?: string;
    readonly delivered: number;
    readonly failed: number;
  }[];
}

export interface QueueView {
  readonly arn: string;
  readonly name: string;
  readonly url: string;
  readonly address: string;
  /** ARNs of the subscriptions and functions whose dead letters it takes. */
  readonly deadLettersOf: readonly string[];
  /** Looked at without receiving them. At most 100, oldest first. */
  readonly messages: readonly QueuedMessage[];
  readonly visible: number;
  readonly notVisible: number;
}

export interface QueuedMessage {
  readonly messageId: string;
  readonly sentAt: number;
  readonly receiveCount: number;
  readonly isVisible: boolean;
  /** At most 4 KB of it. `undefined` unless messages are kept. */
  readonly body?: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A message from a topic to one of its subscriptions, or from a function's event queue to its destination. */
export interface MessageView {
  readonly messageId: string;
  /** The request that caused it. */
  readonly causedBy?: string;
  readonly topicArn?: string;
  readonly at: number;
  readonly hops: readonly MessageHop[];
}

export interface MessageHop {
  readonly at: number;
  readonly kind: /** A subscription's filter policy did not match. */
    | "filtered"
    | "delivered"
    | "failed"
    /** It waits before it is tried again. */
    | "waiting"
    | "dead letter"
    | "lost";
  /** ARN of the subscription, function or queue. */
  readonly to: string;
  readonly attempt?: number;
  /** The run that a delivery started. */
  readonly requestId?: string;
  readonly detail: string;
}

/** What Cognito or SNS would have sent to somebody. */
export interface Mail {
  readonly id: string;
  readonly at: number;
  /** By e-mail or by text message. */
  readonly medium: "EMAIL" | "SMS";
  readonly to: string;
  readonly poolId?: string;
  readonly username?: string;
  readonly subject: string;
  readonly text: string;
  /** A code to type in, where it has one. */
  readonly code?: string;
}
