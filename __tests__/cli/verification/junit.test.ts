import type { Check } from "../../../cli/verification/check";
import { junitReport } from "../../../cli/verification/junit";

const row: Check = {
  name: "no token",
  request: "POST /lambda1, no token",
  expected: "401",
  got: "401",
  outcome: "passed",
};

it("has a test case a row, with what was expected and what came of each that did not pass", () => {
  const checks: Check[] = [
    row,
    { ...row, name: "a token", got: '500 <oops> & "more"\n\u001b[2J', outcome: "failed" },
    { ...row, name: "the log", outcome: "skipped", note: "no log group" },
  ];

  expect(
    junitReport("http://127.0.0.1:3000/development", checks),
  ).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="3" failures="1" skipped="1">
  <testsuite name="http://127.0.0.1:3000/development" tests="3" failures="1" skipped="1">
    <testcase classname="POST /lambda1, no token" name="no token"/>
    <testcase classname="POST /lambda1, no token" name="a token"><failure message="expected 401, got 500 &lt;oops&gt; &amp; &quot;more&quot;&#10;\ufffd[2J"/></testcase>
    <testcase classname="POST /lambda1, no token" name="the log"><skipped message="expected 401, got 401 (no log group)"/></testcase>
  </testsuite>
</testsuites>
`);
});
