import { WebAcl, type WebAclProps } from "../../../stacks/secure-edge/web-acl";
import { type Body, blocks, body, type StackJson } from "../support/stack-json";
import { synthesizeConstruct } from "../support/synthesized-construct";

const synthesize = (changes: Partial<WebAclProps> = {}) =>
  synthesizeConstruct((scope) => {
    new WebAcl(scope, "edge", {
      webAclName: "TheWebACL",
      cidrs: ["203.0.113.7/32", "198.51.100.0/24"],
      ipSetAction: "count",
      rateLimit: 2000,
      log: undefined,
      ...changes,
    });
  });

const rulesOf = (stack: StackJson): Body[] => blocks(stack.only("aws_wafv2_web_acl").rule);
const ruleOf = (stack: StackJson, name: string) => rulesOf(stack).find((rule) => rule.name === name);

describe("a web ACL", () => {
  it("is one web ACL with one IP set", () => {
    const { counts } = synthesize();

    expect(counts).toEqual({ aws_wafv2_web_acl: 1, aws_wafv2_ip_set: 1 });
  });

  it("has the given blocks in its IP set", () => {
    const stack = synthesize();

    expect(stack.only("aws_wafv2_ip_set")).toEqual({
      name: "TheWebACL-ip-set",
      scope: "REGIONAL",
      ip_address_version: "IPV4",
      addresses: ["203.0.113.7/32", "198.51.100.0/24"],
    });
  });

  it.each([
    ["count", 0, { count: {} }, { allow: {} }],
    ["block", 0, { block: {} }, { allow: {} }],
    // Allow ends the evaluation: only after the other rules does it let nobody past them.
    ["allow", 5, { allow: {} }, { block: {} }],
  ] as const)(
    "with the action %s decides on the IP set at priority %d, and on the rest last",
    (ipSetAction, priority, action, rest) => {
      const stack = synthesize({ ipSetAction });

      expect(ruleOf(stack, "SourceIp")).toMatchObject({
        priority,
        action,
        statement: {
          ip_set_reference_statement: { arn: `\${${stack.addressOf("aws_wafv2_ip_set")}.arn}` },
        },
      });
      expect(stack.only("aws_wafv2_web_acl").default_action).toEqual(rest);
    },
  );

  it("blocks floods from one address and bodies too large for any request of ours", () => {
    const stack = synthesize({ rateLimit: 123 });

    expect(ruleOf(stack, "RateLimit")).toMatchObject({
      action: { block: {} },
      statement: {
        rate_based_statement: { aggregate_key_type: "IP", limit: 123, evaluation_window_sec: 300 },
      },
    });
    expect(ruleOf(stack, "LargeBody")).toMatchObject({
      action: { block: {} },
      statement: { size_constraint_statement: { comparison_operator: "GT", size: 8192 } },
    });
  });

  it("lets the rules of each managed group decide", () => {
    const managed = rulesOf(synthesize()).filter((rule) => rule.override_action !== undefined);

    expect(managed.map(({ name }) => name)).toEqual([
      "AWSManagedRulesAmazonIpReputationList",
      "AWSManagedRulesKnownBadInputsRuleSet",
      "AWSManagedRulesCommonRuleSet",
    ]);
    for (const rule of managed) {
      expect(rule.override_action).toEqual({ none: {} });
      expect(rule).not.toHaveProperty("action");
    }
  });

  it("evaluates every rule at a priority of its own, and decides with each", () => {
    const rules = rulesOf(synthesize());

    expect(rules.map(({ priority }) => priority)).toEqual([0, 1, 2, 3, 4, 5]);
    for (const rule of rules)
      expect([rule.action, rule.override_action].filter((decision) => decision !== undefined)).toHaveLength(
        1,
      );
  });

  it("shows metrics and sampled requests for every rule and for itself", () => {
    const stack = synthesize();

    const views = [stack.only("aws_wafv2_web_acl"), ...rulesOf(stack)].map((part) =>
      body(part.visibility_config),
    );
    for (const view of views)
      expect(view).toMatchObject({ cloudwatch_metrics_enabled: true, sampled_requests_enabled: true });
    expect(new Set(views.map(({ metric_name }) => metric_name)).size).toBe(views.length);
  });

  it("names every argument of a statement as Terraform does", () => {
    const statements = rulesOf(synthesize()).map(({ statement }) => JSON.stringify(statement));

    for (const statement of statements) expect(statement).not.toMatch(/"\w*[A-Z]\w*":/);
  });
});

describe("a web ACL's log", () => {
  const stack = synthesize({
    log: { retentionInDays: 90, kmsKeyId: "arn:aws:kms:us-east-1:123456789012:key/k" },
  });

  it("is a group of the stack's own, under the name that AWS WAF asks for", () => {
    expect(stack.only("aws_cloudwatch_log_group")).toEqual({
      name: "aws-waf-logs-TheWebACL",
      retention_in_days: 90,
      kms_key_id: "arn:aws:kms:us-east-1:123456789012:key/k",
    });
    expect(stack.only("aws_wafv2_web_acl_logging_configuration")).toMatchObject({
      resource_arn: `\${${stack.addressOf("aws_wafv2_web_acl")}.arn}`,
      log_destination_configs: [`\${${stack.addressOf("aws_cloudwatch_log_group")}.arn}`],
    });
  });

  it("has nobody's credentials in it", () => {
    expect(stack.only("aws_wafv2_web_acl_logging_configuration").redacted_fields).toEqual([
      { single_header: { name: "authorization" } },
      { single_header: { name: "cookie" } },
      { single_header: { name: "x-api-key" } },
    ]);
  });
});
