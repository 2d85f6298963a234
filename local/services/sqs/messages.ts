import type { CallContext } from "../../aws-api/service";
import { AwsError } from "../../kernel/aws-error";
import type { Input } from "../../kernel/input";
import { type MessageAttribute, type MessageAttributes, messageBytes } from "../../kernel/message-attributes";
import type { Outgoing } from "./queue";

/** A message to send, checked as SQS checks it. */
export interface SendRequest extends Outgoing {
  readonly attributes: MessageAttributes;
  readonly systemAttributes: MessageAttributes;
}

/** A batch of messages has at most this, whatever its queue takes (recorded in localstack's test_sqs.py). */
export const maxBatchBytes = 1_048_576;

/** Characters that XML can't carry are refused (Amazon SQS API Reference, SendMessage). */
const FORBIDDEN = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** @throws AwsError `MissingParameter`, `InvalidParameterValue`, `InvalidMessageContents` */
export function readSendRequest(input: Input, { principal, traceHeader }: CallContext): SendRequest {
  const body = input.text("MessageBody");
  if (body === "") throw missing("MessageBody");
  if (FORBIDDEN.test(body))
    throw new AwsError("InvalidMessageContents", "The message contains characters outside the allowed set.");
  if (input.has("MessageDeduplicationId"))
    throw invalid(
      `Value ${input.text("MessageDeduplicationId")} for parameter MessageDeduplicationId is invalid. Reason: The request includes a parameter that is not valid for this queue type.`,
    );
  const systemAttributes = readAttributes(input, "MessageSystemAttributes");
  return {
    body,
    senderId: "userId" in principal ? principal.userId : "anonymous",
    attributes: readAttributes(input, "MessageAttributes"),
    systemAttributes,
    traceHeader: systemAttributes.AWSTraceHeader?.StringValue ?? traceHeader,
    groupId: readGroupId(input),
    delaySeconds: numberIn(input, "DelaySeconds", 0, 900, "DelaySeconds must be >= 0 and <= 900."),
  };
}

/** The group of a fair queue's message: 1 to 128 letters, digits and punctuation marks (recorded). */
function readGroupId(input: Input): string | undefined {
  const groupId = input.optionalText("MessageGroupId");
  if (groupId === undefined || /^[\x21-\x7e]{1,128}$/.test(groupId)) return groupId;
  throw invalid(
    `Value ${groupId} for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
  );
}

/** Amazon SQS Developer Guide, "Amazon SQS message metadata". The empty text is recorded; others' wording is localstack's. */
function readAttributes(input: Input, member: string): MessageAttributes {
  const entries = [...input.structureMap(member)];
  if (entries.length > 10)
    throw invalid(`Number of message attributes [${entries.length}] exceeds the allowed maximum [10].`);
  return Object.fromEntries(
    entries.map(([name, attribute]) => {
      checkName(name);
      return [name, readAttribute(name, attribute)];
    }),
  );
}

function checkName(name: string): void {
  if (Buffer.byteLength(name) >= 256)
    throw invalid("Message (user) attribute names must be shorter than 256 Bytes");
  if (!/^[\w.-]+$/.test(name))
    throw invalid(
      "Message (user) attributes name can only contain upper and lower score characters, digits, periods, hyphens and underscores. ",
    );
  if (/^(aws\.|amazon\.|\.)|\.$/i.test(name))
    throw invalid(
      "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These strings are reserved for internal use. Additionally, they cannot start or end with '.'.",
    );
}

function readAttribute(name: string, input: Input): MessageAttribute {
  const DataType = input.optionalText("DataType") ?? "";
  if (DataType === "") throw invalid("Missing required parameter DataType");
  const type = /^(String|Number|Binary)(\.|$)/.exec(DataType)?.[1];
  if (type === undefined)
    throw invalid(
      `Type for parameter MessageAttributes.Attribute_name.DataType must be prefixed with "String", "Binary", or "Number", but was: ${DataType}`,
    );
  if (DataType.length >= 256) throw invalid("Message (user) attribute types must be shorter than 256 Bytes");
  const field = type === "Binary" ? "BinaryValue" : "StringValue";
  const value = input.optionalText(field) ?? "";
  if (value === "")
    throw invalid(
      `Message (user) attribute '${name}' must contain a non-empty value of type '${type === "Binary" ? "Binary" : "String"}'.`,
    );
  if (type === "Number" && !Number.isFinite(Number(value)))
    throw invalid(`Can't cast the value of message (user) attribute '${name}' to a number.`);
  if (type !== "Binary" && FORBIDDEN.test(value))
    throw invalid(`Message (user) attribute '${name}' has characters outside the allowed set.`);
  return field === "BinaryValue" ? { DataType, BinaryValue: value } : { DataType, StringValue: value };
}

/** @throws AwsError `InvalidParameterValue`; a batch has a code of its own (recorded in test_send_batch_message_size) */
export function checkSize(
  most: number,
  body: string,
  attributes: MessageAttributes,
  problem: "are invalid" | "cannot be validated" = "are invalid",
): void {
  if (messageBytes(body, attributes) > most)
    throw invalid(`One or more parameters ${problem}. Reason: Message must be shorter than ${most} bytes.`);
}

/** A whole number within bounds. `reason`: how SQS names the bounds, which differs from parameter to parameter. */
export function numberIn(
  input: Input,
  name: string,
  least: number,
  most: number,
  reason = `Must be between ${least} and ${most}, if provided.`,
): number | undefined {
  const value = input.optionalInteger(name);
  if (value === undefined || (value >= least && value <= most)) return value;
  throw invalid(`Value ${value} for parameter ${name} is invalid. Reason: ${reason}`);
}

export function missing(name: string): AwsError {
  return new AwsError("MissingParameter", `The request must contain the parameter ${name}.`);
}

export function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterValue", message);
}
