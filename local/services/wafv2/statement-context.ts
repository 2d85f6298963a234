import type { Attributes } from "../../deployment/attributes";
import type { Resource } from "../../deployment/deployment";
import type { Clock } from "../../kernel/clock";
import type { Outcome } from "./outcome";
import type { RequestView } from "./request-view";

/** A compiled statement. Never throws, whatever the request holds. */
export type Evaluate = (view: RequestView) => Outcome;

/** What a rule's statements are compiled with. */
export interface StatementContext {
  readonly clock: Clock;
  /** `awswaf:<account>:webacl:<name>:`, or of the rule group in which the rule stands. */
  readonly labelPrefix: string;
  /** The resource that the block's `arn` names; throws a `DeploymentError` where the deployment does not have it. */
  referenced(type: string, block: Attributes): Resource;
  /** Notes, for the warnings at start, what of the rule is not evaluated, and why. */
  warn(note: string): void;
}

/** Thrown while a statement is compiled that this runtime cannot evaluate: it becomes `not evaluated`, with a warning. */
export class NotEvaluable extends Error {
  override readonly name = "NotEvaluable";
}
