import fc from "fast-check";
import {
  checkPassword,
  generatePassword,
  hashPassword,
  isPassword,
} from "../../../../local/services/cognito/password";

const strict = {
  minimumLength: 12,
  requireLowercase: true,
  requireUppercase: true,
  requireNumbers: true,
  requireSymbols: true,
};
const lax = {
  minimumLength: 6,
  requireLowercase: false,
  requireUppercase: false,
  requireNumbers: false,
  requireSymbols: false,
};

test.each([
  ["Abcdefgh-12", "Password not long enough"],
  ["abcdefgh-123", "Password must have uppercase characters"],
  ["ABCDEFGH-123", "Password must have lowercase characters"],
  ["Abcdefgh-xyz", "Password must have numeric characters"],
  ["Abcdefgh1234", "Password must have symbol characters"],
  [" Abcdefgh1234 ", "Password must have symbol characters"],
  ["Abcdefgh1234é", "Password must have symbol characters"],
])("%j breaks a strict policy: %s", (password, rule) => {
  expect(() => checkPassword(password, strict, "policy")).toThrow(
    `Password did not conform with policy: ${rule}`,
  );
  expect(() => checkPassword(password, lax, "policy")).not.toThrow();
});

test("a generated password fits the policy, whatever it is", () => {
  fc.assert(
    fc.property(fc.integer({ min: 6, max: 99 }), (minimumLength) => {
      const policy = { ...strict, minimumLength };

      expect(() => checkPassword(generatePassword(policy), policy, "policy")).not.toThrow();
    }),
  );
});

test("the same password has another hash each time, and only it fits", () => {
  const [first, second] = [hashPassword("Correct-Horse-7"), hashPassword("Correct-Horse-7")];

  expect(first.hash.equals(second.hash)).toBe(false);
  expect([first, second].map((hash) => isPassword("Correct-Horse-7", hash))).toEqual([true, true]);
  expect(isPassword("correct-horse-7", first)).toBe(false);
});
