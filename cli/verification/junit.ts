import type { Check } from "./check";

/**
 * The report as JUnit's XML, which CI servers read: a test case a row, a failure with what was expected and what came.
 *
 * Source: https://github.com/testmoapp/junitxml
 */
export function junitReport(target: string, checks: readonly Check[]): string {
  const count = (outcome: Check["outcome"]) => checks.filter((check) => check.outcome === outcome).length;
  const counts = `tests="${checks.length}" failures="${count("failed")}" skipped="${count("skipped")}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${escaped(target)}" ${counts}>`,
    ...checks.map(testCase),
    "  </testsuite>",
    "</testsuites>\n",
  ].join("\n");
}

function testCase({ name, request, expected, got, outcome, note }: Check): string {
  const start = `    <testcase classname="${escaped(request)}" name="${escaped(name)}"`;
  if (outcome === "passed") return `${start}/>`;
  const message = `expected ${expected}, got ${got}${note === undefined ? "" : ` (${note})`}`;
  const element = outcome === "failed" ? "failure" : "skipped";
  return `${start}><${element} message="${escaped(message)}"/></testcase>`;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** What XML 1.0 cannot hold, not even as a reference, is left out: what came is from outside. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character)
    .replace(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
