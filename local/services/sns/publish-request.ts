import type { CallContext } from "../../aws-api/service";
import { AwsError } from "../../kernel/aws-error";
import type { Input } from "../../kernel/input";
import { isObject, parseJson } from "../../kernel/json";
import { type MessageAttribute, type MessageAttributes, messageBytes } from "../../kernel/message-attributes";

/** A message to publish, checked as SNS checks it (recorded: localstack's AWS-validated tests/aws/services/sns). */
export interface PublishRequest {
  /** The text for a protocol: publishers can give each its own. */
  readonly messageFor: (protocol: string) => string;
  readonly subject: string | undefined;
  readonly attributes: MessageAttributes;
  /** The group of a fair queue's message: a standard topic hands it on. */
  readonly groupId: string | undefined;
  /** X-Ray's, which a topic hands on as well. */
  readonly traceHeader: string | undefined;
  /** What counts for the limit of a batch. */
  readonly bytes: number;
}

/** The most that a message, or a batch of them, may have (Amazon SNS API Reference, Publish). */
export const maxPublishBytes = 262_144;

/** @throws AwsError `InvalidParameter`, `ParameterValueInvalid`, `ValidationError` as SNS words them */
export function readPublishRequest(input: Input, { traceHeader }: CallContext): PublishRequest {
  const message = input.optionalText("Message") ?? "";
  if (message === "") throw invalidParameter("Empty message");
  const subject = readSubject(input);
  const attributes = readAttributes(input);
  if (input.has("MessageDeduplicationId"))
    throw invalidParameter(
      "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type",
    );
  const bytes = checkSize(message, subject, attributes);
  return {
    attributes,
    subject,
    groupId: input.optionalText("MessageGroupId"),
    traceHeader,
    bytes,
    messageFor: readStructure(input.optionalText("MessageStructure"), message),
  };
}

/**
 * The bytes that count for the limit. Whether the subject counts is not settled: floci#778 saw it count, floci#3953 saw that
 * it does not. Here it counts: what is accepted here is accepted there.
 *
 * @throws AwsError `InvalidParameter`
 */
export function checkSize(
  message: string,
  subject: string | undefined,
  attributes: MessageAttributes,
): number {
  const bytes = messageBytes(message, attributes) + Buffer.byteLength(subject ?? "");
  if (bytes > maxPublishBytes) throw invalidParameter("Message too long");
  return bytes;
}

/**
 * ASCII that starts with a letter, digit or punctuation mark, without line breaks or control characters, of at most 100
 * characters (Amazon SNS API Reference, Publish, says "less than 100"; flapjack#865 saw 100 pass).
 */
function readSubject(input: Input): string | undefined {
  const subject = input.optionalText("Subject");
  if (subject === undefined || /^[\x21-\x7e][\x20-\x7e]{0,99}$/.test(subject)) return subject;
  throw invalidParameter("Subject");
}

function readStructure(structure: string | undefined, message: string): (protocol: string) => string {
  if (structure === undefined) return () => message;
  if (structure !== "json")
    throw invalidParameter(`MessageStructure Reason: must be json, received ${structure}`);
  const byProtocol = parseJson(message);
  if (!isObject(byProtocol)) throw invalidParameter("Message Structure - JSON message body failed to parse");
  const fallback = byProtocol.default;
  if (typeof fallback !== "string")
    throw invalidParameter("Message Structure - No default entry in JSON message body");
  return (protocol) => {
    const own = Object.hasOwn(byProtocol, protocol) ? byProtocol[protocol] : undefined;
    return typeof own === "string" ? own : fallback;
  };
}

function readAttributes(input: Input): MessageAttributes {
  const entries = [...input.structureMap("MessageAttributes")];
  return Object.fromEntries(
    entries.map(([name, attribute]) => {
      checkName(name);
      return [name, readAttribute(name, attribute)];
    }),
  );
}

function checkName(name: string): void {
  const odd = /[^\w.-]/.exec(name)?.[0];
  if (name.length > 256) refuse("Length of message attribute name must be less than 256 bytes.");
  if (odd !== undefined)
    refuse(
      `Invalid non-alphanumeric character '#x${odd.charCodeAt(0).toString(16).toUpperCase()}' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.`,
    );
  if (name.startsWith(".")) refuse("Invalid message attribute name starting with character '.' was found.");
  if (name.endsWith(".")) refuse("Invalid message attribute name ending with character '.' was found.");
  if (name.includes("..")) refuse("Message attribute name can not have successive '.' character.");
}

function readAttribute(name: string, input: Input): MessageAttribute {
  const DataType = input.text("DataType");
  const type = /^(String|Number|Binary)(\..+)?$/s.exec(DataType)?.[1];
  if (type === undefined)
    return refuse(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  const [own, other] = type === "Binary" ? (["Binary", "String"] as const) : (["String", "Binary"] as const);
  const value = input.optionalText(`${own}Value`) ?? "";
  if (value === "" && (input.optionalText(`${other}Value`) ?? "") !== "")
    return refuse(`The message attribute '${name}' with type '${DataType}' must use field '${own}'.`);
  if (value === "")
    return refuse(
      `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${DataType}'.`,
    );
  // The API Reference says "a valid number"; how SNS words the refusal is not published.
  if (type === "Number" && !Number.isFinite(Number(value)))
    return refuse(`The message attribute '${name}' has a value that is not a number.`);
  return own === "Binary" ? { DataType, BinaryValue: value } : { DataType, StringValue: value };
}

function refuse(message: string): never {
  throw new AwsError("ParameterValueInvalid", message);
}

export function invalidParameter(problem: string): AwsError {
  return new AwsError("InvalidParameter", `Invalid parameter: ${problem}`);
}

/** @throws AwsError for a text that has too few parts for an ARN, in SNS's words (recorded) */
export function requireArn(member: string, arn: string): void {
  const elements = arn.split(":").length;
  if (elements < 6)
    throw invalidParameter(`${member} Reason: An ARN must have at least 6 elements, not ${elements}`);
}
