/** A body that must not be taken, as bytes or text that no serializer would write. */
export interface BodyAttack {
  readonly name: string;
  /** For the document; left out where it is a variant of another attack. */
  readonly threat?: string;
  readonly body: string | Buffer;
  /** What the function says by itself; left out where the body can't be told from a good one any more. */
  readonly reason?: string;
}

const NO_JSON = "The body must be JSON in UTF-8.";
const SHAPE = 'The body must be a JSON object with "name" and no other property.';
const SIZE = '"name" must be a string of 1 to 256 characters.';
const CHARACTERS =
  '"name" must not contain control characters, line separators or code points that are no characters.';

const named = (value: unknown) => JSON.stringify({ name: value });

/** Arrays in arrays: 8 KB are the most that the web ACL lets through, so 4,000 levels. */
export function nested(levels: number): string {
  return "[".repeat(levels) + "]".repeat(levels);
}

/** Refused by the request model already, and by the function where there is no model. */
export const bodyAttacks: readonly BodyAttack[] = [
  {
    name: "an extra property",
    threat: "Mass assignment",
    body: '{"name":"Ada","role":"admin"}',
    reason: SHAPE,
  },
  { name: "a property of the response", body: '{"name":"Ada","messageId":"1"}', reason: SHAPE },
  { name: "a property that every object inherits", body: '{"name":"Ada","toString":"x"}', reason: SHAPE },
  {
    name: "__proto__ beside the name",
    threat: "Prototype pollution by __proto__",
    body: '{"name":"Ada","__proto__":{"isAdmin":true}}',
    reason: SHAPE,
  },
  { name: "the name inside of __proto__", body: '{"__proto__":{"name":"Ada"}}', reason: SHAPE },
  {
    name: "constructor.prototype beside the name",
    threat: "Prototype pollution by constructor",
    body: '{"name":"Ada","constructor":{"prototype":{"isAdmin":true}}}',
    reason: SHAPE,
  },
  {
    name: "a key with a Cyrillic letter",
    threat: "A key that looks like another",
    body: '{"n\u0430me":"Ada"}',
    reason: SHAPE,
  },
  { name: "a key in capitals", body: '{"NAME":"Ada"}', reason: SHAPE },
  {
    name: "a second key of the name that is no string",
    threat: "A key that stands twice",
    body: '{"name":"Ada","name":7}',
    reason: SIZE,
  },
  { name: "a number for the name", body: named(7), reason: SIZE },
  {
    name: "a number beyond what a double holds",
    threat: "A number that is too big",
    body: '{"name":1e400}',
    reason: SIZE,
  },
  { name: "an integer of 4,000 digits", body: `{"name":${"9".repeat(4000)}}`, reason: SIZE },
  { name: "true for the name", body: named(true), reason: SIZE },
  { name: "null for the name", body: named(null), reason: SIZE },
  { name: "an array for the name", body: named(["Ada"]), reason: SIZE },
  {
    name: "an operator of a database for the name",
    threat: "A value of another type",
    body: named({ $ne: null }),
    reason: SIZE,
  },
  { name: "an object with a length for the name", body: named({ length: 3, 0: "A" }), reason: SIZE },
  { name: "an empty name", body: named(""), reason: SIZE },
  {
    name: "a name of 257 characters",
    threat: "A name that is too long",
    body: named("a".repeat(257)),
    reason: SIZE,
  },
  {
    name: "a line break in the name",
    threat: "A forged line of the log",
    body: named("Ada\r\nadmin logged in"),
    reason: CHARACTERS,
  },
  { name: "a null byte in the name", body: named("Ada\0"), reason: CHARACTERS },
  {
    name: "a terminal's escape sequence in the name",
    threat: "An escape sequence for the terminal",
    body: named("\u001b[2J"),
    reason: CHARACTERS,
  },
  { name: "a C1 control character in the name", body: named("\u009b2J"), reason: CHARACTERS },
  { name: "an array around the object", body: '[{"name":"Ada"}]', reason: SHAPE },
  { name: "a string for a body", body: '"Ada"', reason: SHAPE },
  { name: "null for a body", body: "null", reason: SHAPE },
  { name: "an empty object", body: "{}", reason: SHAPE },
  { name: "a missing body", body: "", reason: NO_JSON },
  { name: "4,000 levels of arrays", threat: "Nested arrays within 8 KB", body: nested(4000), reason: SHAPE },
  { name: "3,900 levels of arrays in the name", body: `{"name":${nested(3900)}}`, reason: SIZE },
  { name: "a comment in the JSON", body: '{"name":"Ada"/*"*/}', reason: NO_JSON },
  { name: "two JSON documents", body: '{"name":"Ada"}{"name":"Eve"}', reason: NO_JSON },
  { name: "JSON with NaN", body: '{"name":NaN}', reason: NO_JSON },
  { name: "a form", body: "name=Ada&role=admin", reason: NO_JSON },
  {
    name: "XML with an external entity",
    body: '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
    reason: NO_JSON,
  },
  // API Gateway hands the function text: what was no UTF-8 is U+FFFD by then.
  {
    name: "bytes that are no UTF-8",
    threat: "Bytes that are no UTF-8",
    body: Buffer.from('{"name":"\u00ff\u00fe"}', "latin1"),
  },
  { name: "an overlong encoding of a slash", body: Buffer.from('{"name":"\u00c0\u00af"}', "latin1") },
];

/** What JSON schema's pattern does not tell from text; the function alone refuses it. */
export const characterAttacks: readonly BodyAttack[] = [
  { name: "a line separator", body: '{"name":"Ada\\u2028admin"}', reason: CHARACTERS },
  { name: "half of a surrogate pair", body: '{"name":"\\ud800"}', reason: CHARACTERS },
  { name: "a paragraph separator", body: '{"name":"Ada\\u2029admin"}', reason: CHARACTERS },
  { name: "a code point that is no character", body: '{"name":"\\uffff"}', reason: CHARACTERS },
];
