import { WebAcls } from "../../../../local/services/wafv2/web-acls";
import { deploymentOf } from "../../../support/deployment";
import {
  arnOf,
  association,
  type Block,
  byteMatch,
  inspect,
  inspectorOf,
  ipSet,
  optionsOf,
  type RequestParts,
  request,
  rule,
  ruleGroup,
  stageArn,
  verdictOf,
  visibility,
  webAcl,
  webAclsOf,
} from "./fixture";

const always = byteMatch("/");
const never = byteMatch("nowhere");
const count: Block = { action: { count: {} } };
const allow: Block = { action: { allow: {} } };

describe("the order of evaluation", () => {
  it("is by priority, lowest number first, whatever the order of the blocks", () => {
    const { inspect: send } = inspectorOf([
      rule(always, { name: "second", priority: 20 }),
      rule(always, { name: "first", priority: 10, ...allow }),
    ]);

    expect(send()).toEqual({ action: "ALLOW", rule: "first" });
  });

  it("ends with the first Allow or Block, and counts nothing after it", () => {
    const { inspect: send, webAcls } = inspectorOf([
      rule(never, { name: "other", priority: 0 }),
      rule(always, { name: "deny", priority: 1 }),
      rule(always, { name: "late", priority: 2, ...count }),
    ]);

    expect(send()).toEqual({ action: "BLOCK", rule: "deny" });
    expect(webAcls.counts()).toEqual([{ webAcl: "SecureApi", rule: "deny", action: "BLOCK", count: 1 }]);
  });

  it("goes on after a Count", () => {
    const { inspect: send, webAcls } = inspectorOf([
      rule(always, { name: "observe", priority: 0, ...count }),
      rule(always, { name: "deny", priority: 1 }),
    ]);
    send();

    expect(send().rule).toBe("deny");
    expect(webAcls.counts()).toEqual([
      { webAcl: "SecureApi", rule: "observe", action: "COUNT", count: 2 },
      { webAcl: "SecureApi", rule: "deny", action: "BLOCK", count: 2 },
    ]);
  });

  it.each(["allow", "block"])("ends with the default action where no rule decides: %s", (action) => {
    const webAcls = webAclsOf([webAcl([rule(never)], { default_action: { [action]: {} } })]);

    const verdict = inspect(webAcls);

    expect(verdict).toEqual({ action: action.toUpperCase(), rule: "Default_Action" });
    expect(webAcls.counts()).toEqual([
      { webAcl: "SecureApi", rule: "Default_Action", action: action.toUpperCase(), count: 1 },
    ]);
  });

  it("reads the blocks as Terraform's state writes them", () => {
    const asState: Block = {
      ...{ name: "state", priority: 1, rule_label: [], override_action: [], captcha_config: [] },
      action: [{ allow: [], block: [{ custom_response: [] }], captcha: [], challenge: [], count: [] }],
      statement: [
        {
          ...{ and_statement: [], geo_match_statement: [], rate_based_statement: [] },
          ip_set_reference_statement: [{ arn: arnOf("ipset", "Known"), ip_set_forwarded_ip_config: [] }],
        },
      ],
      visibility_config: [visibility("state")],
    };
    const more: Block = {
      ...{ rule_json: null, association_config: [], custom_response_body: [], data_protection_config: [] },
      default_action: [{ allow: [{ custom_request_handling: [] }], block: [] }],
      visibility_config: [visibility("SecureApi")],
    };
    const webAcls = webAclsOf([webAcl([asState], more), ipSet("Known", ["192.0.2.0/24"])]);

    expect(inspect(webAcls)).toEqual({ action: "BLOCK", rule: "state" });
    expect(inspect(webAcls, { sourceIp: "198.51.100.1" })).toEqual({
      action: "ALLOW",
      rule: "Default_Action",
    });
  });
});

