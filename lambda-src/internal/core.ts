import * as v from "valibot";
import { nameSchema } from "../common/name";

/** What one SNS record came to. */
export type RecordResult =
  | { readonly ok: true; readonly messageId: string; readonly name: string }
  | { readonly ok: false; readonly messageId: string; readonly reason: string };

const recordSchema = v.object({
  Sns: v.object({ MessageId: v.string(), Message: nameSchema }),
});

const identifiedSchema = v.object({ Sns: v.object({ MessageId: v.string() }) });

/** Reads one record. It is checked here as well: the topic's policy decides who publishes, not this function. */
export function readRecord(record: unknown): RecordResult {
  const result = v.safeParse(recordSchema, record, { abortEarly: true });
  if (result.success) {
    return { ok: true, messageId: result.output.Sns.MessageId, name: result.output.Sns.Message };
  }
  const identified = v.safeParse(identifiedSchema, record);
  return {
    ok: false,
    messageId: identified.success ? identified.output.Sns.MessageId : "unknown",
    reason: identified.success ? result.issues[0].message : "The record is not one that SNS makes.",
  };
}

/** The records of an event, unread; a thing without records stands for one that can't be read, so that it isn't lost. */
export function recordsOf(event: unknown): readonly unknown[] {
  const result = v.safeParse(v.object({ Records: v.array(v.unknown()) }), event);
  return result.success ? result.output.Records : [event];
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
