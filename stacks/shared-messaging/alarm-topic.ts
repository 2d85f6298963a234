import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { Construct } from "constructs";
import { denyWithoutTls, policyDocument } from "../common/policy-document";

export interface AlarmTopicProps {
  /** The physical name. */
  readonly topicName: string;
  readonly accountId: string;
  /** The alarms that may publish. */
  readonly alarmArns: string;
  /** The address that is told; AWS asks it for a confirmation first. */
  readonly email: string | undefined;
  /**
   * The ARN of the stack's own key. Without, the topic is not encrypted at rest: the policy of AWS's own key lets no alarm
   * through. Source: https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns
   */
  readonly keyArn: string | undefined;
}

/**
 * Where all alarms of the account's deployment go: published to by CloudWatch, for this account's alarms alone.
 *
 * Creates `aws_sns_topic`, `aws_sns_topic_policy`, `aws_sns_topic_subscription`.
 */
export class AlarmTopic extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: AlarmTopicProps) {
    super(scope, id);
    const topic = new SnsTopic(this, "topic", { name: props.topicName, kmsMasterKeyId: props.keyArn });
    new SnsTopicPolicy(this, "policy", {
      arn: topic.arn,
      policy: policyDocument(
        {
          Sid: "Alarms",
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Action: "sns:Publish",
          Resource: topic.arn,
          Condition: {
            ArnLike: { "aws:SourceArn": props.alarmArns },
            StringEquals: { "aws:SourceAccount": props.accountId },
          },
        },
        denyWithoutTls("sns:Publish", topic.arn),
      ),
    });
    if (props.email !== undefined)
      new SnsTopicSubscription(this, "subscription", {
        topicArn: topic.arn,
        protocol: "email",
        endpoint: props.email,
      });
    this.arn = topic.arn;
  }
}
