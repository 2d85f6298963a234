import { operationInputs } from "../../aws-api/operation-inputs";
import type { CallContext, Permission } from "../../aws-api/service";
import { AwsError } from "../../kernel/aws-error";
import type { Input, InputDialect, Members } from "../../kernel/input";
import { validation } from "../../kernel/input-dialect";
import { pageOf } from "../../kernel/paging";
import { reportTo } from "../../kernel/undelivered";
import type { ServiceDefinition } from "../service";
import { isDelivered } from "./deliveries";
import { invalidParameter, maxPublishBytes, readPublishRequest, requireArn } from "./publish-request";
import { type Subscription, snsResourceTypes } from "./resources";
import { Topics } from "./topics";
import { describeSubscription, subscriptionAttributes, topicAttributes } from "./views";

/** SNS on the deployment's topics: publishing, and reading topics and subscriptions. */
export const sns: ServiceDefinition<Topics> = {
  name: "sns",
  title: "Amazon SNS",
  wire: {
    protocol: "query",
    apiVersion: "2010-03-31",
    xmlNamespace: "http://sns.amazonaws.com/doc/2010-03-31/",
    // As API Gateway's integrations get it: {"PublishResponse":{"PublishResult":{"MessageId":"…","SequenceNumber":null}, …}}.
    nulls: { Publish: ["SequenceNumber"] },
  },
  errors: {
    // SNS spells its own name in capitals in this message, alone among the services here.
    denied: { code: "AuthorizationError", status: 403, action: (action) => action.replace(/^sns:/, "SNS:") },
    internal: { code: "InternalError", message: "An internal service error occurred.", status: 500 },
    throttled: { code: "Throttled", message: "Rate exceeded", status: 429 },
    input: inputError(),
  },
  // What is missing is taken for empty, of which SNS says "Empty message" and "EmptyBatchRequest" (recorded in localstack's test_sns.py).
  inputs: operationInputs(__dirname, {
    required: { PublishInput: [], PublishBatchInput: ["TopicArn"], PublishBatchRequestEntry: ["Id"] },
  }),
  resourceTypes: snsResourceTypes,
  operations: {
    Publish: {
      permission: { action: "sns:Publish", resource: targetArn },
      handle: (input, topics, context) => ({
        MessageId: topics.accept(targetArn(input), readPublishRequest(input, context)),
      }),
    },
    PublishBatch: { permission: onTopic("sns:Publish"), handle: publishBatch },
    ListTopics: {
      permission: { action: "sns:ListTopics" },
      handle: (input, topics) => list("Topics", topics.all, input, ({ arn }) => ({ TopicArn: arn })),
    },
    GetTopicAttributes: {
      permission: onTopic("sns:GetTopicAttributes"),
      handle: (input, topics) => ({
        Attributes: topicAttributes(topics.require(input.text("TopicArn")), topics.place),
      }),
    },
    ListSubscriptions: {
      permission: { action: "sns:ListSubscriptions" },
      handle: (input, topics) => listSubscriptions(topics.subscriptions, input, topics),
    },
    ListSubscriptionsByTopic: {
      permission: onTopic("sns:ListSubscriptionsByTopic"),
      handle: (input, topics) =>
        listSubscriptions(topics.require(input.text("TopicArn")).subscriptions, input, topics),
    },
    GetSubscriptionAttributes: {
      permission: {
        action: "sns:GetSubscriptionAttributes",
        resource: (input, topics) => subscriptionOf(input, topics).topicArn,
      },
      handle: (input, topics) => ({
        Attributes: subscriptionAttributes(subscriptionOf(input, topics), topics.place),
      }),
    },
    ListTagsForResource: {
      permission: {
        action: "sns:ListTagsForResource",
        resource: (input) => input.text("ResourceArn"),
      },
      handle: (input, topics) => {
        const topic = topics.all.find(({ arn }) => arn === input.text("ResourceArn"));
        if (topic === undefined) throw new AwsError("ResourceNotFound", "Resource does not exist", 404);
        return { Tags: Object.entries(topic.tags).map(([Key, Value]) => ({ Key, Value })) };
      },
    },
  },
  create: ({ deployment, clock, activity, access, ports, notice }) =>
    new Topics(deployment, { clock, activity, access, ports, report: reportTo(notice) }),
  ports: (topics) => ({ topics }),
  settle: (topics) => topics.idle(),
  warnings: ({ subscriptions }) =>
    subscriptions.flatMap(({ address, protocol }) =>
      isDelivered(protocol) ? [] : [`${address}: nothing is delivered to the protocol ${protocol} here`],
    ),
};

