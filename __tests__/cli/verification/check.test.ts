import { type Check, check, hasFailed, renderCheck, renderSummary } from "../../../cli/verification/check";

const plain = (_style: string, text: string) => text;
const marked = (style: string, text: string) => `<${style}>${text}</>`;

const row: Check = {
  name: "/lambda1 refuses no token",
  request: "POST /lambda1, no token",
  expected: "401",
  got: "401",
  outcome: "passed",
};

describe("a row of the check", () => {
  it("passes where what came is what was expected", async () => {
    expect(await check("n", "r", "401", async () => "401")).toMatchObject({ outcome: "passed", got: "401" });
  });

  it("fails where something else came", async () => {
    expect(await check("n", "r", "401", async () => "200")).toMatchObject({ outcome: "failed", got: "200" });
  });

  it("fails where nothing came, and says why", async () => {
    const refused = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });

    const result = await check("n", "r", "401", () => Promise.reject(refused));

    expect(result).toMatchObject({ outcome: "failed", got: "no answer (ECONNREFUSED)" });
  });

  it("shows outcome, request, expected, got and the note, if there is one", () => {
    const failed = { ...row, got: "200\u001b[2J", outcome: "failed", note: "look there" } as const;

    expect(renderCheck(row, plain)).toBe(
      "pass  POST /lambda1, no token\n      expected  401\n      got       401",
    );
    expect(renderCheck(failed, plain)).toBe(
      "FAIL  POST /lambda1, no token\n      expected  401\n      got       200\\u001b[2J\n      note      look there",
    );
  });
});

describe("the summary", () => {
  const failed = { ...row, outcome: "failed" } as const;
  const skipped = { ...row, outcome: "skipped" } as const;

  it("counts, in green where nothing failed", () => {
    expect(renderSummary([row, skipped], marked)).toBe("<green>2 checks: 1 passed, 1 skipped</>");
    expect(hasFailed([row, skipped])).toBe(false);
  });

  it("is red and a failure where one row failed", () => {
    expect(renderSummary([row, failed], marked)).toBe("<red>2 checks: 1 passed, 1 failed</>");
    expect(hasFailed([row, failed])).toBe(true);
  });

  it("is a failure where nothing was checked at all", () => {
    expect(renderSummary([], marked)).toBe("<red>0 checks: 0 passed</>");
    expect(hasFailed([])).toBe(true);
  });
});
