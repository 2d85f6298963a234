import { type ManagedRule, managedRuleGroups } from "./managed-rules";
import type { CompileStatement, StatementContext } from "./statement";

/**
 * Matches the labels that rules before this one put on the request. A key without the prefix `awswaf:` is looked for
 * among the labels of this rule's own web ACL or rule group, after any namespaces ("AWS WAF label match examples", AWS
 * WAF Developer Guide). That a label of AWS's own is missing says nothing where its rule is not known exactly.
 */
export const compileLabelMatch: CompileStatement = (block, context) => {
  const key = block.string("key");
  const scope = block.string("scope");
  if (scope !== "LABEL" && scope !== "NAMESPACE") return block.fail("scope", "LABEL or NAMESPACE");

  const wanted = scope === "NAMESPACE" && !key.endsWith(":") ? `${key}:` : key;
  const qualified = key.startsWith("awswaf:");
  if (![...context.labels].some(matches)) warnOfLabel(key, context);
  const isManaged = key.startsWith("awswaf:managed:");
  const isExact = scope === "LABEL" && findManagedLabel(key)?.known === "exact";
  return (view) => {
    const found = [...view.labels].filter(matches);
    if (found.some((label) => !view.isPredicted(label))) return "match";
    if (found.length === 0) return isManaged && !(isExact && view.predicts) ? "not evaluated" : "no match";
    view.predict();
    return "match";
  };

  function matches(label: string): boolean {
    if (qualified) return scope === "LABEL" ? label === wanted : label.startsWith(wanted);
    if (!label.startsWith(context.labelPrefix)) return false;
    const own = `:${label.slice(context.labelPrefix.length)}`;
    return scope === "LABEL" ? own.endsWith(`:${wanted}`) : own.includes(`:${wanted}`);
  }
};

/** AWS takes a key that nothing matches without a word: most often it is a label's name misspelt. */
function warnOfLabel(key: string, { labels, warn }: StatementContext): void {
  const isForeign = key.startsWith("awswaf:managed:")
    ? !managedRuleGroups.some(({ labelPrefix }) => key.startsWith(labelPrefix))
    : /^awswaf:(?!\d{12}:)/.test(key);
  if (isForeign) return;
  const similar = [...labels, ...managedLabels()].find((label) => sameLabel(label, key));
  const hint =
    similar === undefined || similar === key ? "" : ` (did you mean ${similar}? Case makes a difference)`;
  warn(
    `label_match_statement never matches: no rule before this one puts the label ${key} on a request${hint}`,
  );
}

/** Every label of those groups, fully qualified. */
function managedLabels(): string[] {
  return managedRuleGroups.flatMap(({ labelPrefix, rules }) => rules.map(({ label }) => labelPrefix + label));
}

/** The rule that puts that label on a request. */
function findManagedLabel(label: string): ManagedRule | undefined {
  const group = managedRuleGroups.find(({ labelPrefix }) => label.startsWith(labelPrefix));
  return group?.rules.find((rule) => group.labelPrefix + rule.label === label);
}

/** Whether a label was meant: names of rules and labels differ in case alone, or are taken for one another. */
function sameLabel(label: string, key: string): boolean {
  const rule = findManagedLabel(label);
  const prefix = label.slice(0, label.lastIndexOf(":") + 1);
  return [label, ...(rule === undefined ? [] : [prefix + rule.name])].some(
    (name) => name.toLowerCase() === key.toLowerCase(),
  );
}
