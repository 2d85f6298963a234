import { RE2JS } from "re2js";
import type { Attributes } from "../../deployment/attributes";
import { utf8Bytes } from "./byte-string";
import { NotEvaluable } from "./statement";

export type Pattern = (bytes: string) => boolean;

/**
 * The most instructions of a statement's patterns together: over 16 KB of a body they take some tenths of a second, and nobody may
 * hold up the others for longer.
 */
const MOST_INSTRUCTIONS = 1_000;

/**
 * Compiles a pattern of AWS WAF, to be searched anywhere in a value, in time linear to the value's length: whoever sends
 * the request chooses the value, and JavaScript's own engine could be made to backtrack for hours.
 *
 * What AWS WAF leaves out of PCRE (back references, look-around, possessive quantifiers: "Supported regular expression
 * syntax in AWS WAF", AWS WAF Developer Guide) is what an engine of linear time cannot do, so RE2's language fits.
 *
 * @throws NotEvaluable for patterns that RE2 cannot compile, or that take too long together
 */
export function compilePatterns(patterns: readonly string[]): Pattern {
  const compiled = patterns.map((pattern) => ({ pattern, engine: compile(pattern) }));
  const instructions = compiled.reduce((sum, { engine }) => sum + engine.programSize(), 0);
  if (instructions > MOST_INSTRUCTIONS)
    throw new NotEvaluable(
      `its patterns take ${instructions} instructions, and more than ${MOST_INSTRUCTIONS} could hold up other requests for too long`,
    );
  const found = compiled.map(({ pattern, engine }) => searching(pattern, engine));
  return (bytes) => found.some((matches) => matches(bytes));
}

function searching(pattern: string, compiled: RE2JS): Pattern {
  // In PCRE `$` also matches before a line feed at the end, in RE2 only at the very end.
  const looseEnd = pattern.includes("$");
  const find = (bytes: string) => compiled.matcher(bytes).find();
  return (bytes) => find(bytes) || (looseEnd && bytes.endsWith("\n") && find(bytes.slice(0, -1)));
}

/** The patterns of an `aws_wafv2_regex_pattern_set`. */
export function readPatternSet(set: Attributes): Pattern {
  return compilePatterns(set.blocks("regular_expression").map((pattern) => pattern.string("regex_string")));
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(utf8Bytes(pattern));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new NotEvaluable(`the pattern ${JSON.stringify(pattern)} is not one RE2 can compile: ${reason}`);
  }
}
