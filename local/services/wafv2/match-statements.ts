import type { Attributes } from "../../deployment/attributes";
import { utf8Bytes } from "./byte-string";
import { compileField } from "./field-to-match";
import { outcomeOf } from "./outcome";
import { compilePattern } from "./regex-pattern";
import type { Evaluate, StatementContext } from "./statement-context";
import { compileTransformations } from "./text-transformations";

/** Matches when a value of the field, transformed, satisfies the predicate. */
function inspect(block: Attributes, matches: (bytes: string) => boolean): Evaluate {
  const extract = compileField(block);
  const transform = compileTransformations(block);
  return (view) => {
    const extraction = extract(view);
    if (typeof extraction === "string") return extraction;
    return outcomeOf(extraction.some((value) => matches(transform(value))));
  };
}

export function compileByteMatch(block: Attributes): Evaluate {
  const wanted = utf8Bytes(block.string("search_string"));
  switch (block.string("positional_constraint")) {
    case "EXACTLY":
      return inspect(block, (bytes) => bytes === wanted);
    case "STARTS_WITH":
      return inspect(block, (bytes) => bytes.startsWith(wanted));
    case "ENDS_WITH":
      return inspect(block, (bytes) => bytes.endsWith(wanted));
    case "CONTAINS":
      return inspect(block, (bytes) => bytes.includes(wanted));
    case "CONTAINS_WORD":
      return inspect(block, (bytes) => containsWord(bytes, wanted));
    default:
      return block.fail(
        "positional_constraint",
        "EXACTLY, STARTS_WITH, ENDS_WITH, CONTAINS or CONTAINS_WORD",
      );
  }
}

function containsWord(bytes: string, word: string): boolean {
  const isWordCharacter = (character: string) => /^\w$/.test(character);
  for (let at = bytes.indexOf(word); at >= 0; at = bytes.indexOf(word, at + 1)) {
    if (!isWordCharacter(bytes.charAt(at - 1)) && !isWordCharacter(bytes.charAt(at + word.length)))
      return true;
  }
  return false;
}

export function compileRegexMatch(block: Attributes): Evaluate {
  return inspect(block, compilePattern(block.string("regex_string")));
}

export function compileRegexPatternSet(block: Attributes, context: StatementContext): Evaluate {
  const set = context.referenced("aws_wafv2_regex_pattern_set", block);
  const patterns = set
    .blocks("regular_expression")
    .map((pattern) => compilePattern(pattern.string("regex_string")));
  return inspect(block, (bytes) => patterns.some((matches) => matches(bytes)));
}

const comparisons: Readonly<Record<string, (length: number, size: number) => boolean>> = {
  EQ: (length, size) => length === size,
  NE: (length, size) => length !== size,
  LE: (length, size) => length <= size,
  LT: (length, size) => length < size,
  GE: (length, size) => length >= size,
  GT: (length, size) => length > size,
};

export function compileSizeConstraint(block: Attributes): Evaluate {
  const size = block.number("size");
  const compare = comparisons[block.string("comparison_operator")];
  if (compare === undefined) return block.fail("comparison_operator", "EQ, NE, LE, LT, GE or GT");
  return inspect(block, (bytes) => compare(bytes.length, size));
}
