/**
 * SQS spoke the query protocol before it spoke JSON, with other error codes. Its JSON answers carry the earlier code in
 * `x-amzn-query-error`, and the SDKs show that one: "Error responses" of the Amazon SQS developer guide, and the trait
 * `awsQueryError` in the service's Smithy model. Codes that are not listed were the same.
 */
const sqsQueryCodes: Readonly<Record<string, string>> = {
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

/** The value of `x-amzn-query-error` for an error of SQS. */
export function sqsQueryError(code: string, status: number): string {
  return `${sqsQueryCodes[code] ?? code};${status < 500 ? "Sender" : "Receiver"}`;
}
