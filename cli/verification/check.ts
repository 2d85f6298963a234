import { reasonOf } from "../../local/command/describe-error";
import { type Paint, printable } from "../../local/command/terminal";

/** One row of the end-to-end check: what was asked, what should come, what came. */
export interface Check {
  readonly name: string;
  /** `POST /lambda1, no token` */
  readonly request: string;
  readonly expected: string;
  readonly got: string;
  /** `skipped` only where the deployment cannot show it from here; `note` says why. */
  readonly outcome: "passed" | "failed" | "skipped";
  readonly note?: string;
}

/** Compares, and keeps what an assertion that threw had to say. @param holds whether what came is what should */
export async function check(
  name: string,
  request: string,
  expected: string,
  ask: () => Promise<string>,
  holds: (got: string) => boolean = (got) => got === expected,
): Promise<Check> {
  try {
    const got = await ask();
    return { name, request, expected, got, outcome: holds(got) ? "passed" : "failed" };
  } catch (error) {
    return { name, request, expected, got: reasonOf(error), outcome: "failed" };
  }
}

const MARKS = { passed: "pass", failed: "FAIL", skipped: "skip" } as const;
const STYLES = { passed: "green", failed: "red", skipped: "yellow" } as const;

/** A check for a person: the outcome and the request, below it what was expected and what came. */
export function renderCheck({ request, expected, got, outcome, note }: Check, paint: Paint): string {
  const lines = [`${paint(STYLES[outcome], MARKS[outcome])}  ${paint("bold", request)}`];
  const detail = (label: string, text: string) => `      ${paint("dim", label.padEnd(9))} ${printable(text)}`;
  lines.push(detail("expected", expected), detail("got", got));
  if (note !== undefined) lines.push(detail("note", note));
  return lines.join("\n");
}

/** `13 checks: 13 passed` */
export function renderSummary(checks: readonly Check[], paint: Paint): string {
  const count = (outcome: Check["outcome"]) => checks.filter((check) => check.outcome === outcome).length;
  const parts = [`${count("passed")} passed`];
  if (count("failed") > 0) parts.push(`${count("failed")} failed`);
  if (count("skipped") > 0) parts.push(`${count("skipped")} skipped`);
  return paint(hasFailed(checks) ? "red" : "green", `${checks.length} checks: ${parts.join(", ")}`);
}

/** No check at all is a failure too. */
export function hasFailed(checks: readonly Check[]): boolean {
  return checks.length === 0 || checks.some(({ outcome }) => outcome === "failed");
}
