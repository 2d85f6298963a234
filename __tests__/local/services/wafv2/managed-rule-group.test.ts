import type { Verdict } from "../../../../local/kernel/web-acl-inspection";
import { loadDetector } from "../../../../local/services/wafv2/detector";
import type { WebAclOptions } from "../../../../local/services/wafv2/web-acl";
import { WebAcls } from "../../../../local/services/wafv2/web-acls";
import { deploymentOf, resourceAt } from "../../../support/deployment";
import { TestClock } from "../../../support/test-clock";
import {
  accountId,
  arnOf,
  association,
  type Block,
  byteMatch,
  noTransformation,
  optionsOf,
  type RequestParts,
  region,
  rule,
  verdictOf,
  visibility,
  webAcl,
} from "./fixture";

const logGroup = resourceAt("aws_cloudwatch_log_group.Waf", { name: "aws-waf-logs-edge" });
const logging = resourceAt("aws_wafv2_web_acl_logging_configuration.Log", {
  resource_arn: arnOf("webacl", "SecureApi"),
  log_destination_configs: [`arn:aws:logs:${region}:${accountId}:log-group:aws-waf-logs-edge`],
});

const CRS = "AWSManagedRulesCommonRuleSet";
const crsLabel = (tail: string) => `awswaf:managed:aws:core-rule-set:${tail}`;
const agent = ["User-Agent", "test"] as const;
const traversal: RequestParts = { headers: [agent], body: "../" };

/** A rule that refers to a group of AWS's. */
function managed(group = CRS, settings: Block = {}, more: Block = {}): Block {
  const managed_rule_group_statement = { vendor_name: "AWS", name: group, ...settings };
  return rule({ managed_rule_group_statement }, { name: "managed", override_action: { none: {} }, ...more });
}

const overriding = (...actions: readonly (readonly [name: string, action: string])[]): Block => ({
  rule_action_override: actions.map(([name, action]) => ({ name, action_to_use: { [action]: {} } })),
});

const onLabel = (key: string, more: Block = {}, scope = "LABEL"): Block =>
  rule({ label_match_statement: { scope, key } }, { name: "on label", priority: 1, ...more });

function setUp(rules: Block[], more: Partial<WebAclOptions> = {}, settings: Block = {}) {
  const clock = new TestClock();
  const entries: Block[] = [];
  const options = optionsOf(clock, {
    logs: () => ({ put: (_group, _stream, message) => void entries.push(JSON.parse(message)) }),
    ...more,
  });
  const resources = [webAcl(rules, settings), association(), logGroup, logging];
  const webAcls = new WebAcls(deploymentOf(...resources), options);
  const send = (sent: RequestParts = {}): Verdict => verdictOf(webAcls, { headers: [agent], ...sent });
  const samples = (metric: string) =>
    webAcls.all[0]
      ?.samples(metric)
      ?.within({ start: 0, end: clock.now() }, 500)
      .samples.map(({ sample: { hit, labels } }) => ({ ...hit, requestLabels: labels })) ?? [];
  return { clock, webAcls, entries, send, samples };
}

