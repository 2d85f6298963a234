import { Resource } from "../../../../local/deployment/deployment";
import { Ledger } from "../../../../local/deployment/ledger";
import { wafv2ResourceTypes } from "../../../../local/services/wafv2/resources";
import { WebAcls } from "../../../../local/services/wafv2/web-acls";
import { deploymentOf } from "../../../support/deployment";
import { arnOf, type Block, byteMatch, idOf, optionsOf, rule, visibility } from "./fixture";

const ledger = new Ledger(wafv2ResourceTypes);

/** A resource as a stack writes it. */
function written(type: string, label: string, given: Block, computed: Block = {}): Resource {
  return new Resource("secure-edge", `${type}.${label}`, type, { ...given, ...computed }, given);
}

const entity = (kind: Parameters<typeof arnOf>[0], name: string): Block => ({
  ...{ id: idOf(name), arn: arnOf(kind, name), lock_token: "token" },
});

function webAcl(rules: Block[], more: Block = {}): Resource {
  return written(
    "aws_wafv2_web_acl",
    "SecureApi",
    {
      ...{ name: "SecureApi", scope: "REGIONAL", description: "d", tags: { a: "b" } },
      ...{ default_action: { allow: {} }, rule: rules, visibility_config: visibility("SecureApi"), ...more },
    },
    entity("webacl", "SecureApi"),
  );
}

const set = written(
  "aws_wafv2_ip_set",
  "Known",
  {
    ...{ name: "Known", scope: "REGIONAL", ip_address_version: "IPV4", addresses: ["192.0.2.0/24"] },
    description: "d",
  },
  entity("ipset", "Known"),
);

const patterns = written(
  "aws_wafv2_regex_pattern_set",
  "Paths",
  {
    ...{ name: "Paths", scope: "REGIONAL", description: "d" },
    regular_expression: [{ regex_string: "a(?=b)" }],
  },
  entity("regexpatternset", "Paths"),
);

const group = (rules: Block[]): Resource =>
  written(
    "aws_wafv2_rule_group",
    "Shared",
    {
      ...{ name: "Shared", scope: "REGIONAL", capacity: 500, description: "d", rule: rules },
      visibility_config: visibility("Shared"),
      custom_response_body: [{ key: "k", content: "c", content_type: "TEXT_PLAIN" }],
    },
    entity("rulegroup", "Shared"),
  );

function start(...resources: Resource[]): WebAcls {
  const deployment = deploymentOf(...resources);
  const webAcls = new WebAcls(deployment, optionsOf());
  ledger.requireEverythingRead(deployment);
  return webAcls;
}

const immunity: Block = { immunity_time_property: { immunity_time: 300 } };
const inserting: Block = { custom_request_handling: { insert_header: [{ name: "a", value: "b" }] } };
const field = (kind: string, block: Block = {}): Block => byteMatch("x", { [kind]: block });

