import { isObject, parseJson } from "../../kernel/json";
import { ADDITIONAL_PROPERTIES, MAX_LENGTH, PATTERN, VALIDATOR } from "./body-defences";
import { type Attack, type Defence, OWASP, oneRequest, slug } from "./defence";

/** A body that the target takes, to be spoilt. */
interface Fitting {
  /** `{"name":"Ada"}` */
  readonly json: string;
  /** Its first member, and that one's value in JSON. */
  readonly member: string;
  readonly value: string;
  /** With another value of that member, which need not be JSON. */
  valued(value: string): string;
  /** With more after its members. */
  plus(text: string): string;
}

function fitting(json: string): Fitting {
  const parsed = parseJson(json);
  const members = Object.entries(isObject(parsed) ? parsed : {}).map(
    ([name, value]) => [JSON.stringify(name), JSON.stringify(value)] as const,
  );
  const [[member, value] = ['"name"', '"Ada"'], ...others] = members;
  const object = (first: string, ...more: readonly string[]) =>
    `{${[`${member}:${first}`, ...others.map((pair) => pair.join(":")), ...more].join()}}`;
  return {
    ...{ json: object(value), member: JSON.parse(member), value },
    valued: object,
    plus: (text) => object(value, text),
  };
}

/** The text of a JSON object with another member. */
export function withMember(json: string, name: string, value: unknown): string {
  return fitting(json).plus(`${JSON.stringify(name)}:${JSON.stringify(value)}`);
}

/** Arrays in arrays: 8 KB are the most that the web ACL lets through, so 4,000 levels. */
export function nested(levels: number): string {
  return "[".repeat(levels) + "]".repeat(levels);
}

/** A body that must not be taken, as bytes or text that no serializer would write. */
interface BodyAttack {
  readonly name: string;
  /** For the document; left out where it is a variant of another attack. */
  readonly threat?: string;
  /** @default request validation as such */
  readonly defence?: Defence;
  /** @default API3 */
  readonly owasp?: Attack["owasp"];
  readonly body: (fitting: Fitting) => string | Buffer;
}