describe("a match with a rule of AWS's", () => {
  it("is shown and does not block, unless told otherwise", () => {
    const { send, samples, entries } = setUp([managed()]);

    const verdict = send(traversal);

    expect(verdict).toMatchObject({
      ...{ action: "ALLOW", rule: "Default_Action" },
      prediction: "AWS would likely block: CommonRuleSet GenericLFI_BODY",
    });
    expect(verdict.trace?.filter(({ predicted }) => predicted)).toEqual([
      {
        ...{
          rule: `AWS#${CRS}#GenericLFI_BODY`,
          outcome: "match",
          action: "COUNT",
          overriddenAction: "BLOCK",
        },
        ...{ labels: [crsLabel("GenericLFI_Body")], predicted: "likely" },
      },
      {
        ...{ rule: "managed", outcome: "match", action: "COUNT", overriddenAction: "BLOCK" },
        ...{ labels: [], predicted: "likely" },
      },
    ]);
    expect(samples("managed")).toMatchObject([
      {
        ...{
          rule: `AWS#${CRS}#GenericLFI_BODY`,
          withinGroup: true,
          action: "COUNT",
          overriddenAction: "BLOCK",
        },
        requestLabels: [crsLabel("GenericLFI_Body")],
      },
    ]);
    expect(entries[0]).toMatchObject({
      ...{ action: "ALLOW", terminatingRuleId: "Default_Action" },
      ruleGroupList: [
        { ruleGroupId: `AWS#${CRS}`, terminatingRule: { ruleId: "GenericLFI_BODY", action: "BLOCK" } },
      ],
      nonTerminatingMatchingRules: [{ ruleId: "managed", action: "COUNT", overriddenAction: "BLOCK" }],
      labels: [{ name: crsLabel("GenericLFI_Body") }],
    });
  });

  it("blocks where it is told to, with samples and log as on AWS", () => {
    const { send, samples, entries } = setUp([managed()], { managedRules: "block" });

    expect(send(traversal)).toMatchObject({
      ...{ action: "BLOCK", rule: "managed" },
      prediction: "AWS would likely block: CommonRuleSet GenericLFI_BODY",
    });
    expect(samples("managed")).toMatchObject([{ rule: `AWS#${CRS}#GenericLFI_BODY`, action: "BLOCK" }]);
    expect(entries[0]).toMatchObject({
      ...{ terminatingRuleId: "managed", terminatingRuleType: "MANAGED_RULE_GROUP", action: "BLOCK" },
      ruleGroupList: [
        {
          ruleGroupId: `AWS#${CRS}`,
          terminatingRule: { ruleId: "GenericLFI_BODY", action: "BLOCK", ruleMatchDetails: null },
          ...{ nonTerminatingMatchingRules: [], excludedRules: null },
        },
      ],
    });
    expect(entries[0]?.ruleGroupList).not.toHaveProperty("0.terminatingRule.overriddenAction");
  });

  it("is not looked for where that is switched off", () => {
    const { send, webAcls } = setUp([managed()], { managedRules: "off" });

    const verdict = send(traversal);

    expect(verdict).toMatchObject({ action: "ALLOW", rule: "Default_Action" });
    expect(verdict).not.toHaveProperty("prediction");
    expect(webAcls.warnings).toEqual([
      `web ACL SecureApi, rule managed: the rule group AWS/${CRS}, that only AWS has`,
    ]);
  });

  it("is said to be certain where the rule is documented to the byte", () => {
    const { send } = setUp([managed()]);

    expect(send({ body: "x".repeat(8193) }).prediction).toBe(
      "AWS would block: CommonRuleSet SizeRestrictions_BODY",
    );
  });

  it("of a request that another rule blocks anyway is not shown as AWS's decision", () => {
    const { send } = setUp([
      rule(byteMatch("/"), { name: "deny", priority: 0 }),
      managed(CRS, {}, { priority: 1 }),
    ]);

    expect(send(traversal)).not.toHaveProperty("prediction");
  });

  it("says nothing where there is none: AWS may see more", () => {
    const { send, webAcls } = setUp([managed()]);

    expect(send()).not.toHaveProperty("prediction");
    expect(webAcls.counts()).toContainEqual(
      expect.objectContaining({ rule: "managed", action: "NOT_EVALUATED", count: 1 }),
    );
  });
});

