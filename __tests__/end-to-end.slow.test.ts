import { runChecks } from "../cli/verification/run-checks";
import { checkTargetOf } from "./support/check-target";
import { startTestRuntime, type TestRuntime } from "./support/local-runtime";

describe("the end-to-end check", () => {
  let test: TestRuntime | undefined;

  afterEach(async () => {
    await test?.close();
    test = undefined;
  });

  const check = ({ runtime }: TestRuntime) => runChecks(checkTargetOf(runtime));

  it("passes every row against the stacks as they are", async () => {
    test = await startTestRuntime({ managedRules: "show" });

    const checks = await check(test);

    expect(checks.map(({ request }) => request)).toEqual([
      "POST /lambda1, no token",
      "POST /lambda1, a bad token",
      "POST /lambda1, a token of MyUserPool2",
      "POST /lambda1, a token of MyUserPool1",
      "the log of InternalLambda",
      "TestInvokeMethod POST /lambda1",
      "POST /lambda2, no token",
      "POST /lambda2, a bad token",
      "POST /lambda2, a token of MyUserPool1",
      "POST /lambda2, a token of MyUserPool2",
      "the log of InternalLambda",
      "TestInvokeMethod POST /lambda2",
      "sampled requests of SecureLambdaWebACL-SourceIp",
    ]);
    expect(checks.filter(({ outcome }) => outcome !== "passed")).toEqual([]);
    // Nor would AWS's managed rules block one of its requests: a `User-Agent` goes with each.
    expect(test.lines.length).toBeGreaterThan(0);
    expect(test.lines.filter(({ decision }) => decision.detail.includes("AWS would"))).toEqual([]);
  });

  it("shows a request that AWS's managed rules would block: one without a User-Agent", async () => {
    test = await startTestRuntime({ managedRules: "show" });

    await test.send();

    expect(test.lines[0]?.decision.detail).toContain("AWS would block: CommonRuleSet NoUserAgent_HEADER");
  });

  it("passes in another environment, where every name has a suffix", async () => {
    test = await startTestRuntime({ env: { ENVIRONMENT: "staging" } });

    const checks = await check(test);

    expect(test.runtime.invokeUrls[0]).toMatch(/\/staging$/);
    expect(checks.filter(({ outcome }) => outcome !== "passed")).toEqual([]);
  });

  it("fails the rows of an authorizer that is taken out of the synthesized JSON, because the request goes through", async () => {
    test = await startTestRuntime({
      edit: ({ edge }) => {
        const method = edge.resource("aws_api_gateway_method.POST-lambda1");
        delete method.authorizer_id;
        method.authorization = "NONE";
      },
    });

    const checks = await check(test);

    const failed = checks.filter(({ outcome }) => outcome === "failed");
    expect(failed.map(({ request }) => request)).toEqual([
      "POST /lambda1, no token",
      "POST /lambda1, a bad token",
      "POST /lambda1, a token of MyUserPool2",
    ]);
    for (const { got } of failed) expect(got).toMatch(/^200 .*Hello Mallory/);
  });
});
