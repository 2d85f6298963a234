/** What other stacks may know of the messaging. */
export interface MessagingEndpoints {
  readonly topicArn: string;
  /** The secret that carries the topic's ARN to the functions. */
  readonly topicSecretArn: string;
}
