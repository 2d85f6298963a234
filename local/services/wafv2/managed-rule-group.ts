import type { Attributes } from "../../deployment/attributes";
import { type ManagedRule, type ManagedRuleGroup, managedRuleGroups } from "./managed-rules";
import type { RequestView } from "./request-view";
import { type CompiledRule, type Hit, matched, passed, type RuleOwner } from "./rule";
import { type GroupReference, groupHit, readGroupReference } from "./rule-group";
import { compileScopeDown } from "./statements";

/**
 * Compiles a web ACL's rule that refers to a rule group of AWS's or of another vendor's. Where something of the group's
 * rules is publicly known they are predicted, in AWS's order; a group of which nothing is known is never evaluated.
 */
export function compileManagedRuleGroup(
  rule: Attributes,
  block: Attributes,
  webAcl: RuleOwner,
): CompiledRule {
  const reference = readGroupReference(rule, block, webAcl);
  const { name, metric } = reference;
  const context = webAcl.statementContext(name);
  const scope = block.block("scope_down_statement");
  const isInScope = scope === undefined ? () => "match" as const : compileScopeDown(scope, context);
  const [vendor, groupName] = [block.string("vendor_name"), block.string("name")];
  const group = managedRuleGroups.find((known) => vendor === "AWS" && known.name === groupName);
  const which = groupName === name ? "a rule group" : `the rule group ${vendor}/${groupName},`;
  const version = block.optionalString("version");
  const notEvaluated = passed(name, "MANAGED_RULE_GROUP", "not evaluated");

  const isKnown = group?.rules.some(({ known }) => known !== "unknown") ?? false;
  if (group !== undefined) {
    warnOfOverrides(group, reference, context.warn);
    for (const { label } of group.rules) context.labels.add(group.labelPrefix + label);
  }
  if (group === undefined || !isKnown || !context.predicts) {
    // The warning speaks for all of the block.
    for (const key of Object.keys(block.values)) block.value(key);
    context.warn(`${which} that only AWS has`);
    return { name, metric, run: () => notEvaluated };
  }
  context.warn(`${groupName === name ? "" : `${vendor}/${groupName} is `}${describe(group, version)}`);

  const id = `${vendor}#${groupName}`;
  const predictions = group.rules.map((inner) => compilePrediction(inner, group, reference, webAcl));
  return {
    name,
    metric,
    run: (view) => {
      if (!view.predicts) return notEvaluated;
      const scoped = isInScope(view);
      if (scoped !== "match") return passed(name, "MANAGED_RULE_GROUP", scoped);
      const hits: Hit[] = [];
      for (const predict of predictions) {
        const hit = predict(view);
        if (hit !== undefined) hits.push(hit);
        if (hit?.decision !== undefined) break;
      }
      // What no rule is seen to match may match one of AWS's all the same.
      return groupHit(
        name,
        "MANAGED_RULE_GROUP",
        { id, name: id, hits, counted: reference.counted },
        "not evaluated",
      );
    },
  };
}

/** What a rule of the group's does; `undefined` where it is not seen to match. */
function compilePrediction(
  rule: ManagedRule,
  group: ManagedRuleGroup,
  { name: referring, metric, overrides }: GroupReference,
  webAcl: RuleOwner,
): (view: RequestView) => Hit | undefined {
  const context = webAcl.statementContext(`${referring}/${rule.name}`);
  const override = overrides.get(rule.name);
  const own =
    rule.action === "COUNT" ? ({ kind: "COUNT", insertHeaders: [] } as const) : { kind: rule.action };
  const action = override ?? own;
  if (action.kind === "CAPTCHA" || action.kind === "CHALLENGE") {
    context.warn(
      `the action ${action.kind} is not evaluated here (it needs the pages and tokens of AWS WAF)`,
    );
    return () => undefined;
  }
  const label = group.labelPrefix + rule.label;
  const predicted = rule.known === "exact" ? "exact" : "likely";
  const hit: Hit = {
    ...matched(rule.name, "REGULAR", action, metric),
    ...{ labels: [label], predicted },
    ...(override !== undefined && { overriddenAction: rule.action }),
  };
  return (view) => {
    if (!rule.matches(view, context.detector)) return undefined;
    view.predict([label]);
    return hit;
  };
}

/** The name without what all of AWS's groups have in common: `CommonRuleSet`. */
export function shortName(group: string): string {
  return group.replace(/^AWS#(?:AWSManagedRules)?/, "");
}

/** What is known of the group: short, because the start has a line for it. `docs/local-runtime.md` has the table. */
function describe({ rules }: ManagedRuleGroup, version: string | undefined): string {
  const unknown = rules.filter(({ known }) => known === "unknown").map(({ name }) => name);
  const extent = unknown.length > 0 ? `but for ${unknown.join(", ")}` : "a miss says nothing";
  return `predicted, ${extent}${version === undefined ? "" : ` (as documented last, whatever ${version} did)`}`;
}

/** AWS silently ignores an override whose name is not exactly that of a rule: "RuleActionOverride", AWS WAF API reference. */
function warnOfOverrides(
  group: ManagedRuleGroup,
  { overrides }: GroupReference,
  warn: (note: string) => void,
): void {
  for (const name of overrides.keys()) {
    // Candidates of a coming version: "Deployments for AWS Managed Rules", AWS WAF Developer Guide.
    if (name.endsWith("_RC_COUNT") || group.rules.some((rule) => rule.name === name)) continue;
    const similar = group.rules.find((rule) => sameLetters(rule.name, name) || sameLetters(rule.label, name));
    const hint = similar === undefined ? "" : ` (did you mean ${similar.name}?)`;
    warn(`rule_action_override ${name} names no rule of ${group.name}, and AWS ignores it silently${hint}`);
  }
}

const sameLetters = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
