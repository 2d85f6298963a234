import { judge } from "../../../cli/scanning/judge";

const reason = { title: "a title", reason: "a reason", coveredBy: "something" };
const scanOf = (settings: object, ...failing: string[]) => ({
  configuration: { name: "tested", settings },
  scan: { passed: [], failed: failing.map((id) => ({ id, stack: "edge", resource: "resource.api" })) },
});

describe("what is wrong with the scans", () => {
  it("is nothing where every failure has its reason, and every reason a failure", () => {
    expect(judge([scanOf({}, "CKV_AWS_1"), scanOf({})], { CKV_AWS_1: reason })).toEqual([]);
  });

  it("is a failure without a reason, with its place", () => {
    expect(judge([scanOf({}, "CKV_AWS_1")], {})).toEqual([
      "tested: CKV_AWS_1 fails at resource.api of edge: mend it, or give its reason in cli/scanning/accepted.ts",
    ]);
  });

  it("is a failure of what a setting holds, where the setting is on", () => {
    const held = { ...reason, heldWith: "XRAY_TRACING" } as const;

    expect(judge([scanOf({ XRAY_TRACING: "true" }, "CKV_AWS_1")], { CKV_AWS_1: held })).toEqual([
      "tested: CKV_AWS_1 fails at resource.api of edge, although XRAY_TRACING is true",
    ]);
    expect(judge([scanOf({}, "CKV_AWS_1")], { CKV_AWS_1: held })).toEqual([]);
  });

  it("is a reason that nothing needs any more: it would hide the next failure", () => {
    expect(judge([scanOf({})], { CKV_AWS_1: reason })).toEqual([
      "CKV_AWS_1 fails nowhere: take it out of cli/scanning/accepted.ts",
    ]);
  });
});
