import type { Attributes } from "../../deployment/attributes";
import { utf8Bytes } from "./byte-string";
import type { Attack } from "./detector";
import { compileField } from "./field-to-match";
import { type Evaluate, NotEvaluable, outcomeOf, type StatementContext } from "./statement";
import { compileTransformations } from "./text-transformations";

// Statements that look at one field of the request.

/** Matches when a value of the field, transformed, satisfies the predicate. */
export function inspect(block: Attributes, matches: (bytes: string) => boolean): Evaluate {
  const extract = compileField(block);
  const transform = compileTransformations(block);
  return (view) => {
    const extraction = extract(view);
    if (typeof extraction === "string") return extraction;
    return outcomeOf(extraction.some((value) => matches(transform(value))));
  };
}

/** Predicts what AWS WAF's own detector finds: a hit is likely one there too, a miss says nothing. */
export function detect(attack: Attack, name: string, block: Attributes, context: StatementContext): Evaluate {
  const { detector, predicts } = context;
  if (!predicts || detector === undefined)
    throw new NotEvaluable(`AWS WAF's detector of ${name} exists only there`);
  const extract = compileField(block);
  const transform = compileTransformations(block);
  context.warn(
    `AWS WAF's detector of ${name} exists only there: what another one finds is predicted, and a miss says nothing`,
  );
  return (view) => {
    if (!view.predicts) return "not evaluated";
    const extraction = extract(view);
    if (typeof extraction === "string") return extraction;
    if (!extraction.some((value) => detector.detects(attack, transform(value)))) return "not evaluated";
    view.predict();
    return "match";
  };
}

const positions: Readonly<Record<string, (bytes: string, wanted: string) => boolean>> = {
  EXACTLY: (bytes, wanted) => bytes === wanted,
  STARTS_WITH: (bytes, wanted) => bytes.startsWith(wanted),
  ENDS_WITH: (bytes, wanted) => bytes.endsWith(wanted),
  CONTAINS: (bytes, wanted) => bytes.includes(wanted),
  CONTAINS_WORD: containsWord,
};

export function compileByteMatch(block: Attributes): Evaluate {
  const wanted = utf8Bytes(block.string("search_string"));
  const isAt = choose(positions, block, "positional_constraint");
  return inspect(block, (bytes) => isAt(bytes, wanted));
}

function containsWord(bytes: string, word: string): boolean {
  const isWordCharacter = (character: string) => /^\w$/.test(character);
  for (let at = bytes.indexOf(word); at >= 0; at = bytes.indexOf(word, at + 1)) {
    if (!isWordCharacter(bytes.charAt(at - 1)) && !isWordCharacter(bytes.charAt(at + word.length)))
      return true;
  }
  return false;
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
  const compare = choose(comparisons, block, "comparison_operator");
  return inspect(block, (bytes) => compare(bytes.length, size));
}

/** The member of the table that the attribute names. */
function choose<T>(table: Readonly<Record<string, T>>, block: Attributes, key: string): T {
  const name = block.string(key);
  const chosen = Object.hasOwn(table, name) ? table[name] : undefined;
  const names = Object.keys(table);
  return chosen ?? block.fail(key, `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`);
}
