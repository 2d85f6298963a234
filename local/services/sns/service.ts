import { AwsError } from "../../kernel/aws-error";
import { type Members, validation } from "../../kernel/input";
import { messageBytes } from "../../kernel/message-attributes";
import { reportTo } from "../../kernel/undelivered";
import type { ServiceDefinition } from "../service";
import { invalidParameter, maxPublishBytes, readPublishRequest } from "./publish-request";
import { snsResourceTypes } from "./resources";
import type { Topic } from "./topic-settings";
import { Topics } from "./topics";

/** SNS on the deployment's topics: publishing, and reading topics and subscriptions. */
export const sns: ServiceDefinition<Topics> = {
  name: "sns",
  title: "Amazon SNS",
  wire: {
    protocol: "query",
    apiVersion: "2010-03-31",
    xmlNamespace: "http://sns.amazonaws.com/doc/2010-03-31/",
  },
  errors: {
    // SNS spells its own name in capitals in this message, alone among the services here.
    denied: { code: "AuthorizationError", status: 403, action: (action) => action.replace(/^sns:/, "SNS:") },
    internal: { code: "InternalError", message: "An internal service error occurred.", status: 500 },
    throttled: { code: "Throttled", message: "Rate exceeded", status: 429 },
    input: { error: validation("InvalidParameter", { shows: true }) },
  },
  resourceTypes: snsResourceTypes,
  operations: {
    Publish: {
      permission: { action: "sns:Publish", resource: ({ members }) => targetArn(members) },
      handle: ({ members }, topics) => ({
        MessageId: topics.accept(targetArn(members), readPublishRequest(members)),
      }),
    },
    PublishBatch: {
      permission: { action: "sns:Publish", resource: ({ members }) => topicArn(members) },
      handle: ({ members }, topics) => publishBatch(topics, members),
    },
    ListTopics: {
      permission: { action: "sns:ListTopics" },
      handle: (_input, topics) => ({ Topics: topics.all.map(({ arn }) => ({ TopicArn: arn })) }),
    },
    GetTopicAttributes: {
      permission: { action: "sns:GetTopicAttributes", resource: ({ members }) => topicArn(members) },
      handle: ({ members }, topics) => ({
        Attributes: topicAttributes(topics, topics.require(topicArn(members))),
      }),
    },
    ListSubscriptionsByTopic: {
      permission: { action: "sns:ListSubscriptionsByTopic", resource: ({ members }) => topicArn(members) },
      handle: ({ members }, topics) => ({
        Subscriptions: topics.require(topicArn(members)).subscriptions.map((subscription) => ({
          SubscriptionArn: subscription.arn,
          Owner: topics.place.accountId,
          Protocol: subscription.protocol,
          Endpoint: subscription.endpoint,
          TopicArn: subscription.topicArn,
        })),
      }),
    },
  },
  create: ({ deployment, clock, access, ports, notice }) =>
    new Topics(deployment, clock, { access, ports, report: reportTo(notice) }),
  ports: (topics) => ({ topics }),
  settle: (topics) => topics.idle(),
};

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
      Successful.push({ Id, MessageId: topics.accept(arn, readPublishRequest(entry)) });
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
function topicAttributes({ place: { accountId } }: Topics, topic: Topic): Map<string, string> {
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
