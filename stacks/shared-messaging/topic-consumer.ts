import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { Construct } from "constructs";
import type { HandlerFunction } from "../common/handler-function";

export interface TopicConsumerProps {
  readonly topicArn: string;
  readonly consumer: HandlerFunction;
  readonly deadLetterQueueArn: string;
}

/**
 * Hands every message of the topic to the function, and loses none: what SNS cannot deliver (the function or its
 * permission is gone) and what the function failed on three times both end in the queue. Each of the two needs a setting of its own, because SNS takes a message as delivered once Lambda has queued it.
 *
 * Creates `aws_sns_topic_subscription`, `aws_lambda_permission`, `aws_lambda_function_event_invoke_config`.
 */
export class TopicConsumer extends Construct {
  constructor(scope: Construct, id: string, { topicArn, consumer, deadLetterQueueArn }: TopicConsumerProps) {
    super(scope, id);
    const permission = new LambdaPermission(this, "permission", {
      statementId: "Topic",
      action: "lambda:InvokeFunction",
      functionName: consumer.functionName,
      principal: "sns.amazonaws.com",
      sourceArn: topicArn,
    });
    new SnsTopicSubscription(this, "subscription", {
      topicArn,
      protocol: "lambda",
      endpoint: consumer.arn,
      redrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetterQueueArn }),
      dependsOn: [permission],
    });
    new LambdaFunctionEventInvokeConfig(this, "event-invoke-config", {
      functionName: consumer.functionName,
      maximumRetryAttempts: 2,
      destinationConfig: { onFailure: { destination: deadLetterQueueArn } },
    });
  }
}