/** Recorded in localstack's AWS-validated test_sns.py: `no-value-for-required-parameter` for ARNs, the validator's for others. */
function inputError(): InputDialect {
  const other = validation("ValidationError");
  return (problem, ...more) => {
    const { kind, member } = problem;
    if (kind === "missing" && member.endsWith("Arn"))
      return invalidParameter(`${member} Reason: no value for required parameter`);
    return kind === "type" ? invalidParameter(member) : other(problem, ...more);
  };
}

function onTopic(action: string): Permission<Topics> {
  return { action, resource: (input) => input.text("TopicArn") };
}

function targetArn(input: Input): string {
  const phone = input.optionalText("PhoneNumber");
  if (phone !== undefined)
    throw invalidParameter(
      /^\+[1-9]\d{1,14}$/.test(phone)
        ? "PhoneNumber Reason: the local runtime sends no text messages"
        : `PhoneNumber Reason: ${phone} is not valid to publish to`,
    );
  const arn = input.optionalText("TopicArn") ?? input.optionalText("TargetArn");
  if (arn === undefined)
    throw invalidParameter("TopicArn or TargetArn Reason: no value for required parameter");
  if (/^[^:]*:[^:]*:sns:[^:]*:[^:]*:endpoint\//.test(arn))
    throw invalidParameter("TargetArn Reason: No endpoint found for the target arn specified");
  return arn;
}

/** An entry that is not as the API asks fails the whole batch (recorded); an empty message or a bad subject only itself. */
function publishBatch(input: Input, topics: Topics, context: CallContext): Members {
  const arn = input.text("TopicArn");
  topics.require(arn);
  const entries = batchEntries(input);
  const Failed: Members[] = [];
  const requests = entries.flatMap((entry) => {
    const Id = entry.text("Id");
    try {
      return [{ Id, request: readPublishRequest(entry, context) }];
    } catch (error) {
      if (!(error instanceof AwsError) || !/: (Empty message|Subject)$/.test(error.message)) throw error;
      Failed.push({ Id, Code: error.code, Message: error.message, SenderFault: true });
      return [];
    }
  });
  if (requests.reduce((sum, { request }) => sum + request.bytes, 0) > maxPublishBytes)
    throw new AwsError(
      "BatchRequestTooLong",
      "The length of all the messages put together is more than the limit.",
    );
  const Successful = requests.map(({ Id, request }) => ({ Id, MessageId: topics.accept(arn, request) }));
  return { Successful, Failed };
}

function batchEntries(input: Input): Input[] {
  const entries = input.structures("PublishBatchRequestEntries");
  if (entries.length === 0)
    throw new AwsError("EmptyBatchRequest", "The batch request doesn't contain any entries.");
  if (entries.length > 10)
    throw new AwsError(
      "TooManyEntriesInBatchRequest",
      "The batch request contains more entries than permissible.",
    );
  const ids = entries.map((entry) => entry.text("Id"));
  if (new Set(ids).size < ids.length)
    throw new AwsError(
      "BatchEntryIdsNotDistinct",
      "Two or more batch entries in the request have the same Id.",
    );
  if (ids.some((id) => !/^[\w-]{1,80}$/.test(id)))
    throw new AwsError(
      "InvalidBatchEntryId",
      "The Id of a batch entry in a batch request doesn't abide by the specification.",
    );
  return entries;
}

function subscriptionOf(input: Input, topics: Topics): Subscription {
  const arn = input.text("SubscriptionArn");
  requireArn("SubscriptionArn", arn);
  const found = topics.subscriptions.find((subscription) => subscription.arn === arn);
  if (found === undefined) throw new AwsError("NotFound", "Subscription does not exist", 404);
  return found;
}

function listSubscriptions(subscriptions: readonly Subscription[], input: Input, topics: Topics): Members {
  return list("Subscriptions", subscriptions, input, (item) => describeSubscription(item, topics.place));
}

/** 100 a page (Amazon SNS API Reference, ListTopics, ListSubscriptions). */
function list<T extends { readonly arn: string }>(
  member: string,
  all: readonly T[],
  input: Input,
  view: (item: T) => Members,
): Members {
  const { items, nextToken } = pageOf(all, {
    keyOf: ({ arn }) => arn,
    token: input.optionalText("NextToken"),
    limit: 100,
    invalidToken: () => invalidParameter("NextToken Reason: Invalid token"),
  });
  return { [member]: items.map(view), ...(nextToken === undefined ? {} : { NextToken: nextToken }) };
}
