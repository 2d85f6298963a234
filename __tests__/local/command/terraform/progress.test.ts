import { Progress } from "../../../../local/command/terraform/progress";
import { CapturedText } from "../../../cli/support/captured-text";

describe("what Terraform does to a stack", () => {
  const shown = (...events: readonly (object | string)[]) => {
    const stdout = new CapturedText();
    const progress = new Progress("edge", stdout);
    for (const event of events) progress.take(typeof event === "string" ? event : JSON.stringify(event));
    return { lines: stdout.text.split("\n").filter(Boolean), errors: progress.errors };
  };
  const done = (action: string, addr: string, seconds = 1) => ({
    type: "apply_complete",
    hook: { resource: { addr }, action, elapsed_seconds: seconds },
  });

  it("is a line for each resource that was changed, and one at the end", () => {
    const { lines } = shown(
      { type: "version", terraform: "1.11.4" },
      { type: "planned_change", change: { resource: { addr: "aws_sns_topic.T" }, action: "create" } },
      { type: "change_summary", changes: { operation: "plan", add: 2, change: 1, remove: 0 } },
      done("create", "aws_sns_topic.T"),
      done("create", "aws_sqs_queue.Q", 25),
      done("read", "data.archive_file.F"),
      done("update", "aws_lambda_function.F"),
      { type: "change_summary", changes: { operation: "apply", add: 2, change: 1, remove: 0 } },
    );

    expect(lines).toEqual([
      "  created   aws_sns_topic.T",
      "  created   aws_sqs_queue.Q (25 s)",
      "  changed   aws_lambda_function.F",
      "edge: 2 created, 1 changed, 0 destroyed",
    ]);
  });

  it("says so where there is nothing to do", () => {
    const changes = { operation: "apply", add: 0, change: 0, remove: 0 };

    expect(shown({ type: "change_summary", changes }).lines).toEqual(["edge: no changes"]);
  });

  it("shows the outputs, each value on a line of its own, and no sensitive one", () => {
    const { lines } = shown({
      type: "outputs",
      outputs: {
        invoke_url: { sensitive: false, value: "https://x" },
        user_pools: { sensitive: false, value: { A: { id: "1" } } },
        "cross-stack-output": { sensitive: true, value: "hidden" },
        planned: { sensitive: false },
      },
    });

    expect(lines).toEqual(["  invoke_url = https://x", "  user_pools.A.id = 1"]);
  });

  it("says each warning once, and keeps the errors for the end, each in one line", () => {
    const diagnostic = { severity: "warning", summary: "Old", detail: "use\nanother" };
    const error = { severity: "error", summary: "No", detail: "AccessDenied", address: "aws_iam_role.R" };

    const { lines, errors } = shown(
      { type: "diagnostic", diagnostic },
      { type: "diagnostic", diagnostic },
      { type: "diagnostic", diagnostic: error },
    );

    expect(lines).toEqual(["  warning: Old: use another"]);
    expect(errors).toEqual(["aws_iam_role.R: No: AccessDenied"]);
  });

  it("does not stumble over what is not an event", () => {
    expect(shown("panic: runtime error", "[]", "{}")).toEqual({ lines: [], errors: [] });
  });
});