describe("inside a group of AWS's", () => {
  const blocked = (settings: Block, more: Block = {}, others: Block[] = []) =>
    setUp([managed(CRS, settings, more), ...others], { managedRules: "block" });

  it("the first rule that blocks ends it, in AWS's order", () => {
    const { send } = blocked({});

    // The loopback address matches a later rule too.
    expect(send({ body: "http://127.0.0.1:8188" }).prediction).toBe(
      "AWS would likely block: CommonRuleSet EC2MetaDataSSRF_BODY",
    );
    expect(send({ headers: [], ...{ body: "../" } }).prediction).toBe(
      "AWS would block: CommonRuleSet NoUserAgent_HEADER",
    );
  });

  it("a rule that is counted lets the next ones of the group run, and leaves its label (expense-budget-tracker#250, #251)", () => {
    const { send, entries } = blocked(overriding(["EC2MetaDataSSRF_BODY", "count"]));

    expect(send({ body: "http://127.0.0.1:8188" }).prediction).toBe(
      "AWS would likely block: CommonRuleSet GenericRFI_BODY",
    );
    expect(entries[0]).toMatchObject({
      ruleGroupList: [
        {
          terminatingRule: { ruleId: "GenericRFI_BODY" },
          nonTerminatingMatchingRules: [
            { ruleId: "EC2MetaDataSSRF_BODY", action: "COUNT", overriddenAction: "BLOCK" },
          ],
        },
      ],
      labels: [{ name: crsLabel("EC2MetaDataSSRF_Body") }, { name: crsLabel("GenericRFI_Body") }],
    });
  });

  it("a group that is only counted stops at its first block all the same, and the web ACL goes on (compiler-explorer/infra#2357)", () => {
    const { send, entries } = blocked({}, { override_action: { count: {} } });

    const verdict = send({ body: "http://127.0.0.1:8188" });

    expect(verdict).toMatchObject({ action: "ALLOW", rule: "Default_Action" });
    expect(verdict).not.toHaveProperty("prediction");
    expect(entries[0]).toMatchObject({
      ruleGroupList: [{ terminatingRule: { ruleId: "EC2MetaDataSSRF_BODY", action: "BLOCK" } }],
      nonTerminatingMatchingRules: [{ ruleId: "managed", action: "COUNT" }],
      labels: [{ name: crsLabel("EC2MetaDataSSRF_Body") }],
    });
  });

  it("a rule that allows ends the whole web ACL", () => {
    const deny = rule(byteMatch("/"), { name: "deny", priority: 1 });
    const { send } = blocked(overriding(["GenericLFI_BODY", "allow"]), {}, [deny]);
    const shown = setUp([managed(CRS, overriding(["GenericLFI_BODY", "allow"])), deny]);

    expect(send(traversal)).toMatchObject({ action: "ALLOW", rule: "managed" });
    expect(shown.send(traversal)).toMatchObject({
      ...{ action: "BLOCK", rule: "deny" },
      prediction: "AWS would likely allow: CommonRuleSet GenericLFI_BODY",
    });
  });

  it("a rule that asks for a puzzle is not evaluated, and named at start", () => {
    const { send, webAcls } = blocked(overriding(["GenericLFI_BODY", "captcha"]));

    expect(send(traversal).action).toBe("ALLOW");
    expect(webAcls.warnings).toContainEqual(
      expect.stringContaining("rule managed/GenericLFI_BODY: the action CAPTCHA is not evaluated"),
    );
  });

  it("a request outside the scope is not looked at: no match, no label, no count", () => {
    const { send, entries } = blocked({ scope_down_statement: byteMatch("/uploads") });

    expect(send({ ...traversal, path: "/development/uploads" }).action).toBe("BLOCK");
    expect(send(traversal)).toMatchObject({ action: "ALLOW", rule: "Default_Action" });
    expect(entries[1]).toMatchObject({ ruleGroupList: [], nonTerminatingMatchingRules: [] });
  });

  it("the limit on the body follows the web ACL's setting, and the size rule does not", () => {
    const association_config = {
      request_body: { api_gateway: { default_size_inspection_limit: "KB_64" } },
    };
    const counted = managed(CRS, overriding(["SizeRestrictions_BODY", "count"]));
    const late = { body: `${"x".repeat(60_000)}../` };

    expect(setUp([counted], {}, { association_config }).send(late).prediction).toContain("GenericLFI_BODY");
    expect(setUp([counted]).send(late)).not.toHaveProperty("prediction");
    expect(setUp([managed()], {}, { association_config }).send(late).prediction).toContain(
      "SizeRestrictions_BODY",
    );
  });
});

