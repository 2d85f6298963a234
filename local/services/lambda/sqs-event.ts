import type { InvocationResult } from "../../kernel/function-invoker";
import { isObject, parseJson } from "../../kernel/json";
import { type MessageAttribute, md5, md5OfAttributes } from "../../kernel/message-attributes";
import type { ReceivedMessage } from "../ports";

export interface SqsSource {
  readonly queueArn: string;
  readonly region: string;
  readonly batchingWindowSeconds: number;
}

/**
 * A message as the function gets it: "Example Amazon SQS message event" in Lambda's guide. What a batching window does to
 * `md5OfMessageAttributes` of a message without attributes, and the lists of an attribute, are as localstack recorded them in
 * `test_sqs_event_source_mapping` and `test_message_body_and_attributes_passed_correctly`.
 */
export function sqsRecord(message: ReceivedMessage, { queueArn, region, batchingWindowSeconds }: SqsSource) {
  const { id, receiptHandle, body, systemAttributes, attributes } = message;
  const hasAttributes = Object.keys(attributes).length > 0;
  return {
    messageId: id,
    receiptHandle,
    body,
    attributes: systemAttributes,
    messageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, attribute]) => [name, describeAttribute(attribute)]),
    ),
    ...(hasAttributes
      ? { md5OfMessageAttributes: md5OfAttributes(attributes) }
      : batchingWindowSeconds > 0
        ? { md5OfMessageAttributes: null }
        : {}),
    md5OfBody: md5(body),
    eventSource: "aws:sqs",
    eventSourceARN: queueArn,
    awsRegion: region,
  };
}

function describeAttribute({ DataType, StringValue, BinaryValue }: MessageAttribute) {
  return {
    ...(StringValue === undefined ? {} : { stringValue: StringValue }),
    ...(BinaryValue === undefined ? {} : { binaryValue: BinaryValue }),
    stringListValues: [],
    binaryListValues: [],
    dataType: DataType,
  };
}

/**
 * The messages of a batch that the function has not dealt with, by id: all of them where it failed. Where failures are reported, those
 * that it names; nothing named is a success, and an answer that names something else a failure ("Success and failure conditions" in
 * "Handling errors for an SQS event source in Lambda").
 */
export function failedMessages(
  result: InvocationResult,
  ids: readonly string[],
  reportsFailures: boolean,
): ReadonlySet<string> {
  if (!result.ok) return new Set(ids);
  const answer = reportsFailures ? parseJson(result.payload) : null;
  if (answer === null || (isObject(answer) && (answer.batchItemFailures ?? null) === null)) return new Set();
  const failures = isObject(answer) ? answer.batchItemFailures : undefined;
  if (!Array.isArray(failures)) return new Set(ids);
  const named = failures.map((failure: unknown) => (isObject(failure) ? failure.itemIdentifier : undefined));
  const known = named.filter((id) => typeof id === "string" && ids.includes(id));
  return new Set(known.length < named.length ? ids : (known as string[]));
}
