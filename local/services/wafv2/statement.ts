import type { Attributes } from "../../deployment/attributes";
import type { Resource } from "../../deployment/deployment";
import type { Clock } from "../../kernel/clock";
import type { Detector } from "./detector";
import type { RequestView } from "./request-view";

/**
 * The result of a statement. `not evaluated` is what this runtime cannot know: it is never taken for a match, nor for
 * the absence of one.
 */
export type Outcome = "match" | "no match" | "not evaluated";

/** A compiled statement. Never throws, whatever the request holds. */
export type Evaluate = (view: RequestView) => Outcome;

/** What a rule's statements are compiled with. */
export interface StatementContext {
  readonly clock: Clock;
  /** `awswaf:<account>:webacl:<name>:`, or that of the rule group to which the rule belongs. */
  readonly labelPrefix: string;
  /** Whether rules that only AWS has are predicted. */
  readonly predicts: boolean;
  /** Where attacks are predicted, and where the platform has it. */
  readonly detector: Detector | undefined;
  /** The labels that the rules compiled so far may put on a request, fully qualified. */
  readonly labels: Set<string>;
  /** The resource that the block's `arn` names; throws a `DeploymentError` where the deployment does not have it. */
  referenced(type: string, block: Attributes): Resource;
  /** Notes, for the warnings at start, what of the rule is not evaluated, and why. */
  warn(note: string): void;
}

/**
 * Compiles one kind of statement from its block. `nested` compiles a `statement` block within it.
 *
 * @throws NotEvaluable for what this runtime cannot evaluate; DeploymentError for what AWS WAF would refuse
 */
export type CompileStatement = (
  block: Attributes,
  context: StatementContext,
  nested: (statement: Attributes) => Evaluate,
) => Evaluate;

/** Thrown while a statement is compiled that this runtime cannot evaluate: it becomes `not evaluated`, with a warning. */
export class NotEvaluable extends Error {
  override readonly name = "NotEvaluable";
}

export const outcomeOf = (matches: boolean): Outcome => (matches ? "match" : "no match");

/** Conjunction in Kleene's three-valued logic: one operand that does not match settles it. */
export function allOf(outcomes: Iterable<Outcome>): Outcome {
  let result: Outcome = "match";
  for (const outcome of outcomes) {
    if (outcome === "no match") return "no match";
    if (outcome === "not evaluated") result = "not evaluated";
  }
  return result;
}

/** Disjunction in Kleene's three-valued logic: one operand that matches settles it. */
export function anyOf(outcomes: Iterable<Outcome>): Outcome {
  let result: Outcome = "no match";
  for (const outcome of outcomes) {
    if (outcome === "match") return "match";
    if (outcome === "not evaluated") result = "not evaluated";
  }
  return result;
}

export function negationOf(outcome: Outcome): Outcome {
  if (outcome === "not evaluated") return outcome;
  return outcomeOf(outcome === "no match");
}