describe("a label of AWS's", () => {
  const counted = (name: string) => managed(CRS, overriding([name, "count"]), { priority: 0 });
  const tail = "GenericLFI_Body";

  it("is seen by later rules, whose match is a prediction too", () => {
    const rules = [counted("GenericLFI_BODY"), onLabel(crsLabel(tail))];
    const blocking = setUp(rules, { managedRules: "block" });
    const showing = setUp(rules);

    expect(blocking.send(traversal)).toMatchObject({ action: "BLOCK", rule: "on label" });
    expect(showing.send(traversal)).toMatchObject({
      ...{ action: "ALLOW", rule: "Default_Action", prediction: "AWS would likely block: on label" },
    });
    expect(showing.samples("on label")).toMatchObject([{ action: "COUNT", overriddenAction: "BLOCK" }]);
  });

  it("is matched by its namespace as well", () => {
    const rules = [counted("GenericLFI_BODY"), onLabel("awswaf:managed:aws:core-rule-set:", {}, "NAMESPACE")];

    expect(setUp(rules, { managedRules: "block" }).send(traversal).rule).toBe("on label");
  });

  it("that is missing says nothing, unless its rule is documented to the byte", () => {
    const not = (key: string): Block => {
      const statement = { not_statement: { statement: { label_match_statement: { scope: "LABEL", key } } } };
      return rule(statement, { name: "unlabelled", priority: 1 });
    };

    expect(setUp([counted("GenericLFI_BODY"), not(crsLabel(tail))]).send().action).toBe("ALLOW");
    expect(
      setUp([counted("SizeRestrictions_BODY"), not(crsLabel("SizeRestrictions_Body"))]).send().action,
    ).toBe("BLOCK");
  });
});

describe("names that AWS silently ignores", () => {
  const warningsOf = (...rules: Block[]) =>
    setUp(rules).webAcls.warnings.filter((text) => !text.includes("is predicted"));

  it.each([
    ["EC2MetaDataSSRF_Body", " (did you mean EC2MetaDataSSRF_BODY?)", "forms-terraform#759"],
    ["BadBots_Header", " (did you mean UserAgent_BadBots_HEADER?)", "a label for a name"],
    ["Nonsense", "", "no such rule"],
  ])("are warned of at start: the override %s%s (%s)", (name, hint) => {
    expect(warningsOf(managed(CRS, overriding([name, "count"])))).toEqual([
      `web ACL SecureApi, rule managed: rule_action_override ${name} names no rule of ${CRS}, and AWS ignores it silently${hint}`,
    ]);
  });

  it("are not the candidates of a coming version", () => {
    expect(warningsOf(managed(CRS, overriding(["GenericLFI_BODY_RC_COUNT", "count"])))).toEqual([]);
  });

  it.each([
    [
      crsLabel("SizeRestrictions_BODY"),
      ` (did you mean ${crsLabel("SizeRestrictions_Body")}? Case makes a difference)`,
      "notification-terraform#2724",
    ],
    [
      crsLabel("UserAgent_BadBots_HEADER"),
      ` (did you mean ${crsLabel("BadBots_Header")}? Case makes a difference)`,
      "",
    ],
    [crsLabel("Nonsense"), "", "no such label"],
    ["awswaf:managed:aws:linux-os:LFI_Header", "", "a group that the web ACL does not have"],
    ["unheard-of", "", "a label of the web ACL's own"],
  ])("are warned of at start: the label %s%s (%s)", (key, hint) => {
    expect(warningsOf(managed(), onLabel(key))).toEqual([
      `web ACL SecureApi, rule on label: label_match_statement never matches: no rule before this one puts the label ${key} on a request${hint}`,
    ]);
  });

  it("are warned of where the rule that puts the label on comes later", () => {
    expect(warningsOf(managed(CRS, {}, { priority: 2 }), onLabel(crsLabel("GenericLFI_Body")))).toHaveLength(
      1,
    );
  });

  it.each([
    crsLabel("GenericLFI_Body"),
    "awswaf:managed:aws:bot-control:signal",
    "awswaf:clientip:geo:country:DE",
  ])("do not include %s", (key) => {
    expect(warningsOf(managed(), onLabel(key))).toEqual([]);
  });
});

