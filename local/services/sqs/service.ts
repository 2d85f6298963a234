import { operationInputs } from "../../aws-api/operation-inputs";
import type { QueryDialect } from "../../aws-api/service";
import type { InputDialect } from "../../kernel/input";
import { validation } from "../../kernel/input-dialect";
import type { ServiceDefinition } from "../service";
import { invalid, missing } from "./messages";
import { sqsOperations } from "./operations";
import { Queues } from "./queues";
import { sqsResourceTypes } from "./resources";

/**
 * SQS spoke the query protocol before it spoke JSON, with other error codes. Its JSON answers carry the earlier code in
 * `x-amzn-query-error`, and the SDKs show the earlier code: "Error responses" of the Amazon SQS developer guide, and the trait
 * `awsQueryError` in the service's Smithy model. Codes that are not listed were the same.
 */
const queryCodes: Readonly<Record<string, string>> = {
  AccessDeniedException: "AccessDenied",
  BatchEntryIdsNotDistinct: "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
  BatchRequestTooLong: "AWS.SimpleQueueService.BatchRequestTooLong",
  EmptyBatchRequest: "AWS.SimpleQueueService.EmptyBatchRequest",
  InvalidBatchEntryId: "AWS.SimpleQueueService.InvalidBatchEntryId",
  MessageNotInflight: "AWS.SimpleQueueService.MessageNotInflight",
  PurgeQueueInProgress: "AWS.SimpleQueueService.PurgeQueueInProgress",
  QueueDeletedRecently: "AWS.SimpleQueueService.QueueDeletedRecently",
  QueueDoesNotExist: "AWS.SimpleQueueService.NonExistentQueue",
  QueueNameExists: "QueueAlreadyExists",
  TooManyEntriesInBatchRequest: "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
  UnsupportedOperation: "AWS.SimpleQueueService.UnsupportedOperation",
};

const NO_QUEUE = "The specified queue does not exist for this wsdl version.";

const entries = ["Entries", "member"];
const attributes = ["MessageAttributes", "entry"];
const systemAttributes = ["MessageSystemAttributes", "entry"];

/**
 * The protocol of SDKs from before November 2023, and of API Gateway's integrations. Names in forms and elements are those of the
 * Amazon SQS API Reference at that time (botocore 1.29, `sqs/2012-11-05`); attributes may be named in the plural too (localstack's
 * AWS-validated `test_sqs_aws_integration_with_message_attribute`).
 */
const formerQuery: QueryDialect = {
  apiVersion: "2012-11-05",
  xmlNamespace: "http://queue.amazonaws.com/doc/2012-11-05/",
  pathMember: "QueueUrl",
  flattened: {
    AttributeName: ["AttributeNames", "member"],
    MessageAttribute: attributes,
    MessageAttributes: attributes,
    MessageAttributeName: ["MessageAttributeNames", "member"],
    MessageSystemAttribute: systemAttributes,
    MessageSystemAttributes: systemAttributes,
    MessageSystemAttributeName: ["MessageSystemAttributeNames", "member"],
    SendMessageBatchRequestEntry: entries,
    DeleteMessageBatchRequestEntry: entries,
    ChangeMessageVisibilityBatchRequestEntry: entries,
  },
  elements: (action) => ({
    Attributes: "Attribute",
    Failed: "BatchResultErrorEntry",
    MessageAttributes: "MessageAttribute",
    Messages: "Message",
    QueueUrls: "QueueUrl",
    queueUrls: "QueueUrl",
    Successful: `${action}ResultEntry`,
  }),
  // Recorded in localstack's AWS-validated tests, `test_non_existent_queue`.
  error: ({ code, message }) => ({
    code: queryCodes[code] ?? code,
    message: message.replace(/^The specified queue does not exist\.$/, NO_QUEUE),
  }),
  // As readers of SQS behind API Gateway show them: {"SendMessageResponse":{"SendMessageResult":{"MD5OfMessageAttributes":null,
  // …}}} (public READMEs), `ReceiveMessageResponse.ReceiveMessageResult.messages[0].Body`.
  nulls: {
    ReceiveMessage: ["Messages"],
    SendMessage: ["MD5OfMessageAttributes", "MD5OfMessageSystemAttributes", "SequenceNumber"],
  },
  inJson: { Messages: "messages" },
};

/** SQS on the deployment's queues. Queue URLs in answers are the local endpoint's own. */
export const sqs: ServiceDefinition<Queues> = {
  name: "sqs",
  title: "Amazon SQS",
  wire: {
    protocol: "json",
    version: "1.0",
    targetPrefix: "AmazonSQS",
    messageKey: "message",
    // Some SDKs send a call to the queue's URL: `/123456789012/name`.
    paths: /^\/\d{12}\/[\w.-]+$/,
    formerQuery,
    errorHeaders: ({ code, status }) => [
      ["x-amzn-query-error", `${queryCodes[code] ?? code};${status < 500 ? "Sender" : "Receiver"}`],
    ],
  },
  errors: {
    denied: { code: "AccessDeniedException", status: 400 },
    internal: { code: "InternalFailure", message: "The request processing has failed.", status: 500 },
    throttled: {
      code: "RequestThrottled",
      message: "The request was denied due to request throttling.",
      status: 400,
    },
    input: inputError(),
  },
  // Entries fail one by one, and names of attributes are the operations' own matter: GetQueueAttributes refuses what it does not
  // know, ReceiveMessage passes it over (recorded in localstack's AWS-validated test_sqs.py).
  inputs: operationInputs(__dirname, {
    shapes: { QueueAttributeName: { type: "text" } },
    required: {
      SendMessageBatchRequest: ["QueueUrl"],
      SendMessageBatchRequestEntry: ["Id"],
      DeleteMessageBatchRequest: ["QueueUrl"],
      DeleteMessageBatchRequestEntry: ["Id"],
      ChangeMessageVisibilityBatchRequest: ["QueueUrl"],
      ChangeMessageVisibilityBatchRequestEntry: ["Id"],
      MessageAttributeValue: [],
      MessageSystemAttributeValue: [],
    },
  }),
  resourceTypes: sqsResourceTypes,
  operations: sqsOperations,
  create: ({ deployment, clock, endpointUrl, kept, activity }) =>
    new Queues(deployment, clock, endpointUrl, kept, activity),
  ports: (queues) => ({ queues }),
  close: (queues) => queues.close(),
};

function inputError(): InputDialect {
  const other = validation("InvalidParameterValue");
  return (problem) => {
    const { kind, member, value } = problem;
    if (kind === "missing") return missing(member);
    if (kind === "type") return other(problem);
    return invalid(
      `Value ${JSON.stringify(value)} for parameter ${member} is invalid. Reason: ${problem.constraint}.`,
    );
  };
}
