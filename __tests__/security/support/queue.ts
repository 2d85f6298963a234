import type { TestRuntime } from "../../support/local-runtime";

export interface QueueMessage {
  readonly Body: string;
  readonly MessageAttributes?: Readonly<Record<string, { readonly StringValue?: string }>>;
}

/** The messages that are in the queue now, ten at most; they stay in it, but out of sight for a while. */
export async function messagesIn(test: TestRuntime, queueName: string): Promise<QueueMessage[]> {
  const { body: queue } = await test.aws("AmazonSQS.GetQueueUrl", { QueueName: queueName });
  const { status, body } = await test.aws("AmazonSQS.ReceiveMessage", {
    QueueUrl: queue.QueueUrl,
    MaxNumberOfMessages: 10,
    MessageAttributeNames: ["All"],
  });
  if (status !== 200) throw new Error(`${queueName} cannot be read: ${status} ${JSON.stringify(body)}`);
  return (body.Messages ?? []) as QueueMessage[];
}
