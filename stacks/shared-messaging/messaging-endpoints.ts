/** What other stacks may know of the messaging. */
export interface MessagingEndpoints {
  readonly topicArn: string;
  /** The secret that carries the topic's ARN to the functions. */
  readonly topicSecretArn: string;
  /** Where alarms go; `undefined` without alarms. */
  readonly alarmTopicArn: string | undefined;
  /** Physical names, by which metrics are found. */
  readonly names: { readonly topic: string; readonly consumer: string; readonly deadLetterQueue: string };
}