/** Refused by the request model already, and by the function where there is no model. */
const table: readonly BodyAttack[] = [
  {
    name: "an extra property",
    threat: "Mass assignment",
    defence: ADDITIONAL_PROPERTIES,
    body: ({ plus }) => plus('"role":"admin"'),
  },
  { name: "a property of the response", body: ({ plus }) => plus('"messageId":"1"') },
  { name: "a property that every object inherits", body: ({ plus }) => plus('"toString":"x"') },
  {
    name: "__proto__ beside the name",
    threat: "Prototype pollution by __proto__",
    body: ({ plus }) => plus('"__proto__":{"isAdmin":true}'),
  },
  { name: "the name inside of __proto__", body: ({ json }) => `{"__proto__":${json}}` },
  {
    name: "constructor.prototype beside the name",
    threat: "Prototype pollution by constructor",
    body: ({ plus }) => plus('"constructor":{"prototype":{"isAdmin":true}}'),
  },
  {
    name: "a key with a Cyrillic letter",
    threat: "A key that looks like another",
    body: ({ member, value }) => `{${JSON.stringify(member.replace("a", "\u0430"))}:${value}}`,
  },
  {
    name: "a key in capitals",
    body: ({ member, value }) => `{${JSON.stringify(member.toUpperCase())}:${value}}`,
  },
  {
    name: "a second key of the name that is not a string",
    threat: "A key that is there twice",
    body: ({ plus, member }) => plus(`${JSON.stringify(member)}:7`),
  },
  { name: "a number for the name", body: ({ valued }) => valued(JSON.stringify(7)) },
  {
    name: "a number beyond what a double holds",
    threat: "A number that is too big",
    body: ({ valued }) => valued("1e400"),
  },
  { name: "an integer of 4,000 digits", body: ({ valued }) => valued("9".repeat(4000)) },
  { name: "true for the name", body: ({ valued }) => valued(JSON.stringify(true)) },
  { name: "null for the name", body: ({ valued }) => valued(JSON.stringify(null)) },
  { name: "an array for the name", body: ({ valued }) => valued(JSON.stringify(["Ada"])) },
  {
    name: "an operator of a database for the name",
    threat: "A value of another type",
    body: ({ valued }) => valued(JSON.stringify({ $ne: null })),
  },
  {
    name: "an object with a length for the name",
    body: ({ valued }) => valued(JSON.stringify({ length: 3, 0: "A" })),
  },
  { name: "an empty name", body: ({ valued }) => valued(JSON.stringify("")) },
  {
    name: "a name of 257 characters",
    threat: "A name that is too long",
    defence: MAX_LENGTH,
    body: ({ valued }) => valued(JSON.stringify("a".repeat(257))),
  },
  {
    name: "a line break in the name",
    threat: "A forged line of the log",
    body: ({ valued }) => valued(JSON.stringify("Ada\r\nadmin logged in")),
  },
  { name: "a null byte in the name", body: ({ valued }) => valued(JSON.stringify("Ada\0")) },
  {
    name: "a terminal's escape sequence in the name",
    threat: "An escape sequence for the terminal",
    body: ({ valued }) => valued(JSON.stringify("\u001b[2J")),
  },
  { name: "a C1 control character in the name", body: ({ valued }) => valued(JSON.stringify("\u009b2J")) },
  { name: "an array around the object", body: ({ json }) => `[${json}]` },
  { name: "a string for a body", body: () => '"Ada"' },
  { name: "null for a body", body: () => "null" },
  { name: "an empty object", body: () => "{}" },
  { name: "a missing body", body: () => "" },
  { name: "4,000 levels of arrays", threat: "Nested arrays within 8 KB", body: () => nested(4000) },
  { name: "3,900 levels of arrays in the name", body: ({ valued }) => valued(nested(3900)) },
  { name: "a comment in the JSON", body: ({ json }) => `${json.slice(0, -1)}/*"*/}` },
  { name: "two JSON documents", body: ({ json }) => json + json },
  { name: "JSON with NaN", body: ({ valued }) => valued("NaN") },
  { name: "a form", body: () => "name=Ada&role=admin" },
  {
    name: "XML with an external entity",
    body: () => '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
  },
  // API Gateway hands the function text: what was no UTF-8 is U+FFFD by then.
  {
    name: "bytes that are not UTF-8",
    threat: "Bytes that are not UTF-8",
    body: ({ valued }) => Buffer.from(valued('"\u00ff\u00fe"'), "latin1"),
  },
  {
    name: "an overlong encoding of a slash",
    body: ({ valued }) => Buffer.from(valued('"\u00c0\u00af"'), "latin1"),
  },
];

/** The same for what else a body may be up to. */
const more: readonly BodyAttack[] = [
  {
    name: "a request context beside the name",
    threat: "A body brings a request context of its own",
    owasp: OWASP.API1,
    body: ({ plus }) => plus('"requestContext":{"authorizer":{"claims":{"sub":"somebody else"}}}'),
  },
  {
    name: "lists that never end",
    threat: "A deeply nested body exhausts a parser",
    owasp: OWASP.API4,
    body: () => "[".repeat(8_000),
  },
  {
    name: "an overlong encoding in the name",
    threat: "A body in another or a broken encoding means something else to each parser",
    owasp: OWASP.API8,
    body: ({ valued }) => Buffer.from(valued('"\u00c0\u00af"'), "latin1"),
  },
  {
    name: "a line of the log in the name",
    threat: "A name forges lines of a log or commands of a terminal",
    defence: PATTERN,
    owasp: OWASP.API8,
    body: ({ valued }) => valued(JSON.stringify("Ada\r\n2026-01-01T00:00:00Z admin signed in")),
  },
];

function toAttack({
  name,
  threat,
  defence = VALIDATOR,
  owasp = OWASP.API3,
  body,
}: BodyAttack): Attack & Pick<BodyAttack, "name"> {
  return {
    ...{ name, id: slug(threat ?? name), owasp, threat, defence },
    run: oneRequest("body", async (attacker) => ({
      title: name,
      token: await attacker.token(),
      body: body(fitting(attacker.target.body)),
    })),
  };
}

/** Bodies that request validation refuses, each with the name of what is wrong with it. */
export const bodyAttacks = table.map(toAttack);
export const moreBodyAttacks = more.map(toAttack);
