import { columns, painter, printable } from "../../../local/command/terminal";

describe("colours", () => {
  it.each([
    ["a terminal", true, {}, true],
    ["a pipe", false, {}, false],
    ["a terminal with NO_COLOR", true, { NO_COLOR: "1" }, false],
    ["a terminal that is dumb", true, { TERM: "dumb" }, false],
    ["a pipe with FORCE_COLOR", false, { FORCE_COLOR: "1" }, true],
    ["a pipe with both", false, { FORCE_COLOR: "1", NO_COLOR: "1" }, true],
    ["a terminal with FORCE_COLOR=0", true, { FORCE_COLOR: "0" }, false],
    ["a terminal with both empty", true, { FORCE_COLOR: "", NO_COLOR: "" }, true],
  ])("on %s", (_what, isTTY, env, coloured) => {
    const paint = painter({ isTTY }, env);

    expect(paint("red", "no")).toBe(coloured ? "\u001b[31mno\u001b[39m" : "no");
  });
});

describe("text from outside", () => {
  it("cannot move the cursor, forge a line or turn its direction", () => {
    expect(printable("a\u001b[2Jb\r\nc\u009bd\u202ee\u2028f")).toBe(
      "a\\u001b[2Jb\\u000d\\u000ac\\u009bd\\u202ee\\u2028f",
    );
  });

  it("stays as it is where it does no harm", () => {
    expect(printable("Größe 名前 🙂 \\ %0a")).toBe("Größe 名前 🙂 \\ %0a");
  });
});

describe("columns", () => {
  it("are as wide as their widest cell; colours do not count, the last one is not filled up", () => {
    const text = columns(
      [
        ["a", "bb", "c"],
        ["aaa", "b", ""],
      ],
      (cell, row) => (row === 0 ? cell.toUpperCase() : cell),
    );

    expect(text).toBe("A    BB  C\naaa  b   ");
  });
});
