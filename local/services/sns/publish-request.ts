import { isObject } from "../../deployment/json-attribute";
import { AwsError } from "../../kernel/aws-error";
import type { Members } from "../../kernel/input";
import { type MessageAttributes, messageBytes, readMessageAttributes } from "../../kernel/message-attributes";

export interface PublishRequest {
  readonly messageFor: (protocol: string) => string;
  readonly subject: string | undefined;
  readonly attributes: MessageAttributes;
}

/** The most that a message and its attributes, or a batch of them, may have (Amazon SNS API Reference, Publish). */
export const maxPublishBytes = 262_144;

/** @throws AwsError `InvalidParameter`, `ParameterValueInvalid` as SNS words them */
export function readPublishRequest(input: Members): PublishRequest {
  const message = input.Message;
  if (typeof message !== "string" || message === "") throw invalidParameter("Empty message");
  const attributes = readMessageAttributes(input.MessageAttributes, (name, problem) => {
    throw new AwsError("ParameterValueInvalid", `The message attribute '${name}' ${problem}.`);
  });
  if (messageBytes(message, attributes) > maxPublishBytes) throw invalidParameter("Message too long");
  return {
    attributes,
    subject: readSubject(input.Subject),
    messageFor: readStructure(input.MessageStructure, message),
  };
}

/** ASCII that starts with a letter, digit or punctuation mark, without line breaks, at most 100 characters. */
function readSubject(subject: unknown): string | undefined {
  if (subject === undefined || subject === null) return undefined;
  if (typeof subject === "string" && /^[\x21-\x7e][\x20-\x7e]{0,99}$/.test(subject)) return subject;
  throw invalidParameter("Subject");
}

function readStructure(structure: unknown, message: string): (protocol: string) => string {
  if (structure === undefined || structure === null) return () => message;
  if (structure !== "json")
    throw invalidParameter(`MessageStructure Reason: must be json, received ${String(structure)}`);
  const byProtocol = parseStructure(message);
  const fallback = byProtocol.default;
  if (typeof fallback !== "string") {
    throw invalidParameter("Message Structure - No default entry in JSON message body");
  }
  return (protocol) => {
    const own = Object.hasOwn(byProtocol, protocol) ? byProtocol[protocol] : undefined;
    return typeof own === "string" ? own : fallback;
  };
}

function parseStructure(message: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(message);
    if (isObject(value)) return value;
  } catch {
    // Worded below, as for JSON of another kind.
  }
  throw invalidParameter("Message Structure - JSON message body failed to parse");
}

export function invalidParameter(problem: string): AwsError {
  return new AwsError("InvalidParameter", `Invalid parameter: ${problem}`);
}
