import { PROJECT } from "../../../cli/common/project";
import { runWords } from "../support/run-words";

const environment = { ...process.env };

afterEach(() => {
  process.env = { ...environment };
});

async function json(command: "cost" | "guardrails", words: readonly string[] = []) {
  const { exitCode, stdout, stderr } = await runWords([command, "--json", ...words], { project: PROJECT });
  return { exitCode, stderr, report: JSON.parse(stdout || "null") };
}

describe("npm run cost", () => {
  it("prints what is paid at rest and with requests, by the settings in force, with where and when the prices hold", async () => {
    // A key of the stack's own costs a dollar a month for each stack; without it costs/estimate.test.ts has 11.40.
    process.env.CUSTOMER_KEYS = "true";

    const { exitCode, report } = await json("cost", ["--requests", "1000000"]);

    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ requests: 1_000_000, prices: { region: "us-east-1" } });
    expect(report.atRest).toBeCloseTo(13.4);
    expect(report.total).toBeGreaterThan(report.atRest);
  });

  it("refuses a number of requests that is none", async () => {
    const { exitCode, stderr } = await json("cost", ["--requests", "many"]);

    expect(exitCode).toBe(2);
    expect(stderr).toContain('--requests is "many"; accepted: a whole number, 0 or more');
  });
});

describe("npm run guardrails", () => {
  it("lists every guardrail with why and the fix, and nothing that breaks one", async () => {
    const { exitCode, report } = await json("guardrails");

    expect(exitCode).toBe(0);
    expect(report.violations).toEqual([]);
    expect(report.guardrails.length).toBeGreaterThan(15);
    for (const guardrail of report.guardrails)
      expect(guardrail).toMatchObject({
        id: expect.any(String),
        why: expect.any(String),
        fix: expect.any(String),
      });
  });
});
