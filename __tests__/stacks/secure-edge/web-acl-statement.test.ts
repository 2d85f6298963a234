import { renderStatement, type WebAclStatement } from "../../../stacks/secure-edge/web-acl-statement";

type Kind = WebAclStatement["kind"];

const rendered: {
  readonly [K in Kind]: readonly [statement: Extract<WebAclStatement, { kind: K }>, expected: object];
} = {
  "ip-set": [
    { kind: "ip-set", ipSetArn: "arn:aws:wafv2:us-east-1:123456789012:regional/ipset/a/b" },
    { ip_set_reference_statement: { arn: "arn:aws:wafv2:us-east-1:123456789012:regional/ipset/a/b" } },
  ],
  rate: [
    { kind: "rate", limit: 10, windowSeconds: 60 },
    { rate_based_statement: { aggregate_key_type: "IP", limit: 10, evaluation_window_sec: 60 } },
  ],
  "body-larger-than": [
    { kind: "body-larger-than", bytes: 8192 },
    {
      size_constraint_statement: {
        comparison_operator: "GT",
        size: 8192,
        field_to_match: { body: { oversize_handling: "MATCH" } },
        text_transformation: [{ priority: 0, type: "NONE" }],
      },
    },
  ],
  "managed-rule-group": [
    { kind: "managed-rule-group", vendor: "AWS", group: "AWSManagedRulesCommonRuleSet" },
    { managed_rule_group_statement: { vendor_name: "AWS", name: "AWSManagedRulesCommonRuleSet" } },
  ],
};

describe("renderStatement", () => {
  it.each(Object.entries(rendered))("renders %s as Terraform names it", (_kind, [statement, expected]) => {
    expect(renderStatement(statement)).toEqual(expected);
  });

  it.each(Object.entries(rendered))(
    "has no name in camel case for %s, which Terraform would refuse",
    (_kind, [statement]) => {
      const names = [...JSON.stringify(renderStatement(statement)).matchAll(/"(\w+)":/g)].map(
        ([, name]) => name,
      );

      expect(names.length).toBeGreaterThan(1);
      for (const name of names) expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
    },
  );
});
