import type { Attributes } from "../../deployment/attributes";
import type { Header } from "../../kernel/web-acl-inspection";
import { type Action, type ResponseBodies, readAction } from "./action";
import type { RateLimit, RequestView } from "./request-view";
import type { Outcome, StatementContext } from "./statement";
import { compileStatement } from "./statements";

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

/** What a rule did with a request: what counters, samples, logs and traces are written from. */
export interface Hit {
  /** The rule's name. */
  readonly rule: string;
  /** As AWS WAF's logs call it. */
  readonly type: "REGULAR" | "RATE_BASED" | "GROUP" | "MANAGED_RULE_GROUP";
  readonly outcome: Outcome;
  /** Set where the rule matched. */
  readonly action?: AvailableAction["kind"];
  /** The action of the rule's own that the web ACL overrides. */
  readonly overriddenAction?: Action["kind"];
  /** The labels that the rule put on the request. */
  readonly labels: readonly string[];
  readonly insertHeaders: readonly Header[];
  /** The status of the custom response. */
  readonly responseCode?: number;
  /** Set where the rule is sampled. */
  readonly metric?: string;
  /** Set for a rate-based rule that limited the request. */
  readonly rate?: RateLimit;
  /** Set for a rule that refers to a rule group: what the group's rules did. */
  readonly group?: GroupHit;
  /** Where it ends the evaluation. */
  readonly decision?: Decision;
  /** Where the match rests on what is known of a rule that only AWS has. */
  readonly predicted?: "exact" | "likely";
}

export interface GroupHit {
  /** As AWS WAF's logs call it: the ARN, or `AWS#AWSManagedRulesCommonRuleSet`. */
  readonly id: string;
  /** How counters, samples and traces name it: `AWS#AWSManagedRulesCommonRuleSet`. */
  readonly name: string;
  readonly hits: readonly Hit[];
  /** Whether the group's result is only counted. */
  readonly counted: boolean;
}

export interface CompiledRule {
  readonly name: string;
  readonly metric: Metric;
  /** Evaluates the rule, puts its labels on the request, and tells what it did. */
  run(view: RequestView): Hit;
}

/** The web ACL or rule group that a rule belongs to. */
export interface RuleOwner {
  readonly labelPrefix: string;
  readonly bodies: ResponseBodies;
  statementContext(rule: string): StatementContext;
}

/** What a rule group's rule gets from the web ACL: the group is sampled under the metric of the rule that refers to it. */
export interface GroupPlace {
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

/** Runs the rules in order until one decides: what each did, the deciding one last. */
export function runRules(rules: readonly CompiledRule[], view: RequestView): readonly Hit[] {
  const hits: Hit[] = [];
  for (const rule of rules) {
    const hit = rule.run(view);
    hits.push(hit);
    if (hit.decision !== undefined) break;
  }
  return hits;
}

/** The metric of a web ACL, rule group or rule. */
export function readMetric(block: Attributes): Metric {
  const visibility = block.block("visibility_config") ?? block.fail("visibility_config", "one block");
  return { name: visibility.string("metric_name"), sampled: visibility.boolean("sampled_requests_enabled") };
}

/** What a rule without a match did. */
export function passed(rule: string, type: Hit["type"], outcome: Exclude<Outcome, "match">): Hit {
  return { rule, type, outcome, labels: [], insertHeaders: [] };
}

/** What a matching rule with that action did. */
export function matched(rule: string, type: Hit["type"], action: AvailableAction, metric: Metric): Hit {
  return {
    ...{ rule, type, outcome: "match", action: action.kind, labels: [] },
    ...(metric.sampled && { metric: metric.name }),
    insertHeaders: action.kind === "BLOCK" ? [] : action.insertHeaders,
    ...(action.kind === "BLOCK" && action.customResponse && { responseCode: action.customResponse.status }),
    ...(action.kind !== "COUNT" && { decision: { rule, action } }),
  };
}

/** Compiles a rule with a statement and an action of its own. */
export function compileRule(rule: Attributes, owner: RuleOwner, place?: GroupPlace): CompiledRule {
  const name = rule.string("name");
  const ownMetric = readMetric(rule);
  const metric = place?.metric ?? ownMetric;
  const context = owner.statementContext(name);
  if (rule.block("override_action") !== undefined)
    rule.fail(
      "override_action",
      "left out (it is for rules that refer to a rule group; this one has an action)",
    );
  const own = readAction(rule.block("action") ?? rule.fail("action", "one block"), owner.bodies);
  const action = place?.override ?? own;
  const statement = rule.block("statement") ?? rule.fail("statement", "one block");
  const type = statement.block("rate_based_statement") === undefined ? "REGULAR" : "RATE_BASED";
  // "Rate-based rule high-level settings", AWS WAF Developer Guide: any action except Allow.
  if (action.kind === "ALLOW" && type === "RATE_BASED")
    rule.fail("action", "block or count for a rate-based statement");
  const evaluate = compileStatement(statement, context);
  const labels = rule.blocks("rule_label").map((label) => owner.labelPrefix + label.string("name"));
  for (const label of labels) context.labels.add(label);
  const match = describeMatch();

  return {
    name,
    metric,
    run: (view) => {
      const predictions = view.predictions;
      const outcome = evaluate(view);
      if (outcome !== "match") return passed(name, type, outcome);
      if (match === undefined) return passed(name, type, "not evaluated");
      const isPredicted = view.predictions > predictions;
      if (isPredicted) view.predict(labels);
      else for (const label of labels) view.labels.add(label);
      return {
        ...match,
        ...(isPredicted && { predicted: "likely" }),
        ...(type === "RATE_BASED" && view.rateLimit !== undefined && { rate: view.rateLimit }),
      };
    },
  };

  function describeMatch(): Hit | undefined {
    if (action.kind === "CAPTCHA" || action.kind === "CHALLENGE") {
      context.warn(
        `the action ${action.kind} is not evaluated here (it needs the pages and tokens of AWS WAF)`,
      );
      return undefined;
    }
    return {
      ...matched(name, type, action, metric),
      labels,
      ...(place?.override && { overriddenAction: own.kind }),
    };
  }
}
