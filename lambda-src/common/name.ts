const SIZE = '"name" must be a string of 1 to 256 characters.';
const CHARACTERS =
  '"name" must not contain control characters, line separators or code points that are not characters.';

/** Counts code points, as JSON Schema's `minLength` and `maxLength` do, so that API Gateway's model agrees. */
const ONE_TO_256 = /^[\s\S]{1,256}$/u;

/**
 * - Control characters (Cc: C0, DEL, C1) and the separators U+2028 and U+2029 break lines in whatever shows a log.
 * - Surrogates without their pair (Cs) have no UTF-8 form: the SDK would send U+FFFD instead.
 * - SQS takes only what XML 1.0 calls a character (SQS API Reference, SendMessage), which leaves U+FFFE and U+FFFF out:
 *   such a name could be published, but never reach the dead-letter queue.
 */
const FORBIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}]/u;

/**
 * What is wrong with a value as a name; `undefined` for one that goes through every part of the system unchanged and cannot forge a line of
 * a log.
 */
export function nameProblem(value: unknown): string | undefined {
  if (typeof value !== "string" || !ONE_TO_256.test(value)) return SIZE;
  return FORBIDDEN.test(value) ? CHARACTERS : undefined;
}
