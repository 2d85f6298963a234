import type { Deployment } from "../../../local/deployment/deployment";
import type { Members } from "../../../local/kernel/input";

const MessageAttributes = { a: { DataType: "String", StringValue: "b" } };

/** An input with which an operation gets past looking up what it works on: members that it does not know are ignored. */
export function validInput(service: string, operation: string, deployment: Deployment): Members {
  const first = (type: string, key: string) => deployment.ofType(type)[0]?.values[key];
  switch (service) {
    case "sns":
      return {
        TopicArn: first("aws_sns_topic", "arn"),
        SubscriptionArn: first("aws_sns_topic_subscription", "arn"),
        ResourceArn: first("aws_sns_topic", "arn"),
        Message: "hello",
        MessageAttributes,
        PublishBatchRequestEntries: [{ Id: "a", Message: "hello", MessageAttributes }],
      };
    case "sqs":
      return {
        QueueUrl: first("aws_sqs_queue", "id"),
        QueueName: first("aws_sqs_queue", "name"),
        MessageBody: "hello",
        MessageAttributes,
        // A long poll would wait in real time.
        WaitTimeSeconds: 0,
        ...(operation === "SendMessageBatch"
          ? { Entries: [{ Id: "a", MessageBody: "hello", MessageAttributes }] }
          : {}),
      };
    case "secretsmanager":
      return { SecretId: first("aws_secretsmanager_secret", "arn"), SecretString: "hello" };
    case "logs":
      return {
        logGroupName: first("aws_cloudwatch_log_group", "name"),
        logStreamName: "stream",
        resourceArn: first("aws_cloudwatch_log_group", "arn"),
      };
    case "lambda":
      return {
        FunctionName: first("aws_lambda_function", "function_name"),
        UUID: first("aws_lambda_event_source_mapping", "uuid"),
        InvocationType: "DryRun",
      };
    case "cognito-idp":
      return {
        UserPoolId: first("aws_cognito_user_pool", "id"),
        ClientId: first("aws_cognito_user_pool_client", "id"),
        Username: "somebody@example.com",
      };
    case "wafv2": {
      const type = operation === "GetIPSet" ? "aws_wafv2_ip_set" : "aws_wafv2_web_acl";
      return {
        Scope: "REGIONAL",
        Id: first(type, "id"),
        Name: first(type, "name"),
        WebAclArn: first("aws_wafv2_web_acl", "arn"),
        WebACLArn: first("aws_wafv2_web_acl", "arn"),
        ResourceArn: first(
          operation === "GetWebACLForResource" ? "aws_api_gateway_stage" : "aws_wafv2_web_acl",
          "arn",
        ),
      };
    }
    case "apigateway":
      return {
        restApiId: first("aws_api_gateway_rest_api", "id"),
        resourceId: first("aws_api_gateway_resource", "id"),
        httpMethod: "POST",
        stageName: first("aws_api_gateway_stage", "stage_name"),
      };
    default:
      return {};
  }
}
