import { AwsError } from "../../kernel/aws-error";
import type { AwsService, Members } from "../../aws-api/service";
import type { Deployment } from "../../deployment/deployment";
import { messageBytes } from "../../kernel/message-attributes";
import { invalidParameter, maxPublishBytes, readPublishRequest } from "./publish-request";
import type { Topic } from "./topic-settings";
import type { Topics } from "./topics";

/** SNS's API on the deployment's topics: publishing, and reading topics and subscriptions. */
export function snsService(deployment: Deployment, topics: Topics): AwsService {
  return {
    name: "sns",
    wire: {
      protocol: "query",
      apiVersion: "2010-03-31",
      xmlNamespace: "http://sns.amazonaws.com/doc/2010-03-31/",
    },
    operations: {
      Publish: {
        permission: (input) => ({ action: "sns:Publish", resource: targetArn(input) }),
        handle: (input) => {
          const request = readPublishRequest(input);
          return { MessageId: topics.publish(targetArn(input), request) };
        },
      },
      PublishBatch: {
        permission: (input) => ({ action: "sns:Publish", resource: topicArn(input) }),
        handle: (input) => publishBatch(topics, input),
      },
      ListTopics: {
        permission: () => ({ action: "sns:ListTopics", resource: "*" }),
        handle: () => ({ Topics: topics.all.map(({ arn }) => ({ TopicArn: arn })) }),
      },
      GetTopicAttributes: {
        permission: (input) => ({ action: "sns:GetTopicAttributes", resource: topicArn(input) }),
        handle: (input) => ({ Attributes: topicAttributes(deployment, topics.require(topicArn(input))) }),
      },
      ListSubscriptionsByTopic: {
        permission: (input) => ({ action: "sns:ListSubscriptionsByTopic", resource: topicArn(input) }),
        handle: (input) => ({
          Subscriptions: topics.require(topicArn(input)).subscriptions.map((subscription) => ({
            SubscriptionArn: subscription.arn,
            Owner: deployment.accountId,
            Protocol: subscription.protocol,
            Endpoint: subscription.endpoint,
            TopicArn: subscription.topicArn,
          })),
        }),
      },
    },
  };
}

function topicArn(input: Members): string {
  const arn = input.TopicArn;
  if (typeof arn !== "string" || arn === "") {
    throw invalidParameter("TopicArn Reason: no value for required parameter");
  }
  return arn;
}

function targetArn(input: Members): string {
  if (input.PhoneNumber !== undefined) {
    throw invalidParameter("PhoneNumber Reason: the local runtime sends no text messages");
  }
  const arn = input.TopicArn ?? input.TargetArn;
  if (typeof arn !== "string" || arn === "") {
    throw invalidParameter("TopicArn or TargetArn Reason: no value for required parameter");
  }
  return arn;
}

function publishBatch(topics: Topics, input: Members): Members {
  const arn = topicArn(input);
  topics.require(arn);
  const entries = batchEntries(input.PublishBatchRequestEntries);
  const total = entries.reduce((sum, { Message }) => sum + messageBytes(String(Message ?? ""), {}), 0);
  if (total > maxPublishBytes) {
    throw new AwsError(
      "BatchRequestTooLong",
      "The length of all the messages put together is more than the limit.",
    );
  }
  const Successful: Members[] = [];
  const Failed: Members[] = [];
  for (const entry of entries) {
    const { Id } = entry;
    try {
      Successful.push({ Id, MessageId: topics.publish(arn, readPublishRequest(entry)) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({ Id, Code: error.code, Message: error.message, SenderFault: true });
    }
  }
  return { Successful, Failed };
}

function batchEntries(value: unknown): Members[] {
  const entries: Members[] = Array.isArray(value) ? value : [];
  if (entries.length === 0) {
    throw new AwsError("EmptyBatchRequest", "The batch request doesn't contain any entries.");
  }
  if (entries.length > 10) {
    throw new AwsError(
      "TooManyEntriesInBatchRequest",
      "The batch request contains more entries than permissible.",
    );
  }
  const ids = entries.map(({ Id }) => String(Id ?? ""));
  if (ids.some((id) => !/^[\w-]{1,80}$/.test(id))) {
    throw new AwsError(
      "InvalidBatchEntryId",
      "The Id of a batch entry in a batch request doesn't abide by the specification.",
    );
  }
  if (new Set(ids).size < ids.length) {
    throw new AwsError(
      "BatchEntryIdsNotDistinct",
      "Two or more batch entries in the request have the same Id.",
    );
  }
  return entries;
}

/** A `Map`: the query protocol writes it as entries. */
function topicAttributes({ accountId }: Deployment, topic: Topic): Map<string, string> {
  return new Map([
    ["TopicArn", topic.arn],
    ["Owner", accountId],
    ["DisplayName", topic.displayName],
    ...(topic.policy === undefined ? [] : ([["Policy", topic.policy]] as const)),
    ["SubscriptionsConfirmed", String(topic.subscriptions.length)],
    ["SubscriptionsPending", "0"],
    ["SubscriptionsDeleted", "0"],
  ]);
}
