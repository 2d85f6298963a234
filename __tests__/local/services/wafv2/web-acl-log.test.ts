import { Resource } from "../../../../local/deployment/deployment";
import { isObject, parseJson } from "../../../../local/kernel/json";
import { WebAcls } from "../../../../local/services/wafv2/web-acls";
import { deploymentOf } from "../../../support/deployment";
import { TestClock } from "../../../support/test-clock";
import {
  accountId,
  arnOf,
  association,
  type Block,
  byteMatch,
  inspect,
  optionsOf,
  region,
  rule,
  ruleGroup,
  webAcl,
} from "./fixture";

const destination = `arn:aws:logs:${region}:${accountId}:log-group:aws-waf-logs-edge`;
const logGroup = new Resource("secure-edge", "aws_cloudwatch_log_group.Waf", "aws_cloudwatch_log_group", {
  name: "aws-waf-logs-edge",
});
const always = byteMatch("/");
const counting: Block = { action: { count: {} } };

const logging = (more: Block = {}): Resource =>
  new Resource(
    "secure-edge",
    "aws_wafv2_web_acl_logging_configuration.Log",
    "aws_wafv2_web_acl_logging_configuration",
    { resource_arn: arnOf("webacl", "SecureApi"), log_destination_configs: [destination], ...more },
  );

function setUp(
  rules: Block[],
  settings: Block = {},
  more: Block = {},
  others: readonly Resource[] = [logGroup],
) {
  const clock = new TestClock();
  const written: { group: string; stream: string; timestamp: number; entry: Block }[] = [];
  const sink = {
    put: (group: string, stream: string, message: string, timestamp: number) => {
      const entry = parseJson(message);
      if (isObject(entry)) written.push({ group, stream, timestamp, entry: entry as Block });
    },
  };
  const shared = ruleGroup("Shared", [
    rule(always, { name: "tag", priority: 0, ...counting, rule_label: [{ name: "seen" }] }),
    rule(always, { name: "deny", priority: 1 }),
  ]);
  const resources = [webAcl(rules, more), shared, association(), logging(settings), ...others];
  const webAcls = new WebAcls(deploymentOf(...resources), optionsOf(clock, { logs: () => sink }));
  return { clock, webAcls, written, send: (sent: Parameters<typeof inspect>[1]) => inspect(webAcls, sent) };
}

const sent = {
  ...{
    method: "GET",
    path: "/development/lambda1",
    queryString: "a=1&token=s",
    requestId: "Ed0AiHF_CGYF-DA=",
  },
  headers: [
    ["User-Agent", "test"],
    ["Authorization", "a token"],
    ["Cookie", "session=abc"],
  ] as const,
};