/** The statements that the provider knows, each with everything that can be set in it. */
const statements: Record<string, Block> = {
  ...Object.fromEntries(
    ["all_query_arguments", "method", "query_string", "uri_path", "ja3_fingerprint", "uri_fragment"].map(
      (kind) => [
        `byte match on ${kind}`,
        field(kind, kind.endsWith("t") ? { fallback_behavior: "MATCH" } : {}),
      ],
    ),
  ),
  "byte match on headers": field("headers", {
    ...{ match_scope: "ALL", oversize_handling: "MATCH", match_pattern: { excluded_headers: ["a"] } },
  }),
  "byte match on a JSON body": field("json_body", {
    ...{ match_scope: "ALL", oversize_handling: "MATCH", invalid_fallback_behavior: "MATCH" },
    match_pattern: { included_paths: ["/a"] },
  }),
  ...Object.fromEntries(
    ["headers", "cookies", "json_body"].map((kind) => [
      `byte match on all of ${kind}`,
      field(kind, { match_scope: "ALL", oversize_handling: "MATCH", match_pattern: { all: {} } }),
    ]),
  ),
  "size constraint": {
    size_constraint_statement: {
      ...{ comparison_operator: "GT", size: 1, field_to_match: { body: { oversize_handling: "MATCH" } } },
      text_transformation: [{ priority: 0, type: "NONE" }],
    },
  },
  "a rate": {
    rate_based_statement: {
      ...{ limit: 100, evaluation_window_sec: 60, aggregate_key_type: "CUSTOM_KEYS" },
      custom_key: [
        { header: { name: "a", text_transformation: [{ priority: 0, type: "NONE" }] } },
        { forwarded_ip: {} },
        { http_method: {} },
      ],
      forwarded_ip_config: { header_name: "X-Forwarded-For", fallback_behavior: "MATCH" },
      scope_down_statement: { not_statement: { statement: byteMatch("x") } },
    },
  },
  "a rate by what only AWS knows": {
    rate_based_statement: {
      ...{ limit: 100, aggregate_key_type: "CUSTOM_KEYS" },
      custom_key: [
        { ja4_fingerprint: { fallback_behavior: "MATCH" } },
        { label_namespace: { namespace: "a" } },
      ],
    },
  },
  geography: {
    geo_match_statement: {
      country_codes: ["DE"],
      forwarded_ip_config: { header_name: "a", fallback_behavior: "MATCH" },
    },
  },
  networks: { asn_match_statement: { asn_list: [64496] } },
  "an IP set": {
    ip_set_reference_statement: {
      arn: arnOf("ipset", "Known"),
      ip_set_forwarded_ip_config: { header_name: "a", position: "ANY", fallback_behavior: "MATCH" },
    },
  },
  "a pattern set that RE2 cannot compile": {
    regex_pattern_set_reference_statement: {
      ...{ arn: arnOf("regexpatternset", "Paths"), field_to_match: { uri_path: {} } },
      text_transformation: [{ priority: 0, type: "NONE" }],
    },
  },
  "a label": { label_match_statement: { key: "a", scope: "LABEL" } },
  "SQL injection": {
    sqli_match_statement: {
      ...{ sensitivity_level: "HIGH", field_to_match: { query_string: {} } },
      text_transformation: [{ priority: 0, type: "NONE" }],
    },
  },
};

describe("everything that the provider lets a stack set is accounted for", () => {
  it.each(Object.entries(statements))("in a statement on %s", (_, statement) => {
    const rules = [rule(statement, { rule_label: [{ name: "l" }], captcha_config: immunity })];

    expect(() => start(webAcl(rules), group(rules), set, patterns)).not.toThrow();
  });

  it.each<[string, Block]>([
    ["allow", { allow: inserting }],
    ["count", { count: inserting }],
    ["captcha", { captcha: inserting }],
    ["challenge", { challenge: inserting }],
    ["block", { block: { custom_response: { response_code: 418, custom_response_body_key: "k" } } }],
  ])("in the action %s", (_, action) => {
    const more = { custom_response_body: [{ key: "k", content: "c", content_type: "TEXT_PLAIN" }] };

    expect(() => start(webAcl([rule(byteMatch("x"), { action })], more))).not.toThrow();
  });

  it("in the web ACL's own settings", () => {
    const association_config = {
      request_body: [
        {
          api_gateway: { default_size_inspection_limit: "KB_64" },
          cloudfront: { default_size_inspection_limit: "KB_64" },
        },
      ],
    };
    const data_protection = {
      ...{ action: "HASH", field: { field_type: "SINGLE_HEADER", field_keys: ["a"] } },
      ...{ exclude_rate_based_details: true, exclude_rule_match_details: true },
    };
    const more = {
      ...{ association_config, data_protection_config: { data_protection: [data_protection] } },
      ...{ captcha_config: immunity, challenge_config: immunity, token_domains: ["example.com"] },
    };

    expect(() => start(webAcl([], more))).not.toThrow();
  });

  it("in sets and groups that no rule refers to", () => {
    const rules = [rule(byteMatch("x"))];

    expect(() => start(set, patterns, group(rules))).not.toThrow();
  });
});

