import {
  authenticatorCode,
  fromBase32,
  matchingStep,
  toBase32,
} from "../../../../local/services/cognito/authenticator-code";

const secret = Buffer.from("12345678901234567890");

// RFC 6238, appendix B, for SHA-1; the last six of its eight digits.
test.each([
  [59, "287082"],
  [1111111109, "081804"],
  [1111111111, "050471"],
  [1234567890, "005924"],
  [2000000000, "279037"],
  [20000000000, "353130"],
])("the code at second %d is the one of RFC 6238", (seconds, code) => {
  expect(authenticatorCode(secret, seconds * 1000)).toBe(code);
});

test("a code matches its own step and the ones beside it", () => {
  const step = Math.floor(1234567890 / 30);
  const offsets = [-2, -1, 0, 1, 2].map((offset) => matchingStep(secret, "005924", (step + offset) * 30_000));

  expect(offsets).toEqual([undefined, step, step, step, undefined]);
});

// RFC 4648, section 10, without the padding.
test.each([
  ["", ""],
  ["f", "MY"],
  ["fo", "MZXQ"],
  ["foobar", "MZXW6YTBOI"],
])("%j in base 32 is %s, and back", (text, expected) => {
  expect(toBase32(Buffer.from(text))).toBe(expected);
  expect(fromBase32(expected).toString()).toBe(text);
});