describe("the web ACL's log", () => {
  it("has an entry for every request, in AWS WAF's shape, in the stream that AWS WAF would take", () => {
    const { clock, send, written } = setUp([
      rule(always, {
        name: "seen",
        action: { count: { custom_request_handling: { insert_header: { name: "a", value: "b" } } } },
        rule_label: [{ name: "l" }],
      }),
    ]);

    send(sent);

    expect(written).toEqual([
      {
        ...{ group: "aws-waf-logs-edge", stream: "us-east-1_SecureApi_0", timestamp: clock.now() },
        entry: {
          ...{ timestamp: clock.now(), formatVersion: 1, webaclId: arnOf("webacl", "SecureApi") },
          ...{ terminatingRuleId: "Default_Action", terminatingRuleType: "REGULAR", action: "ALLOW" },
          ...{ terminatingRuleMatchDetails: [], httpSourceName: "APIGW" },
          httpSourceId: "123456789012:abc123:development",
          ...{ ruleGroupList: [], rateBasedRuleList: [] },
          nonTerminatingMatchingRules: [
            {
              ...{ ruleId: "seen", action: "COUNT", ruleMatchDetails: [] },
              requestHeadersInserted: [{ name: "x-amzn-waf-a", value: "b" }],
            },
          ],
          requestHeadersInserted: [{ name: "x-amzn-waf-a", value: "b" }],
          responseCodeSent: null,
          httpRequest: {
            ...{ clientIp: "192.0.2.10", country: "-", uri: "/development/lambda1", args: "a=1&token=s" },
            ...{ httpVersion: "HTTP/1.1", httpMethod: "GET", requestId: "Ed0AiHF_CGYF-DA=" },
            headers: sent.headers.map(([name, value]) => ({ name, value })),
          },
          labels: [{ name: "awswaf:123456789012:webacl:SecureApi:l" }],
        },
      },
    ]);
  });

  it("names the rule that decided, its kind, and the status of its response", () => {
    const custom_response = { response_code: 418 };
    const { send, written } = setUp([rule(always, { name: "deny", action: { block: { custom_response } } })]);

    send({});

    expect(written[0]?.entry).toMatchObject({
      ...{
        terminatingRuleId: "deny",
        terminatingRuleType: "REGULAR",
        action: "BLOCK",
        responseCodeSent: 418,
      },
      httpRequest: { requestId: null },
    });
    expect(written[0]?.entry).not.toHaveProperty("labels");
  });

  it("shows what the rules of a group did, and that the group decided", () => {
    const group = { rule_group_reference_statement: { arn: arnOf("rulegroup", "Shared") } };
    const { send, written } = setUp([rule(group, { name: "shared", override_action: { none: {} } })]);

    send({});

    expect(written[0]?.entry).toMatchObject({
      ...{ terminatingRuleId: "shared", terminatingRuleType: "GROUP", action: "BLOCK" },
      ruleGroupList: [
        {
          ruleGroupId: arnOf("rulegroup", "Shared"),
          terminatingRule: { ruleId: "deny", action: "BLOCK", ruleMatchDetails: null },
          nonTerminatingMatchingRules: [{ ruleId: "tag", action: "COUNT", ruleMatchDetails: [] }],
          excludedRules: null,
        },
      ],
      labels: [{ name: "awswaf:123456789012:rulegroup:Shared:seen" }],
    });
  });

  it("shows a group whose result is only counted among the rules that did not decide", () => {
    const group = {
      rule_group_reference_statement: {
        arn: arnOf("rulegroup", "Shared"),
        rule_action_override: [{ name: "tag", action_to_use: { count: {} } }],
      },
    };
    const { send, written } = setUp([rule(group, { name: "shared", override_action: { count: {} } })]);

    send({});

    expect(written[0]?.entry).toMatchObject({
      ...{ terminatingRuleId: "Default_Action", action: "ALLOW" },
      nonTerminatingMatchingRules: [{ ruleId: "shared", action: "COUNT" }],
      ruleGroupList: [
        {
          terminatingRule: { ruleId: "deny", action: "BLOCK" },
          nonTerminatingMatchingRules: [{ ruleId: "tag", action: "COUNT", overriddenAction: "COUNT" }],
        },
      ],
    });
  });

  it("tells which rate a request exceeded", () => {
    const { send, written } = setUp([
      rule({ rate_based_statement: { limit: 10, evaluation_window_sec: 60 } }, { name: "flood" }),
    ]);

    for (let count = 0; count <= 10; count++) send({});

    expect(written[9]?.entry.rateBasedRuleList).toEqual([]);
    expect(written[10]?.entry).toMatchObject({
      ...{ terminatingRuleId: "flood", terminatingRuleType: "RATE_BASED" },
      rateBasedRuleList: [
        {
          ...{ rateBasedRuleName: "flood", limitKey: "IP", limitValue: "192.0.2.10" },
          ...{ maxRateAllowed: 10, evaluationWindowSec: "60" },
        },
      ],
    });
  });

  it("tells which parts were larger than what AWS WAF inspects", () => {
    const { send, written } = setUp([]);

    send({ body: "x".repeat(16 * 1024 + 1), headers: [["a", "x".repeat(9000)]] });
    send({ body: "x".repeat(16 * 1024) });

    expect(written[0]?.entry.oversizeFields).toEqual(["REQUEST_BODY", "REQUEST_HEADERS", "REQUEST_COOKIES"]);
    expect(written[1]?.entry).not.toHaveProperty("oversizeFields");
  });

  it("does not hold what is redacted", () => {
    const { send, written } = setUp([], {
      redacted_fields: [
        { single_header: { name: "Authorization" } },
        { single_header: [{ name: "cookie" }] },
        { query_string: {} },
        { method: {} },
        { uri_path: {} },
      ],
    });

    send(sent);

    expect(written[0]?.entry.httpRequest).toMatchObject({
      ...{ uri: "REDACTED", args: "REDACTED", httpMethod: "REDACTED" },
      headers: [
        { name: "User-Agent", value: "test" },
        { name: "Authorization", value: "REDACTED" },
        { name: "Cookie", value: "REDACTED" },
      ],
    });
  });

  it("does not hold what data protection conceals", () => {
    const protect = (field_type: string, field_keys: string[]): Block => ({
      ...{ action: "SUBSTITUTION", field: { field_type, field_keys } },
    });
    const protections = [
      protect("SINGLE_HEADER", ["authorization"]),
      protect("SINGLE_QUERY_ARGUMENT", ["Token"]),
    ];
    const { send, written } = setUp([], {}, { data_protection_config: { data_protection: protections } });
    const all = setUp([], {}, { data_protection_config: { data_protection: [protect("QUERY_STRING", [])] } });

    send(sent);
    all.send(sent);

    expect(written[0]?.entry.httpRequest).toMatchObject({
      args: "a=1&token=REDACTED",
      headers: [{}, { name: "Authorization", value: "REDACTED" }, { value: "session=abc" }],
    });
    expect(all.written[0]?.entry.httpRequest).toMatchObject({ args: "REDACTED" });
  });
});

