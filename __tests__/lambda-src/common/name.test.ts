import { nameProblem } from "../../../lambda-src/common/name";

const accepts = (name: unknown) => nameProblem(name) === undefined;

describe("A name", () => {
  it.each([
    ["one character", "A"],
    ["256 characters", "a".repeat(256)],
    ["256 characters of two UTF-16 units each", "😀".repeat(256)],
    ["letters of any script", "Zoë Ångström 阿达 عدا"],
    ["a joiner, as Persian and emoji need it", "می‌خواهم 👩‍💻"],
    ["quotes, brackets and backslashes", `"<script>' \\ {{7*7}} $\{x}`],
    ["the name of something every object has", "__proto__"],
  ])("may be %s", (_, name) => {
    expect(accepts(name)).toBe(true);
  });

  it.each([
    ["empty", ""],
    ["257 characters", "a".repeat(257)],
    ["257 characters of two UTF-16 units each", "😀".repeat(257)],
    ["no string", 42],
    ["null", null],
    ["a list", ["Ada"]],
  ])("must not be %s", (_, name) => {
    expect(accepts(name)).toBe(false);
  });

  it.each([
    ["a line feed, which would forge a log line", "\n"],
    ["NUL", "\u0000"],
    ["an escape, which would steer a terminal", "\u001b"],
    ["DEL", "\u007f"],
    ["NEL, a line break of C1", "\u0085"],
    ["a line separator", "\u2028"],
    ["a paragraph separator", "\u2029"],
    ["a high surrogate on its own", "\ud83d"],
    ["a low surrogate on its own", "\ude00"],
    ["U+FFFE", "\ufffe"],
    ["U+FFFF", "\uffff"],
  ])("must not contain %s", (_, character) => {
    for (const name of [character, `${character}Ada`, `Ada${character}Lovelace`, `Ada${character}`]) {
      expect(accepts(name)).toBe(false);
    }
  });
});