describe("what nobody reads stops the start, with address, attribute and value", () => {
  it.each<[string, Resource, string]>([
    [
      "a member of a statement",
      webAcl([
        rule({ byte_match_statement: { ...(byteMatch("x").byte_match_statement as Block), moon: 1 } }),
      ]),
      "aws_wafv2_web_acl.SecureApi (stack secure-edge): rule.statement.byte_match_statement.moon is set, received 1",
    ],
    [
      "a member of a field",
      webAcl([rule(field("single_header", { name: "a", moon: "full" }))]),
      'rule.statement.byte_match_statement.field_to_match.single_header.moon is set, received "full"',
    ],
    [
      "a member of an action",
      webAcl([rule(byteMatch("x"), { action: { block: { moon: [1] } } })]),
      "rule.action.block.moon is set, received [1]",
    ],
    [
      "a member of a rule in a group that no rule refers to",
      group([rule(byteMatch("x"), { moon: true })]),
      "aws_wafv2_rule_group.Shared (stack secure-edge): rule.moon is set, received true",
    ],
    ["a setting of the web ACL", webAcl([], { moon: "full" }), 'moon is set, received "full"'],
  ])("%s", (_, resource, message) => {
    expect(() => start(resource)).toThrow(message);
  });

  it("a statement that this runtime has never heard of", () => {
    expect(() => start(webAcl([rule({ moon_statement: { phase: "full" } })]))).toThrow(
      /aws_wafv2_web_acl\.SecureApi\.rule\[0\]\.statement\[0\] must hold one of and_statement, .*, received moon_statement/,
    );
  });
});

describe("a rule has either an action or an override action", () => {
  const reference: Block = { rule_group_reference_statement: { arn: arnOf("rulegroup", "Shared") } };
  const managed: Block = { managed_rule_group_statement: { vendor_name: "AWS", name: "X" } };
  const shared = group([rule(byteMatch("x"))]);

  it.each<[string, Block, string]>([
    [
      "an override action without a group",
      rule(byteMatch("x"), { action: { block: {} }, override_action: { none: {} } }),
      "override_action must be left out",
    ],
    [
      "an action with a group",
      rule(reference, { action: { block: {} }, override_action: { none: {} } }),
      "action must be left out",
    ],
    [
      "an action with a managed group",
      rule(managed, { action: { block: {} }, override_action: { none: {} } }),
      "action must be left out",
    ],
    [
      "a managed group without an override action",
      rule(managed, { action: [] }),
      "override_action must be one block",
    ],
    [
      "an override action that says two things",
      rule(managed, { override_action: { none: {}, count: {} } }),
      "override_action must be a block with count or none",
    ],
    [
      "labels of its own with a group",
      rule(reference, { override_action: { none: {} }, rule_label: [{ name: "a" }] }),
      "rule_label must be left out",
    ],
  ])("and does not start with %s", (_, broken, message) => {
    expect(() => start(webAcl([broken]), shared)).toThrow(message);
  });
});

describe("the association", () => {
  const association = (resource_arn: string, more: Block = {}): Resource =>
    written("aws_wafv2_web_acl_association", "A", {
      ...{ resource_arn, web_acl_arn: arnOf("webacl", "SecureApi"), ...more },
    });

  it("with something other than a stage is named, because nothing guards that here", () => {
    const pool = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_abc";

    const { warnings } = start(webAcl([]), association(pool));

    expect(warnings).toEqual([
      `aws_wafv2_web_acl_association.A: web ACL SecureApi is evaluated for stages of REST APIs alone, not for ${pool}`,
    ]);
  });

  it("does not start with a web ACL for CloudFront", () => {
    const global = webAcl([], { scope: "CLOUDFRONT" });

    expect(() => start(global, association("arn:aws:apigateway:x::/y"))).toThrow(
      "web_acl_arn must be that of a web ACL whose scope is REGIONAL",
    );
  });
});
