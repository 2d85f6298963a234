/**
 * What a statement comes to. `not evaluated` is what this runtime cannot know: it is never taken for a match, nor for
 * the absence of one.
 */
export type Outcome = "match" | "no match" | "not evaluated";

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
