import { type Paint, printable } from "../common/terminal";
import type { Check } from "./check";

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
