import type { Value } from "../../deployment/attributes";
import type { Deployment, Resource } from "../../deployment/deployment";
import { isObject } from "../../kernel/json";
import { baseUnitsOf } from "./statements";

/** "Web ACL capacity units (WCUs)", AWS WAF Developer Guide: more than the 1,500 that the price of a web ACL has in it cost extra. */
const MOST_OF_A_WEB_ACL = 5_000;

type Block = Readonly<Record<string, Value>>;

/** AWS's own groups, by the end of their names ("AWS Managed Rules rule groups list", AWS WAF Developer Guide). */
const MANAGED: Readonly<Record<string, number>> = {
  CommonRuleSet: 700,
  AdminProtectionRuleSet: 100,
  KnownBadInputsRuleSet: 200,
  SQLiRuleSet: 200,
  LinuxRuleSet: 200,
  UnixRuleSet: 100,
  WindowsRuleSet: 200,
  PHPRuleSet: 100,
  WordPressRuleSet: 100,
  AmazonIpReputationList: 25,
  AnonymousIpList: 50,
  ACFPRuleSet: 50,
  ATPRuleSet: 50,
  BotControlRuleSet: 50,
};

/**
 * Refuses a web ACL, or a rule group with the capacity that it was given, whose rules cost more than it may. Counted is what they cost
 * at least: AWS adds for text transformations, JSON bodies and all query arguments, and takes off what rules can share.
 */
export function requireCapacity(owner: Resource, deployment: Deployment): void {
  const most = owner.type === "aws_wafv2_rule_group" ? owner.number("capacity") : MOST_OF_A_WEB_ACL;
  const least = blocksOf(owner.values.rule ?? null)
    .flatMap(({ statement = null }) => blocksOf(statement))
    .reduce((sum, statement) => sum + costOf(statement, deployment), 0);
  if (least > most)
    // trussworks/terraform-aws-wafv2#87
    owner.refuse(
      owner.type === "aws_wafv2_rule_group" ? "capacity" : "name",
      `You exceeded the capacity limit for a rule group or web ACL., field: WEB_ACL: its rules cost ${least} WCUs at least, and ${most} are the most`,
    );
}

function costOf(statement: Block, deployment: Deployment): number {
  let sum = 0;
  for (const [kind, value] of Object.entries(statement))
    for (const block of blocksOf(value)) {
      sum += baseUnitsOf(kind, block) ?? referred(kind, block, deployment);
      for (const inner of [block.statement, block.scope_down_statement])
        for (const nested of blocksOf(inner ?? null)) sum += costOf(nested, deployment);
    }
  return sum;
}

function referred(kind: string, block: Block, deployment: Deployment): number {
  if (kind === "managed_rule_group_statement" && block.vendor_name === "AWS")
    return MANAGED[String(block.name).replace(/^AWSManagedRules/, "")] ?? 0;
  if (kind !== "rule_group_reference_statement") return 0;
  return deployment.find("aws_wafv2_rule_group", "arn", String(block.arn))?.number("capacity") ?? 0;
}

function blocksOf(value: Value): readonly Block[] {
  const blocks: readonly Value[] = Array.isArray(value) ? value : [value];
  return blocks.filter((block): block is Record<string, Value> => isObject(block));
}
