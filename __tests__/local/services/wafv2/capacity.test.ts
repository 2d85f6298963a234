import { requireCapacity } from "../../../../local/services/wafv2/capacity";
import { deploymentOf, resourceAt, type Values } from "../../../support/deployment";
import { type Block, rule } from "./fixture";

/** The least that the statements cost, as the refusal of a group that has no room for them says it. */
function costOf(...statements: Block[]): number {
  const rules = statements.map((statement, index) => rule(statement, { name: `r${index}`, priority: index }));
  const group = resourceAt("aws_wafv2_rule_group.G", { capacity: 0, rule: rules } as Values);
  try {
    requireCapacity(group, deploymentOf());
    return 0;
  } catch (error) {
    return Number(/cost (\d+) WCUs/.exec(String(error))?.[1]);
  }
}

const byteMatch = (positional_constraint: string): Block => ({
  byte_match_statement: [{ search_string: "a", positional_constraint }],
});
const managed = (name: string, more: Block = {}): Block => ({
  managed_rule_group_statement: [{ vendor_name: "AWS", name, ...more }],
});

test.each<[string, Block, number]>([
  ["a text at the beginning", byteMatch("STARTS_WITH"), 2],
  ["a text anywhere", byteMatch("CONTAINS"), 10],
  ["SQL injection", { sqli_match_statement: [{ sensitivity_level: "HIGH" }] }, 30],
  [
    "a rate by two keys",
    { rate_based_statement: [{ limit: 10, custom_key: [{ ip: [{}] }, { header: [{}] }] }] },
    62,
  ],
  [
    "statements within statements",
    { or_statement: [{ statement: [{ geo_match_statement: [{}] }, { xss_match_statement: [{}] }] }] },
    41,
  ],
  [
    "a group of AWS's with a scope",
    managed("AWSManagedRulesCommonRuleSet", { scope_down_statement: [{ label_match_statement: [{}] }] }),
    701,
  ],
])("%s costs what AWS says", (_what, statement, units) => {
  expect(costOf(statement)).toBe(units);
});

test("a rule group's rules fit into its capacity", () => {
  expect(costOf({ geo_match_statement: [{}] }, { geo_match_statement: [{}] })).toBe(2);
});

test("a web ACL has 5,000 units, of which a rule group takes its whole capacity", () => {
  const group = resourceAt("aws_wafv2_rule_group.G", { arn: "arn:g", capacity: 4_300 });
  const webAcl = (...statements: Block[]) =>
    resourceAt("aws_wafv2_web_acl.W", {
      name: "W",
      rule: statements.map((statement, index) => rule(statement, { name: `r${index}`, priority: index })),
    } as Values);
  const deployment = deploymentOf(group);
  const reference = { rule_group_reference_statement: [{ arn: "arn:g" }] };
  const core = managed("AWSManagedRulesCommonRuleSet");

  expect(() => requireCapacity(webAcl(reference, core), deployment)).not.toThrow();
  expect(() => requireCapacity(webAcl(reference, core, { geo_match_statement: [{}] }), deployment)).toThrow(
    'aws_wafv2_web_acl.W: AWS refuses name "W": You exceeded the capacity limit for a rule group or web ACL., field: WEB_ACL: ' +
      "its rules cost 5001 WCUs at least, and 5000 are the most",
  );
});