describe("an action's settings", () => {
  const custom_response = {
    response_code: 418,
    response_header: [{ name: "x-reason", value: "teapot" }],
    custom_response_body_key: "refused",
  };

  it.each([
    ["TEXT_PLAIN", "text/plain"],
    ["TEXT_HTML", "text/html"],
    ["APPLICATION_JSON", "application/json"],
  ])("answer a block with the custom response and its body: %s", (content_type, contentType) => {
    const custom_response_body = [{ key: "refused", content_type, content: "{}" }];
    const blocking = rule(always, { name: "deny", action: { block: { custom_response } } });
    const webAcls = webAclsOf([webAcl([blocking], { custom_response_body })]);

    expect(inspect(webAcls)).toEqual({
      action: "BLOCK",
      rule: "deny",
      customResponse: { status: 418, headers: [["x-reason", "teapot"]], contentType, body: "{}" },
    });
  });

  it("answer a block by default with a custom response too, without a body where it has none", () => {
    const default_action = { block: { custom_response: { response_code: 404 } } };
    const webAcls = webAclsOf([webAcl([], { default_action })]);

    expect(inspect(webAcls)).toEqual({
      ...{ action: "BLOCK", rule: "Default_Action", customResponse: { status: 404, headers: [] } },
    });
  });

  it("stop the start where the body is not defined", () => {
    expect(() => inspectorOf([rule(always, { action: { block: { custom_response } } })])).toThrow(
      'custom_response_body_key must be one of (none is defined), received "refused"',
    );
  });

  it("insert the headers of every rule that counted or allowed, under AWS WAF's prefix", () => {
    const inserting = (name: string, value: string): Block => ({
      custom_request_handling: { insert_header: [{ name, value }] },
    });
    const default_action = { allow: inserting("checked", "default") };
    const rules = [
      rule(always, { priority: 0, action: { count: inserting("seen", "counted") } }),
      rule(never, { priority: 1, action: { count: inserting("never", "no") } }),
      rule(always, { priority: 2, action: { count: inserting("checked", "counted") } }),
    ];
    const webAcls = webAclsOf([webAcl(rules, { default_action })]);

    expect(inspect(webAcls)).toEqual({
      action: "ALLOW",
      rule: "Default_Action",
      insertHeaders: [
        ["x-amzn-waf-seen", "counted"],
        ["x-amzn-waf-checked", "default"],
      ],
    });
  });

  it.each(["captcha", "challenge"])("%s makes a match not evaluated, with a warning", (action) => {
    const { inspect: send, webAcls } = inspectorOf([
      rule(byteMatch("lambda1"), { name: "puzzle", action: { [action]: {} } }),
    ]);
    send({ path: "/other" });

    expect(send()).toEqual({ action: "ALLOW", rule: "Default_Action" });
    expect(webAcls.counts()).toContainEqual({
      ...{ webAcl: "SecureApi", rule: "puzzle", action: "NOT_EVALUATED", count: 1 },
    });
    expect(webAcls.warnings[0]).toContain(`rule puzzle: the action ${action.toUpperCase()} is not evaluated`);
  });
});

describe("labels", () => {
  const labelled = (name: string, priority = 0): Block =>
    rule(always, { name: `adds ${name}`, priority, ...count, rule_label: [{ name }] });
  const match = (key: string, scope = "LABEL"): Block => ({ label_match_statement: { key, scope } });
  const prefix = "awswaf:123456789012:webacl:SecureApi:";

  it.each([
    ["LABEL", "utf8", true],
    ["LABEL", "encoding:utf8", true],
    ["LABEL", "header:encoding:utf8", true],
    ["LABEL", `${prefix}header:encoding:utf8`, true],
    ["LABEL", "coding:utf8", false],
    ["LABEL", "header:encoding", false],
    ["LABEL", `${prefix}encoding:utf8`, false],
    ["LABEL", "awswaf:123456789012:rulegroup:SecureApi:header:encoding:utf8", false],
    ["NAMESPACE", "header:", true],
    ["NAMESPACE", "header:encoding", true],
    ["NAMESPACE", "encoding:", true],
    ["NAMESPACE", `${prefix}header:`, true],
    ["NAMESPACE", "head", false],
    ["NAMESPACE", "utf8:", false],
    ["NAMESPACE", "awswaf:managed:aws:", false],
  ])("are matched by %s %j: %s", (scope, key, matches) => {
    const { inspect: send } = inspectorOf([
      labelled("header:encoding:utf8"),
      rule(match(key, scope), { name: "deny", priority: 1 }),
    ]);

    expect(send().action).toBe(matches ? "BLOCK" : "ALLOW");
  });

  it("are seen only by rules that run later, and only on that request", () => {
    const { inspect: send } = inspectorOf([
      rule(match("late"), { name: "early", priority: 0 }),
      labelled("late", 1),
    ]);

    expect([send().action, send().action]).toEqual(["ALLOW", "ALLOW"]);
  });

  it("stop the start at a scope that AWS does not have", () => {
    expect(() => inspectorOf([rule(match("x", "ANY"))])).toThrow("scope must be LABEL or NAMESPACE");
  });
});

