import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { Construct } from "constructs";
import { denyWithoutTls, type PolicyStatement, policyDocument } from "../common/policy-document";

/** The longest that SQS keeps a message. */
const FOURTEEN_DAYS_IN_SECONDS = 14 * 24 * 60 * 60;

export interface DeadLetterQueueProps {
  /** The physical name. */
  readonly queueName: string;
  /** The topic whose undeliverable messages end here. */
  readonly topicArn: string;
  /** The ARN of the stack's own key; `undefined` for AWS's. */
  readonly keyArn: string | undefined;
}

/**
 * Where a message ends that could not be handled: encrypted, kept for 14 days, filled by the topic and by the function
 * whose role has `sendPermission`, and by nobody else.
 *
 * Creates `aws_sqs_queue`, `aws_sqs_queue_policy`.
 */
export class DeadLetterQueue extends Construct {
  readonly arn: string;
  readonly url: string;
  /** For the role of the function that hands over what it failed on: Lambda does so with that role. */
  readonly sendPermission: PolicyStatement;

  constructor(scope: Construct, id: string, props: DeadLetterQueueProps) {
    super(scope, id);
    const queue = new SqsQueue(this, "queue", {
      name: props.queueName,
      messageRetentionSeconds: FOURTEEN_DAYS_IN_SECONDS,
      ...(props.keyArn === undefined ? { sqsManagedSseEnabled: true } : { kmsMasterKeyId: props.keyArn }),
    });
    new SqsQueuePolicy(this, "policy", {
      queueUrl: queue.url,
      policy: policyDocument(
        {
          Sid: "Topic",
          Principal: { Service: "sns.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: queue.arn,
          Condition: { ArnEquals: { "aws:SourceArn": props.topicArn } },
        },
        denyWithoutTls("sqs:*", queue.arn),
      ),
    });
    this.arn = queue.arn;
    this.url = queue.url;
    this.sendPermission = { Sid: "OwnDeadLetters", Action: "sqs:SendMessage", Resource: queue.arn };
  }
}
