import type { Attributes } from "../../deployment/attributes";
import type { Header } from "../../kernel/web-acl-inspection";
import { type Action, type ResponseBodies, readAction } from "./action";
import type { RequestView } from "./request-view";
import { compileStatement } from "./statement";
import type { StatementContext } from "./statement-context";

/** What a rule did with a request: for the counters and, where `metric` is set, for the samples. */
export interface Hit {
  /** The rule's name, in a rule group `<rule group>#<rule>`. */
  readonly rule: string;
  readonly action: "ALLOW" | "BLOCK" | "COUNT" | "NOT_EVALUATED";
  readonly metric?: string;
  readonly ruleWithinGroup?: string;
  /** The rule group's own action, where the web ACL overrides it. */
  readonly overriddenAction?: Action["kind"];
  readonly insertHeaders: readonly Header[];
  /** The status of the custom response. */
  readonly responseCode?: number;
}

/** An action that this runtime can take. */
export type AvailableAction = Exclude<Action, { kind: "CAPTCHA" } | { kind: "CHALLENGE" }>;

/** An Allow or a Block: it ends the evaluation. */
export interface Decision {
  readonly rule: string;
  readonly action: AvailableAction;
}

export interface Metric {
  readonly name: string;
  readonly sampled: boolean;
}

export interface CompiledRule {
  readonly name: string;
  readonly metric: Metric;
  /** Evaluates the rule, notes what it did, and returns the decision where there is one. */
  run(view: RequestView, hits: Hit[]): Decision | undefined;
}

/** The web ACL or rule group in which rules stand. */
export interface RuleOwner {
  readonly labelPrefix: string;
  readonly bodies: ResponseBodies;
  statementContext(rule: string): StatementContext;
}

/** Where a rule of a rule group stands: the group's rules are sampled under the metric of the rule that refers to it. */
export interface GroupPlace {
  /** `<rule group>#<rule>` */
  readonly qualifiedName: string;
  readonly metric: Metric;
  readonly override: Action | undefined;
}

/** The rules of a web ACL or rule group, lowest priority number first. */
export function compileRules(
  owner: Attributes,
  compile: (rule: Attributes) => CompiledRule,
): readonly CompiledRule[] {
  const rules = owner
    .blocks("rule")
    .map((rule) => ({ rule, priority: rule.number("priority"), name: rule.string("name") }))
    .sort((one, other) => one.priority - other.priority);
  rules.forEach(({ rule, priority }, index) => {
    if (rules[index + 1]?.priority === priority) rule.fail("priority", "a number no other rule has");
  });
  if (new Set(rules.map(({ name }) => name)).size < rules.length)
    owner.fail("rule", "blocks with names that differ");
  return rules.map(({ rule }) => compile(rule));
}

/** Runs the rules in order until one decides. */
export function firstDecision(
  rules: readonly CompiledRule[],
  view: RequestView,
  hits: Hit[],
): Decision | undefined {
  for (const rule of rules) {
    const decision = rule.run(view, hits);
    if (decision !== undefined) return decision;
  }
  return undefined;
}

/** The metric of a web ACL, rule group or rule. */
export function readMetric(block: Attributes): Metric {
  const visibility = block.block("visibility_config") ?? block.fail("visibility_config", "one block");
  return { name: visibility.string("metric_name"), sampled: visibility.boolean("sampled_requests_enabled") };
}

/** What a matching rule with that action does to a request, as far as counters and samples are concerned. */
export function describeHit(rule: string, action: AvailableAction, metric: Metric): Hit {
  return {
    rule,
    action: action.kind,
    ...(metric.sampled && { metric: metric.name }),
    insertHeaders: action.kind === "BLOCK" ? [] : action.insertHeaders,
    ...(action.kind === "BLOCK" && action.customResponse && { responseCode: action.customResponse.status }),
  };
}

/** Compiles a rule with a statement and an action of its own. */
export function compileRule(rule: Attributes, owner: RuleOwner, place?: GroupPlace): CompiledRule {
  const name = rule.string("name");
  const countedAs = place?.qualifiedName ?? name;
  const metric = place?.metric ?? readMetric(rule);
  const context = owner.statementContext(name);
  const own = readAction(rule.block("action") ?? rule.fail("action", "one block"), owner.bodies);
  const action = place?.override ?? own;
  const statement = rule.block("statement") ?? rule.fail("statement", "one block");
  // "Rate-based rule high-level settings", AWS WAF Developer Guide: any action except Allow.
  if (action.kind === "ALLOW" && statement.block("rate_based_statement") !== undefined)
    rule.fail("action", "block or count for a rate-based statement");
  const evaluate = compileStatement(statement, context);
  const labels = rule.blocks("rule_label").map((label) => owner.labelPrefix + label.string("name"));
  const notEvaluated: Hit = { rule: countedAs, action: "NOT_EVALUATED", insertHeaders: [] };

  const matched = describeMatch();

  return {
    name,
    metric,
    run: (view, hits) => {
      const outcome = evaluate(view);
      if (outcome === "no match") return undefined;
      if (outcome === "not evaluated" || matched === undefined) {
        hits.push(notEvaluated);
        return undefined;
      }
      for (const label of labels) view.labels.add(label);
      hits.push(matched.hit);
      return matched.action.kind === "COUNT" ? undefined : { rule: name, action: matched.action };
    },
  };

  function describeMatch(): { readonly action: AvailableAction; readonly hit: Hit } | undefined {
    if (action.kind === "CAPTCHA" || action.kind === "CHALLENGE") {
      context.warn(
        `the action ${action.kind} is not evaluated here (it needs the pages and tokens of AWS WAF)`,
      );
      return undefined;
    }
    return {
      action,
      hit: {
        ...describeHit(countedAs, action, metric),
        ...(place && { ruleWithinGroup: place.qualifiedName }),
        ...(place?.override && { overriddenAction: own.kind }),
      },
    };
  }
}
