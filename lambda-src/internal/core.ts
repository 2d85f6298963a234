import { nameProblem } from "../common/name";

/** What one SNS record came to. */
export type RecordResult =
  | { readonly ok: true; readonly messageId: string; readonly name: string }
  | { readonly ok: false; readonly messageId: string; readonly reason: string };

/** Reads one record. It is checked here as well: the topic's policy decides who publishes, not this function. */
export function readRecord(record: unknown): RecordResult {
  const { MessageId: messageId, Message: name } = membersOf(membersOf(record).Sns);
  if (typeof messageId !== "string")
    return { ok: false, messageId: "unknown", reason: "The record is not one that SNS makes." };
  const reason = nameProblem(name);
  return reason === undefined
    ? { ok: true, messageId, name: String(name) }
    : { ok: false, messageId, reason };
}

/** The records of an event, unread; a thing without records stands for one that can't be read, so that it isn't lost. */
export function recordsOf(event: unknown): readonly unknown[] {
  const { Records: records } = membersOf(event);
  return Array.isArray(records) ? records : [event];
}

/** Of whatever came; by hand, because a library for it would be a sixth of the bundle. */
function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

export function greetingOf(name: string, functionName: string): string {
  return `Hello ${name}. Greetings from ${functionName}!`;
}

/**
 * Some records could not be handled. Thrown after all others were, and also for a record that will never be valid: only
 * a function that throws makes Lambda hand the event to the on-failure destination, where somebody can look at it. The
 * price is two retries that come to nothing.
 */
export class FailedRecordsError extends Error {
  override readonly name = "FailedRecordsError";

  constructor(messageIds: readonly string[], total: number) {
    super(`${messageIds.length} of ${total} records could not be handled: ${messageIds.join(", ")}`);
  }
}