describe("a rule group", () => {
  const reference = (more: Block = {}, override: Block = { none: {} }): Block =>
    rule(
      { rule_group_reference_statement: { arn: arnOf("rulegroup", "Shared"), ...more } },
      { name: "shared", priority: 0, override_action: override },
    );
  const group = (rules: Block[], more: Block = {}) => [ruleGroup("Shared", rules, more)];
  const override = (name: string, action: string): Block => ({
    rule_action_override: [{ name, action_to_use: { [action]: {} } }],
  });

  it("decides for the web ACL, with its own responses and labels", () => {
    const custom_response = { response_code: 451, custom_response_body_key: "why" };
    const custom_response_body = { key: "why", content_type: "TEXT_PLAIN", content: "because" };
    const rules = [
      rule(always, { name: "tag", priority: 0, ...count, rule_label: [{ name: "seen" }] }),
      rule(
        { label_match_statement: { scope: "LABEL", key: "seen" } },
        { name: "deny", priority: 1, action: { block: { custom_response } } },
      ),
    ];
    const { inspect: send, webAcls } = inspectorOf([reference()], group(rules, { custom_response_body }));

    expect(send()).toEqual({
      action: "BLOCK",
      rule: "shared",
      customResponse: { status: 451, headers: [], contentType: "text/plain", body: "because" },
    });
    expect(webAcls.counts().map(({ rule: name, action }) => [name, action])).toEqual([
      ["Shared#tag", "COUNT"],
      ["Shared#deny", "BLOCK"],
      ["shared", "BLOCK"],
    ]);
  });

  it("leaves its labels to the web ACL under their full name", () => {
    const rules = [rule(always, { name: "tag", ...count, rule_label: [{ name: "seen" }] })];
    const key = "awswaf:123456789012:rulegroup:Shared:seen";
    const deny = (wanted: string) =>
      rule({ label_match_statement: { scope: "LABEL", key: wanted } }, { name: "deny", priority: 1 });

    expect(inspectorOf([reference(), deny(key)], group(rules)).inspect().action).toBe("BLOCK");
    expect(inspectorOf([reference(), deny("seen")], group(rules)).inspect().action).toBe("ALLOW");
  });

  it("only counts where the web ACL overrides its result", () => {
    const rules = [rule(always, { name: "deny" })];
    const { inspect: send, webAcls } = inspectorOf([reference({}, { count: {} })], group(rules));

    expect(send()).toEqual({ action: "ALLOW", rule: "Default_Action" });
    expect(webAcls.counts().map(({ rule: name, action }) => [name, action])).toEqual([
      ["Shared#deny", "COUNT"],
      ["shared", "COUNT"],
      ["Default_Action", "ALLOW"],
    ]);
  });

  it.each([
    ["count", "ALLOW", "Default_Action"],
    ["allow", "ALLOW", "shared"],
    ["captcha", "ALLOW", "Default_Action"],
  ])("takes a rule's action from the web ACL where it overrides it: %s", (action, decision, decider) => {
    const rules = [rule(always, { name: "deny" })];
    const { inspect: send } = inspectorOf([reference(override("deny", action))], group(rules));

    expect(send()).toEqual({ action: decision, rule: decider });
  });

  it("lets the request go on where none of its rules decides", () => {
    const { inspect: send } = inspectorOf([reference()], group([rule(never)]));

    expect(send()).toEqual({ action: "ALLOW", rule: "Default_Action" });
  });

  it("names itself in the warnings about its rules", () => {
    const rules = [rule({ xss_match_statement: {} }, { name: "script" })];
    const { webAcls } = inspectorOf([reference()], group(rules));

    expect(webAcls.warnings[0]).toContain("rule shared/script: xss_match_statement is not evaluated");
  });

  it.each<[string, Block, string]>([
    ["an override of a rule it does not have", reference(override("none", "count")), "not none"],
    [
      "no override action",
      rule({ rule_group_reference_statement: { arn: arnOf("rulegroup", "Shared") } }),
      "",
    ],
    [
      "an override action without effect",
      reference({}, {}),
      "override_action must be a block with count or none",
    ],
  ])("stops the start with %s", (_, referring, message) => {
    expect(() => inspectorOf([referring], group([rule(always, { name: "deny" })]))).toThrow(message);
  });
});

