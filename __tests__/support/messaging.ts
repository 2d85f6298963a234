import { ACCOUNT, REGION, type Unnamed, type Values } from "./deployment";

export const queueArn = (name: string) => `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;
export const topicArn = (name: string) => `arn:aws:sns:${REGION}:${ACCOUNT}:${name}`;
export const queueUrl = (name: string) => `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}`;

/** With what the provider would add: a reader sees resources that are whole. */
export function queue(name: string, values: Values = {}): Unnamed {
  return ["aws_sqs_queue", { name, arn: queueArn(name), url: queueUrl(name), id: queueUrl(name), ...values }];
}

export function topic(name: string, values: Values = {}): Unnamed {
  return ["aws_sns_topic", { name, arn: topicArn(name), ...values }];
}

let subscriptions = 0;

export function subscription(
  topicName: string,
  protocol: string,
  endpoint: string,
  values: Values = {},
): Unnamed {
  subscriptions += 1;
  const id = `00000000-0000-4000-8000-${String(subscriptions).padStart(12, "0")}`;
  const arn = `${topicArn(topicName)}:${id}`;
  return [
    "aws_sns_topic_subscription",
    { arn, topic_arn: topicArn(topicName), protocol, endpoint, ...values },
  ];
}
