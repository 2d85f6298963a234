import { formatArn, type Place } from "../../kernel/arn";
import type { Members } from "../../kernel/input";
import type { Subscription, Topic } from "./resources";

/** Answers in the query protocol, where a map is written as entries. Recorded in localstack's AWS-validated test_sns.py. */

/** How SNS retries HTTP endpoints by default. */
const effectiveDeliveryPolicy = JSON.stringify({
  http: {
    defaultHealthyRetryPolicy: {
      minDelayTarget: 20,
      maxDelayTarget: 20,
      numRetries: 3,
      numMaxDelayRetries: 0,
      numNoDelayRetries: 0,
      numMinDelayRetries: 0,
      backoffFunction: "linear",
    },
    disableSubscriptionOverrides: false,
    defaultRequestPolicy: { headerContentType: "text/plain; charset=UTF-8" },
  },
});

export function topicAttributes(topic: Topic, { accountId }: Place): ReadonlyMap<string, string> {
  const { Policy = defaultPolicy(topic.arn, accountId), ...shown } = topic.shown;
  return mapOf({
    TopicArn: topic.arn,
    Owner: accountId,
    Policy,
    EffectiveDeliveryPolicy: topic.shown.DeliveryPolicy ?? effectiveDeliveryPolicy,
    ...shown,
    SubscriptionsConfirmed: String(topic.subscriptions.length),
    SubscriptionsPending: "0",
    SubscriptionsDeleted: "0",
  });
}

/** What SNS gives a topic without a policy. */
function defaultPolicy(topicArn: string, accountId: string): string {
  const actions = [
    "GetTopicAttributes",
    "SetTopicAttributes",
    "AddPermission",
    "RemovePermission",
    "DeleteTopic",
    "Subscribe",
    "ListSubscriptionsByTopic",
    "Publish",
  ];
  return JSON.stringify({
    Version: "2008-10-17",
    Id: "__default_policy_ID",
    Statement: [
      {
        Sid: "__default_statement_ID",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: actions.map((action) => `SNS:${action}`),
        Resource: topicArn,
        Condition: { StringEquals: { "AWS:SourceOwner": accountId } },
      },
    ],
  });
}

export function describeSubscription(subscription: Subscription, { accountId }: Place): Members {
  return {
    SubscriptionArn: subscription.arn,
    Owner: accountId,
    Protocol: subscription.protocol,
    Endpoint: subscription.endpoint,
    TopicArn: subscription.topicArn,
  };
}

export function subscriptionAttributes(
  subscription: Subscription,
  place: Place,
): ReadonlyMap<string, string> {
  return mapOf({
    SubscriptionArn: subscription.arn,
    TopicArn: subscription.topicArn,
    Owner: place.accountId,
    Protocol: subscription.protocol,
    Endpoint: subscription.endpoint,
    RawMessageDelivery: String(subscription.raw),
    ...subscription.shown,
    ConfirmationWasAuthenticated: "true",
    PendingConfirmation: "false",
    SubscriptionPrincipal: formatArn(place, "iam", "user/local-administrator", { region: "" }),
  });
}

function mapOf(attributes: Readonly<Record<string, string | undefined>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(attributes).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