describe("the trace", () => {
  it("tells in order what every rule did that was looked at, and stops at the one that decided", () => {
    const inner = [
      rule(always, { name: "tag", priority: 0, ...count, rule_label: [{ name: "seen" }] }),
      rule(always, { name: "deny", priority: 1 }),
    ];
    const reference = rule(
      { rule_group_reference_statement: { arn: arnOf("rulegroup", "Shared") } },
      { name: "shared", priority: 2, override_action: { count: {} } },
    );
    const rules = [
      rule(never, { name: "first", priority: 0 }),
      rule({ geo_match_statement: { country_codes: ["DE"] } }, { name: "abroad", priority: 1 }),
      reference,
      rule(always, { name: "deny", priority: 3 }),
      rule(always, { name: "never reached", priority: 4 }),
    ];
    const { webAcls } = inspectorOf(rules, [ruleGroup("Shared", inner)]);

    expect(verdictOf(webAcls)).toEqual({
      action: "BLOCK",
      rule: "deny",
      trace: [
        { rule: "first", outcome: "no match", labels: [] },
        { rule: "abroad", outcome: "not evaluated", labels: [] },
        {
          ...{ rule: "Shared#tag", outcome: "match", action: "COUNT" },
          labels: ["awswaf:123456789012:rulegroup:Shared:seen"],
        },
        { rule: "Shared#deny", outcome: "match", action: "COUNT", overriddenAction: "BLOCK", labels: [] },
        { rule: "shared", outcome: "match", action: "COUNT", labels: [] },
        { rule: "deny", outcome: "match", action: "BLOCK", labels: [] },
      ],
    });
  });

  it("ends with the default action where no rule decided", () => {
    const { webAcls } = inspectorOf([]);

    expect(verdictOf(webAcls).trace).toEqual([
      { rule: "Default_Action", outcome: "match", action: "ALLOW", labels: [] },
    ]);
  });
});

describe("what AWS or its provider would refuse", () => {
  it.each<[string, Block[], Block, string]>([
    [
      "two rules of one priority",
      [rule(always), rule(always)],
      {},
      "priority must be a number no other rule has",
    ],
    [
      "two rules of one name",
      [rule(always, { name: "a", priority: 0 }), rule(always, { name: "a", priority: 1 })],
      {},
      "rule must be blocks with names that differ",
    ],
    ["no action", [{ ...rule(always), action: [] }], {}, "action must be one block"],
    ["an empty action", [rule(always, { action: {} })], {}, "must hold one of allow, block, count"],
    [
      "two actions",
      [rule(always, { action: { allow: {}, block: {} } })],
      {},
      "AWS refuses block {}: You have used none or multiple values for a field that requires exactly one value.",
    ],
    [
      "a rate-based rule that allows",
      [rule({ rate_based_statement: { limit: 100 } }, allow)],
      {},
      "action must be block or count for a rate-based statement",
    ],
    ["no statement", [{ ...rule(always), statement: [] }], {}, "statement must be one block"],
    [
      "no visibility config",
      [{ ...rule(always), visibility_config: [] }],
      {},
      "visibility_config must be one block",
    ],
    [
      "a counting default",
      [],
      { default_action: { count: {} } },
      "default_action must be a block with allow or block",
    ],
    ["no default action", [], { default_action: [] }, "default_action must be one block"],
    [
      "rules as JSON text",
      [],
      { rule_json: "[]" },
      "rule_json must be left out (write the rules as rule blocks)",
    ],
    [
      "an unknown content type",
      [],
      { custom_response_body: [{ key: "a", content_type: "TEXT_XML", content: "x" }] },
      "content_type must be TEXT_PLAIN, TEXT_HTML or APPLICATION_JSON",
    ],
  ])("stops the start, with the address: %s", (_, rules, more, message) => {
    const start = () => webAclsOf([webAcl(rules, more)]);

    expect(start).toThrow(message);
    expect(start).toThrow(/^aws_wafv2_web_acl\.SecureApi/);
  });
});

describe("the association", () => {
  const sent: RequestParts = {};

  it("puts the web ACL before that resource and no other", () => {
    const webAcls = webAclsOf([webAcl([rule(always)])]);

    expect(webAcls.inspectorFor(stageArn)?.inspect(request(sent)).action).toBe("BLOCK");
    expect(webAcls.inspectorFor(`${stageArn}2`)).toBeUndefined();
  });

  it("when taken out leaves the stage without a web ACL", () => {
    const webAcls = new WebAcls(deploymentOf(webAcl([rule(always)])), optionsOf());

    expect(webAcls.inspectorFor(stageArn)).toBeUndefined();
  });

  it("stops the start where it names no web ACL of the deployment, or a resource twice", () => {
    expect(() => webAclsOf([])).toThrow("web_acl_arn must be that of an aws_wafv2_web_acl in the deployment");
    expect(() => webAclsOf([webAcl([]), association()])).toThrow(
      `${stageArn} has a web ACL already, and a resource can have only one`,
    );
  });
});