describe("the start", () => {
  it.each([
    [CRS, `AWS/${CRS} is predicted, a miss says nothing`],
    [
      "AWSManagedRulesKnownBadInputsRuleSet",
      "AWS/AWSManagedRulesKnownBadInputsRuleSet is predicted, but for ReactJSRCE_BODY",
    ],
    [
      "AWSManagedRulesAmazonIpReputationList",
      "the rule group AWS/AWSManagedRulesAmazonIpReputationList, that only AWS has",
    ],
  ])("says what is known of %s", (group, message) => {
    expect(setUp([managed(group)]).webAcls.warnings).toEqual([`web ACL SecureApi, rule managed: ${message}`]);
  });

  it("says that a pinned version is not told apart", () => {
    expect(setUp([managed(CRS, { version: "Version_1.5" })]).webAcls.warnings[0]).toContain(
      "as documented last, whatever Version_1.5 did",
    );
  });

  it("says that nothing is known of another vendor's group, or of one that AWS does not describe", () => {
    const { send, webAcls } = setUp([managed("AWSManagedRulesBotControlRuleSet")], { managedRules: "block" });

    expect(send({ headers: [] }).action).toBe("ALLOW");
    expect(webAcls.warnings).toEqual([
      "web ACL SecureApi, rule managed: the rule group AWS/AWSManagedRulesBotControlRuleSet, that only AWS has",
    ]);
  });
});

describe("sqli_match_statement and xss_match_statement", () => {
  const statement = (kind: string, more: Block = {}): Block => ({
    [kind]: { field_to_match: { body: {} }, text_transformation: [noTransformation], ...more },
  });
  const attacks: readonly (readonly [string, string])[] = [
    ["sqli_match_statement", "1' OR '1'='1"],
    ["xss_match_statement", "<script>alert(1)</script>"],
  ];

  it.each(attacks)(
    "%s is predicted with a detector: a hit is shown, a miss says nothing",
    async (kind, attack) => {
      const detector = await loadDetector();
      const rules = [rule(statement(kind), { name: "guard" })];
      const { send, webAcls } = setUp(rules, { detector });
      const blocking = setUp(rules, { detector, managedRules: "block" });

      expect(send({ body: attack })).toMatchObject({
        ...{ action: "ALLOW", prediction: "AWS would likely block: guard" },
      });
      expect(send({ body: "Ada" }).trace).toMatchObject([{ outcome: "not evaluated" }, {}]);
      expect(blocking.send({ body: attack })).toMatchObject({ action: "BLOCK", rule: "guard" });
      expect(webAcls.warnings[0]).toContain("a miss says nothing");
    },
  );

  it.each(attacks)(
    "%s is not evaluated without a detector, or where predictions are switched off",
    async (kind, attack) => {
      const rules = [rule(statement(kind), { name: "guard" })];
      const off = setUp(rules, { detector: await loadDetector(), managedRules: "off" });

      for (const { send } of [setUp(rules), off]) {
        expect(send({ body: attack })).toMatchObject({ action: "ALLOW", rule: "Default_Action" });
      }
    },
  );

  it("stop the start at a sensitivity that AWS does not have", () => {
    expect(() => setUp([rule(statement("sqli_match_statement", { sensitivity_level: "MEDIUM" }))])).toThrow(
      'sensitivity_level must be LOW or HIGH, received "MEDIUM"',
    );
  });
});

describe("a request for which something is predicted", () => {
  it("counts once for a rate, though the rules run twice", () => {
    const flood = rule(
      { rate_based_statement: { limit: 10, evaluation_window_sec: 60 } },
      { name: "flood", priority: 0, visibility_config: visibility("flood") },
    );
    const { send } = setUp([flood, managed(CRS, {}, { priority: 1 })]);

    const rules = Array.from({ length: 11 }, () => send(traversal).rule);

    expect(rules.filter((name) => name === "flood")).toHaveLength(1);
  });
});
