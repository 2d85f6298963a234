import { readName } from "../../../lambda-src/external/request";

const NOT_JSON = { ok: false, reason: "The body must be JSON in UTF-8." };
const WRONG_SHAPE = {
  ok: false,
  reason: 'The body must be a JSON object with "name" and no other property.',
};

describe("The name in a request", () => {
  it("is read from a JSON body", () => {
    expect(readName({ body: '{"name": "Ada"}', isBase64Encoded: false })).toEqual({ ok: true, value: "Ada" });
  });

  it("is read from a JSON body in Base64", () => {
    const body = Buffer.from('{"name":"Zoë 😀"}').toString("base64");

    expect(readName({ body, isBase64Encoded: true })).toEqual({ ok: true, value: "Zoë 😀" });
  });

  it.each([
    ["no body", {}],
    ["an empty body", { body: "" }],
    ["null as the body", { body: null }],
    ["text", { body: "name=Ada" }],
    ["half an object", { body: '{"name":"Ada"' }],
    ["a raw line feed in a string", { body: '{"name":"Ada\n"}' }],
    ["a byte order mark", { body: '\ufeff{"name":"Ada"}' }],
    ["a byte order mark in Base64", encoded(Buffer.from('\ufeff{"name":"Ada"}'))],
    ["Base64 that is not marked as such", { body: Buffer.from('{"name":"Ada"}').toString("base64") }],
    [
      "bytes that are not UTF-8",
      encoded(Buffer.from([...Buffer.from('{"name":"'), 0xff, ...Buffer.from('"}')])),
    ],
    [
      "an overlong form",
      encoded(Buffer.from([...Buffer.from('{"name":"'), 0xc0, 0xaf, ...Buffer.from('"}')])),
    ],
    ["100,000 brackets", { body: "[".repeat(100_000) }],
  ])("is not looked for in %s", (_, request) => {
    expect(readName(request)).toEqual(NOT_JSON);
  });

  it.each([
    "null",
    "42",
    '"Ada"',
    "[]",
    '["Ada"]',
    "{}",
    '{"Name":"Ada"}',
    '{"name":"Ada","admin":true}',
    '{"name":"Ada","toString":1}',
    '{"name":"Ada","constructor":{"prototype":{"admin":true}}}',
    '{"name":"Ada","__proto__":{"admin":true}}',
    '{"__proto__":{"name":"Ada"}}',
    `{"name":"Ada","a":${"[".repeat(50_000)}${"]".repeat(50_000)}}`,
  ])("is refused unless it is the one property of an object (%#)", (body) => {
    expect(readName({ body })).toEqual(WRONG_SHAPE);
    expect({}).not.toHaveProperty("admin");
  });

  it.each(["42", "null", '""', "{}", '["Ada"]', `"${"a".repeat(257)}"`])(
    "is refused as the value %.10s",
    (value) => {
      expect(readName({ body: `{"name":${value}}` })).toEqual({
        ok: false,
        reason: '"name" must be a string of 1 to 256 characters.',
      });
    },
  );

  it("is refused with an escaped line feed, and the reason does not repeat it", () => {
    const read = readName({ body: '{"name":"Ada\\nINFO forged"}' });

    expect(read).toEqual({ ok: false, reason: expect.stringContaining("control characters") });
    expect(JSON.stringify(read)).not.toContain("forged");
  });
});

function encoded(bytes: Buffer) {
  return { body: bytes.toString("base64"), isBase64Encoded: true };
}
