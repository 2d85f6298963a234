import { compileFilterPattern } from "../../../../local/services/logs/filter-pattern";

describe("a filter pattern", () => {
  test.each([
    ["", "anything", true],
    ["Hello", "Hello Ada", true],
    ["hello", "Hello Ada", false],
    ["Hello Ada", "Ada says Hello", true],
    ["Hello Ada", "Hello Bob", false],
    ['"Hello Ada"', "Hello Ada!", true],
    ['"Hello Ada"', "Ada says Hello", false],
    ['"say \\"hi\\""', 'they say "hi"', true],
    ["?ERROR ?WARN", "WARN it", true],
    ["?ERROR ?WARN", "INFO it", false],
    ["Hello ?ERROR", "Hello", true],
    ["Hello -Ada", "Hello Bob", true],
    ["Hello -Ada", "Hello Ada", false],
    ['-"not this"', "but this", true],
    ['{ $.level = "INFO" }', '{"level":"INFO"}', true],
    ['{ $.level = "INFO" }', '{"level":"WARN"}', false],
    ['{ $.level = "INFO" }', "INFO, not JSON", false],
    ['{ $.level = "INFO" }', '"INFO"', false],
    ["{ $.level = INFO }", '{"level":"INFO"}', true],
    ['{ $.message = "Hello *" }', '{"message":"Hello Ada."}', true],
    ['{ $.message = "Hello." }', '{"message":"Hello!"}', false],
    ['{ $.level != "INFO" }', '{"level":"WARN"}', true],
    ['{ $.level != "INFO" }', '{"other":"WARN"}', false],
    ["{ $.a.b[1] = 2 }", '{"a":{"b":[1,2]}}', true],
    ["{ $.n >= 2 && $.n < 3 }", '{"n":2.5}', true],
    ["{ $.n >= 2 && $.n < 3 }", '{"n":3}', false],
    ["{ $.n > 5 || $.n <= 1 }", '{"n":1}', true],
    ["{ $.n != 1 }", '{"n":"2"}', false],
    ["{ $.n != 1 }", '{"n":2}', true],
  ])("%j on %j: %s", (pattern, message, expected) => {
    const matches = compileFilterPattern(pattern);

    expect(matches({ message })).toBe(expected);
  });

  test.each([
    ["[ip, user]", "space-delimited"],
    ["%regex%", "regular expressions"],
    ["a.b", "Invalid character(s) in term 'a.b'"],
    ['"open', "not closed"],
    ["{ $.a = 1", "closing }"],
    ["{ $.a IS NULL }", "$.a IS NULL"],
    ["{ ($.a = 1) }", "($.a = 1)"],
    ["{ $.a > x }", "> compares numbers only"],
    ["{ $.a = 1 && $.b = 2 || $.c = 3 }", "&& and ||"],
  ])("%j is refused, naming what is not understood", (pattern, reason) => {
    expect(() => compileFilterPattern(pattern)).toThrow(reason);
  });
});
