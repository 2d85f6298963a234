import { readReport } from "../../../cli/scanning/checkov";

const check = (check_id: string, stack: string) => ({
  check_id,
  resource: "resource.api",
  file_path: `/${stack}/cdk.tf.json`,
});

const report = (results: object) =>
  JSON.stringify({ results: { passed_checks: [], failed_checks: [], parsing_errors: [], ...results } });

describe("checkov's report", () => {
  it("says what passed and failed, by stack", () => {
    const text = report({
      passed_checks: [check("CKV_AWS_1", "messaging")],
      failed_checks: [check("CKV_AWS_2", "edge")],
    });

    expect(readReport(text, ["edge", "messaging"])).toEqual({
      passed: [{ id: "CKV_AWS_1", stack: "messaging", resource: "resource.api" }],
      failed: [{ id: "CKV_AWS_2", stack: "edge", resource: "resource.api" }],
    });
  });

  it.each([
    ["that could not be parsed", { parsing_errors: ["/tmp/scanned/edge/cdk.tf.json"] }],
    ["without a single check", {}],
  ])("is an error for a stack %s: it would pass unseen", (_, results) => {
    const text = report({ passed_checks: [check("CKV_AWS_1", "messaging")], ...results });

    expect(() => readReport(text, ["edge", "messaging"])).toThrow("checkov has not scanned edge");
  });

  it("is an error where it is none", () => {
    expect(() => readReport("Killed", ["edge"])).toThrow('checkov printed no report: "Killed"');
  });
});