describe("the filter of the log", () => {
  const action = (name: string): Block => ({ action_condition: { action: name } });
  const label = (name: string): Block => ({
    label_name_condition: { label_name: `awswaf:123456789012:webacl:SecureApi:${name}` },
  });
  const filter = (behavior: string, requirement: string, ...condition: Block[]): Block => ({
    ...{ behavior, requirement, condition },
  });
  const rules = [
    rule(byteMatch("/seen"), { name: "seen", priority: 0, ...counting, rule_label: [{ name: "l" }] }),
    rule(byteMatch("/no"), { name: "deny", priority: 1 }),
  ];

  it.each<[string, string, Block[], string, boolean]>([
    ["keeps blocked requests alone", "DROP", [filter("KEEP", "MEETS_ANY", action("BLOCK"))], "/no", true],
    ["keeps blocked requests alone", "DROP", [filter("KEEP", "MEETS_ANY", action("BLOCK"))], "/seen", false],
    ["drops what was counted", "KEEP", [filter("DROP", "MEETS_ANY", action("COUNT"))], "/seen", false],
    ["drops what was counted", "KEEP", [filter("DROP", "MEETS_ANY", action("COUNT"))], "/other", true],
    ["keeps what has a label", "DROP", [filter("KEEP", "MEETS_ANY", label("l"))], "/seen", true],
    [
      "wants all conditions",
      "DROP",
      [filter("KEEP", "MEETS_ALL", label("l"), action("BLOCK"))],
      "/seen",
      false,
    ],
    [
      "wants all conditions",
      "DROP",
      [filter("KEEP", "MEETS_ALL", label("l"), action("BLOCK"))],
      "/seen/no",
      true,
    ],
    [
      "takes the first filter that is met",
      "KEEP",
      [filter("KEEP", "MEETS_ANY", label("l")), filter("DROP", "MEETS_ANY", action("ALLOW"))],
      "/seen",
      true,
    ],
  ])("%s: by default %s, %j, %s", (_, default_behavior, filters, path, kept) => {
    const { send, written } = setUp(rules, { logging_filter: { default_behavior, filter: filters } });

    send({ path });

    expect(written).toHaveLength(kept ? 1 : 0);
  });

  it.each<[Block, string]>([
    [{ default_behavior: "MAYBE" }, "default_behavior must be KEEP or DROP"],
    [
      { default_behavior: "KEEP", filter: [filter("DROP", "MEETS_SOME", action("ALLOW"))] },
      "requirement must be MEETS_ALL or MEETS_ANY",
    ],
    [
      { default_behavior: "KEEP", filter: [filter("DROP", "MEETS_ANY", action("PANIC"))] },
      "action must be ALLOW, BLOCK, COUNT",
    ],
  ])("does not start with %j", (logging_filter, message) => {
    expect(() => setUp([], { logging_filter })).toThrow(message);
  });
});

describe("the destination of the log", () => {
  it.each([
    `arn:aws:logs:${region}:${accountId}:log-group:aws-waf-logs-elsewhere`,
    "arn:aws:s3:::aws-waf-logs-bucket",
    `arn:aws:firehose:${region}:${accountId}:deliverystream/aws-waf-logs-stream`,
  ])("is named at start where the deployment does not have it: %s", (other) => {
    const { send, webAcls, written } = setUp([], { log_destination_configs: [other] });

    send({});

    expect(written).toEqual([]);
    expect(webAcls.warnings).toEqual([
      "aws_wafv2_web_acl_logging_configuration.Log: the web ACL's log is not written (its destination is not a log group of the deployment)",
    ]);
  });

  it("may be written as the ARN of all streams of the group", () => {
    const { send, written } = setUp([], { log_destination_configs: [`${destination}:*`] });

    send({});

    expect(written).toHaveLength(1);
  });

  it.each([
    [[`arn:aws:logs:${region}:${accountId}:log-group:waf`]],
    [["aws-waf-logs-edge"]],
    [[destination, destination]],
    [[]],
  ])("stops the start where AWS would refuse it: %j", (log_destination_configs) => {
    expect(() => setUp([], { log_destination_configs })).toThrow(
      "log_destination_configs must be one ARN of a log group, bucket or delivery stream whose name starts with aws-waf-logs-",
    );
  });

  it("is one for a web ACL, and the web ACL is one of the deployment", () => {
    expect(() => setUp([], {}, {}, [logGroup, logging()])).toThrow(
      "resource_arn must be that of a web ACL with no other logging configuration",
    );
    expect(() => setUp([], { resource_arn: arnOf("webacl", "Other") })).toThrow(
      "resource_arn must be that of an aws_wafv2_web_acl in the deployment",
    );
  });
});
