/** A metric that an AWS service publishes of itself, free of charge. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Source: "Types of metrics for Lambda functions", https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
export function functionMetric(
  functionName: string,
  name: "Errors" | "Throttles" | "Duration" | "DestinationDeliveryFailures",
): Metric {
  return { namespace: "AWS/Lambda", name, dimensions: { FunctionName: functionName } };
}

/** Source: "Amazon API Gateway dimensions and metrics", https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-dimensions.html */
export function stageMetric(
  { apiName, stageName }: { readonly apiName: string; readonly stageName: string },
  name: "Count" | "4XXError" | "5XXError" | "Latency" | "IntegrationLatency",
): Metric {
  return { namespace: "AWS/ApiGateway", name, dimensions: { ApiName: apiName, Stage: stageName } };
}

/**
 * `rule`: a rule's metric name, or `ALL`.
 *
 * Source: "AWS WAF core metrics and dimensions", https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
 */
export function webAclMetric(
  { webAclName, region }: { readonly webAclName: string; readonly region: string },
  rule: string,
  name: "AllowedRequests" | "BlockedRequests" | "CountedRequests",
): Metric {
  return { namespace: "AWS/WAFV2", name, dimensions: { WebACL: webAclName, Region: region, Rule: rule } };
}

/** Source: "Monitoring Amazon SNS topics using CloudWatch", https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html */
export function topicMetric(
  topicName: string,
  name: "NumberOfMessagesPublished" | "NumberOfNotificationsFailed",
): Metric {
  return { namespace: "AWS/SNS", name, dimensions: { TopicName: topicName } };
}

/** Source: "Available CloudWatch metrics for Amazon SQS", https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html */
export function queueMetric(queueName: string, name: "ApproximateNumberOfMessagesVisible"): Metric {
  return { namespace: "AWS/SQS", name, dimensions: { QueueName: queueName } };
}
