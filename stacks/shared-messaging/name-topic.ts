import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { Construct } from "constructs";
import { denyWithoutTls, policyDocument } from "../common/policy-document";

export interface NameTopicProps {
  /** The physical name. */
  readonly topicName: string;
  /** The ARN of the stack's own key; `undefined` for AWS's. */
  readonly keyArn: string | undefined;
}

/**
 * A topic whose messages are encrypted at rest and taken over TLS only. The roles' policies say who may publish.
 *
 * Creates `aws_sns_topic`, `aws_sns_topic_policy`.
 */
export class NameTopic extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: NameTopicProps) {
    super(scope, id);
    const topic = new SnsTopic(this, "topic", {
      name: props.topicName,
      kmsMasterKeyId: props.keyArn ?? "alias/aws/sns",
    });
    new SnsTopicPolicy(this, "policy", {
      arn: topic.arn,
      policy: policyDocument(denyWithoutTls("sns:Publish", topic.arn)),
    });
    this.arn = topic.arn;
  }
}
