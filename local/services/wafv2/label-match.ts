import type { Attributes } from "../../deployment/attributes";
import { outcomeOf } from "./outcome";
import type { Evaluate, StatementContext } from "./statement-context";

/**
 * Matches the labels that rules before this one put on the request. A key without the prefix `awswaf:` is looked for
 * among the labels of this rule's own web ACL or rule group, behind any namespaces ("AWS WAF label match examples", AWS
 * WAF Developer Guide).
 */
export function compileLabelMatch(block: Attributes, { labelPrefix }: StatementContext): Evaluate {
  const key = block.string("key");
  const scope = block.string("scope");
  if (scope !== "LABEL" && scope !== "NAMESPACE") return block.fail("scope", "LABEL or NAMESPACE");

  const wanted = scope === "NAMESPACE" && !key.endsWith(":") ? `${key}:` : key;
  const qualified = key.startsWith("awswaf:");
  return (view) => outcomeOf([...view.labels].some((label) => matches(label)));

  function matches(label: string): boolean {
    if (qualified) return scope === "LABEL" ? label === wanted : label.startsWith(wanted);
    if (!label.startsWith(labelPrefix)) return false;
    const own = `:${label.slice(labelPrefix.length)}`;
    return scope === "LABEL" ? own.endsWith(`:${wanted}`) : own.includes(`:${wanted}`);
  }
}
