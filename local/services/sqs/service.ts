import type { InputDialect } from "../../kernel/input";
import { validation } from "../../kernel/input-dialect";
import type { ServiceDefinition } from "../service";
import { missing } from "./messages";
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
    input: { error: inputError() },
  },
  resourceTypes: sqsResourceTypes,
  operations: sqsOperations,
  create: ({ deployment, clock, endpointUrl, kept, activity }) =>
    new Queues(deployment, clock, endpointUrl, kept, activity),
  ports: (queues) => ({ queues }),
  close: (queues) => queues.close(),
};

function inputError(): InputDialect["error"] {
  const other = validation("InvalidParameterValue", { shows: true });
  return (problem) => (problem.kind === "missing" ? missing(problem.member) : other(problem));
}
