import type { Attributes } from "../../deployment/attributes";
import type { Resource } from "../../deployment/deployment";
import { type Action, readAction, readResponseBodies } from "./action";
import {
  type CompiledRule,
  compileRule,
  compileRules,
  type GroupHit,
  type Hit,
  type Metric,
  passed,
  type RuleOwner,
  readMetric,
  runRules,
} from "./rule";
import type { StatementContext } from "./statement";

/** What a rule that refers to a rule group says of its own, whoever owns the group. */
export interface GroupReference {
  readonly name: string;
  readonly metric: Metric;
  /** Whether the web ACL only counts the group's result. */
  readonly counted: boolean;
  /** By the names of the group's rules: the actions that the web ACL gives them. */
  readonly overrides: ReadonlyMap<string, Action>;
}

/** Reads a rule that refers to a rule group: it has an `override_action`, and no action of its own. */
export function readGroupReference(
  rule: Attributes,
  reference: Attributes,
  { bodies }: RuleOwner,
): GroupReference {
  if (rule.block("action") !== undefined)
    rule.fail("action", "left out (a rule that refers to a rule group has an override_action)");
  // "RuleLabels", AWS WAF API reference: the labels of a group come from the group's rules.
  if (rule.blocks("rule_label").length > 0)
    rule.fail("rule_label", "left out (a rule that refers to a rule group adds no labels of its own)");
  return {
    name: rule.string("name"),
    metric: readMetric(rule),
    counted: readsAsCount(rule),
    overrides: new Map(
      reference.blocks("rule_action_override").map((override) => {
        const action = override.block("action_to_use") ?? override.fail("action_to_use", "one block");
        return [override.string("name"), readAction(action, bodies)];
      }),
    ),
  };
}

function readsAsCount(rule: Attributes): boolean {
  const override = rule.block("override_action") ?? rule.fail("override_action", "one block");
  const [count, none] = [override.block("count"), override.block("none")];
  if ((count === undefined) === (none === undefined))
    return rule.fail("override_action", "a block with count or none");
  return count !== undefined;
}

/**
 * Compiles a web ACL's rule that refers to an `aws_wafv2_rule_group`. The group's rules run in their own order; an Allow
 * or a Block among them is the web ACL's, unless `override_action` turns the group's result into a count.
 */
export function compileRuleGroupReference(
  rule: Attributes,
  block: Attributes,
  webAcl: RuleOwner,
  accountId: string,
): CompiledRule {
  const reference = readGroupReference(rule, block, webAcl);
  const { name, metric, counted, overrides } = reference;
  const group = webAcl.statementContext(name).referenced("aws_wafv2_rule_group", block);
  const context = (inner: string) => webAcl.statementContext(`${name}/${inner}`);
  const rules = compileGroup(group, accountId, context, reference);
  const unknown = [...overrides.keys()].find((key) => !rules.some((inner) => inner.name === key));
  if (unknown !== undefined)
    block.fail("rule_action_override", `named as rules of ${group.address} are, not ${unknown}`);

  const [id, groupName] = [group.string("arn"), group.string("name")];
  return {
    name,
    metric,
    run: (view) => {
      const hits = runRules(rules, view);
      const isUnknown = hits.some(({ outcome }) => outcome === "not evaluated");
      const otherwise = isUnknown ? "not evaluated" : "no match";
      return groupHit(name, "GROUP", { id, name: groupName, hits, counted }, otherwise);
    },
  };
}

/** Compiles the rules of an `aws_wafv2_rule_group`, for the rule that refers to it or only to see that they are sound. */
export function compileGroup(
  group: Resource,
  accountId: string,
  context: (rule: string) => StatementContext,
  reference?: GroupReference,
): readonly CompiledRule[] {
  const labelPrefix = `awswaf:${accountId}:rulegroup:${group.string("name")}:`;
  const own = readMetric(group);
  const metric = reference?.metric ?? own;
  const owner: RuleOwner = {
    labelPrefix,
    bodies: readResponseBodies(group),
    statementContext: (inner) => ({ ...context(inner), labelPrefix }),
  };
  return compileRules(group, (inner) =>
    compileRule(inner, owner, { metric, override: reference?.overrides.get(inner.string("name")) }),
  );
}

/** The hit of a rule whose group did that; `otherwise` where no rule of the group decides. */
export function groupHit(
  rule: string,
  type: "GROUP" | "MANAGED_RULE_GROUP",
  group: GroupHit,
  otherwise: "no match" | "not evaluated",
): Hit {
  const last = group.hits.at(-1);
  if (last?.decision === undefined) return { ...passed(rule, type, otherwise), group };
  const { action } = last.decision;
  return {
    ...{ rule, type, outcome: "match", labels: [], insertHeaders: [], group },
    ...(last.predicted && { predicted: last.predicted }),
    ...(group.counted ? { action: "COUNT" } : { action: action.kind, decision: { rule, action } }),
  };
}

/** A hit as it is counted, sampled and traced. */
export interface FlatHit extends Hit {
  /** Whether it is that of a rule within a group, named `<rule group>#<rule>`. */
  readonly withinGroup: boolean;
}

/** The hits one after the other, those of a group's rules before that of the rule that refers to the group. */
export function flatten(hits: readonly Hit[]): FlatHit[] {
  return hits.flatMap((hit) => {
    const inner = hit.group?.hits.map((one) => within(hit.group, one)) ?? [];
    return [...inner, { ...hit, withinGroup: false }];
  });
}

function within(group: GroupHit | undefined, hit: Hit): FlatHit {
  const shown = group?.counted ? asCount(hit) : hit;
  return { ...shown, rule: `${group?.name}#${hit.rule}`, withinGroup: true };
}

/** An Allow or a Block as it is where it is only counted. */
export function asCount(hit: Hit): Hit {
  if (hit.action !== "ALLOW" && hit.action !== "BLOCK") return hit;
  const { responseCode: _, decision: __, ...rest } = hit;
  return {
    ...rest,
    action: "COUNT",
    overriddenAction: hit.overriddenAction ?? hit.action,
    insertHeaders: [],
  };
}
