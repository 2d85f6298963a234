import type { Attributes } from "../../deployment/attributes";
import { type Action, readAction, readResponseBodies } from "./action";
import {
  type CompiledRule,
  compileRule,
  compileRules,
  firstDecision,
  type Hit,
  type RuleOwner,
  readMetric,
} from "./rule";

/**
 * Compiles a web ACL's rule that refers to an `aws_wafv2_rule_group`. The group's rules run in their own order; an Allow
 * or a Block among them is the web ACL's, unless `override_action` turns the group's result into a count.
 */
export function compileRuleGroupReference(
  rule: Attributes,
  reference: Attributes,
  webAcl: RuleOwner,
  accountId: string,
): CompiledRule {
  const name = rule.string("name");
  const context = webAcl.statementContext(name);
  const group = context.referenced("aws_wafv2_rule_group", reference);
  const groupName = group.string("name");
  const labelPrefix = `awswaf:${accountId}:rulegroup:${groupName}:`;
  const owner: RuleOwner = {
    labelPrefix,
    bodies: readResponseBodies(group),
    statementContext: (inner) => ({ ...webAcl.statementContext(`${name}/${inner}`), labelPrefix }),
  };
  const metric = readMetric(rule);
  const overrides = readOverrides(reference, webAcl);
  const rules = compileRules(group, (inner) => {
    const innerName = inner.string("name");
    const override = overrides.get(innerName);
    return compileRule(inner, owner, { qualifiedName: `${groupName}#${innerName}`, metric, override });
  });
  const unknown = [...overrides.keys()].find((key) => !rules.some((inner) => inner.name === key));
  if (unknown !== undefined)
    reference.fail("rule_action_override", `named as rules of ${group.address} are, not ${unknown}`);

  const counts = countsOnly(rule);
  return {
    name,
    metric,
    run: (view, hits) => {
      const inner: Hit[] = [];
      const decision = firstDecision(rules, view, inner);
      hits.push(...(counts ? inner.map(asCount) : inner));
      if (decision === undefined) return undefined;
      hits.push({ rule: name, action: counts ? "COUNT" : decision.action.kind, insertHeaders: [] });
      return counts ? undefined : { rule: name, action: decision.action };
    },
  };
}

/** A managed rule group's rules are known to AWS alone: the rule is never evaluated, and said to be so. */
export function compileManagedRuleGroup(
  rule: Attributes,
  group: Attributes,
  webAcl: RuleOwner,
): CompiledRule {
  const name = rule.string("name");
  const [vendor, groupName] = [group.string("vendor_name"), group.string("name")];
  const which = groupName === name ? "a rule group" : `the rule group ${vendor}/${groupName},`;
  webAcl.statementContext(name).warn(`${which} that only AWS has`);
  return {
    name,
    metric: readMetric(rule),
    run: (_, hits) => void hits.push({ rule: name, action: "NOT_EVALUATED", insertHeaders: [] }),
  };
}

function readOverrides(reference: Attributes, { bodies }: RuleOwner): Map<string, Action> {
  return new Map(
    reference.blocks("rule_action_override").map((override) => {
      const action = override.block("action_to_use") ?? override.fail("action_to_use", "one block");
      return [override.string("name"), readAction(action, bodies)];
    }),
  );
}

function countsOnly(rule: Attributes): boolean {
  const override = rule.block("override_action") ?? rule.fail("override_action", "one block");
  if (override.block("count") !== undefined) return true;
  if (override.block("none") !== undefined) return false;
  return rule.fail("override_action", "a block with count or none");
}

/** What an Allow or a Block comes to where the group's result is only counted. */
function asCount(hit: Hit): Hit {
  if (hit.action !== "ALLOW" && hit.action !== "BLOCK") return hit;
  const { responseCode: _, ...rest } = hit;
  return {
    ...rest,
    action: "COUNT",
    overriddenAction: hit.overriddenAction ?? hit.action,
    insertHeaders: [],
  };
}
