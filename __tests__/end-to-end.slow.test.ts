import { runChecks } from "../cli/verification/run-checks";
import { checkTargetOf } from "./support/check-target";
import type { TestRuntimeOptions } from "./support/local-runtime";
import { useRuntimes } from "./support/use-runtime";

describe("the end-to-end check", () => {
  const { withRuntime } = useRuntimes({ managedRules: "show" });

  /** The check of what is served with these options, and what it was. */
  const check = (options: TestRuntimeOptions = {}) =>
    withRuntime(options, async (test) => ({ test, checks: await runChecks(checkTargetOf(test.runtime)) }));

  it("passes every row against the stacks as they are", async () => {
    const { test, checks } = await check();

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
    const [line] = await withRuntime({}, async (test) => {
      await test.send();
      return test.lines;
    });

    expect(line?.decision.detail).toContain("AWS would block: CommonRuleSet NoUserAgent_HEADER");
  });

  it("passes in another environment, where every name has a suffix", async () => {
    const { test, checks } = await check({ env: { ENVIRONMENT: "staging" } });

    expect(test.runtime.invokeUrls[0]).toMatch(/\/staging$/);
    expect(checks.filter(({ outcome }) => outcome !== "passed")).toEqual([]);
  });

  it("fails the rows of an authorizer that is taken out of the synthesized JSON, because the request goes through", async () => {
    const { checks } = await check({
      edit: ({ edge }) => {
        const method = edge.resource("aws_api_gateway_method.POST-lambda1");
        delete method.authorizer_id;
        method.authorization = "NONE";
      },
    });

    const failed = checks.filter(({ outcome }) => outcome === "failed");
    expect(failed.map(({ request }) => request)).toEqual([
      "POST /lambda1, no token",
      "POST /lambda1, a bad token",
      "POST /lambda1, a token of MyUserPool2",
    ]);
    for (const { got } of failed) expect(got).toMatch(/^200 .*Hello Mallory/);
  });
});
