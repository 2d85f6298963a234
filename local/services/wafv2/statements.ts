import { type Attributes, DeploymentError } from "../../deployment/attributes";
import { utf8Bytes } from "./byte-string";
import type { Attack } from "./detector";
import { compileField } from "./field-to-match";
import { compileIpSetReference } from "./ip-set";
import { compileLabelMatch } from "./label-match";
import { compileRateBased } from "./rate-based";
import { compilePatterns, readPatternSet } from "./regex-pattern";
import {
  allOf,
  anyOf,
  type CompileStatement,
  type Evaluate,
  NotEvaluable,
  negationOf,
  outcomeOf,
  type StatementContext,
} from "./statement";
import { compileTransformations } from "./text-transformations";

/** Every statement that may be nested in another one: the name of its block, and how it is compiled. */
const nestable: Readonly<Record<string, CompileStatement>> = {
  and_statement: (block, _, nested) => {
    const operands = compileOperands(block, nested);
    return (view) => allOf(operands.map((evaluate) => evaluate(view)));
  },
  or_statement: (block, _, nested) => {
    const operands = compileOperands(block, nested);
    return (view) => anyOf(operands.map((evaluate) => evaluate(view)));
  },
  not_statement: (block, _, nested) => {
    const [operand, ...others] = compileOperands(block, nested);
    if (operand === undefined || others.length > 0) return block.fail("statement", "one block");
    return (view) => negationOf(operand(view));
  },
  ip_set_reference_statement: compileIpSetReference,
  byte_match_statement: compileByteMatch,
  regex_match_statement: (block) => inspect(block, compilePatterns([block.string("regex_string")])),
  regex_pattern_set_reference_statement: (block, context) => {
    return inspect(block, readPatternSet(context.referenced("aws_wafv2_regex_pattern_set", block)));
  },
  size_constraint_statement: compileSizeConstraint,
  label_match_statement: compileLabelMatch,
  sqli_match_statement: (block, context) => {
    const sensitivity = block.optionalString("sensitivity_level") ?? "LOW";
    if (sensitivity !== "LOW" && sensitivity !== "HIGH") block.fail("sensitivity_level", "LOW or HIGH");
    return detect("sqli", "SQL injection", block, context);
  },
  xss_match_statement: (block, context) => detect("xss", "cross-site scripting", block, context),
  geo_match_statement: notEvaluated("the countries of addresses are not known outside AWS"),
  asn_match_statement: notEvaluated("the networks of addresses are not known outside AWS"),
};

/** Every statement that a rule may have. A new kind is added to one of these two tables, and nowhere else. */
const topLevel: Readonly<Record<string, CompileStatement>> = {
  ...nestable,
  rate_based_statement: compileRateBased,
};

/** Compiles a rule's `statement` block. What cannot be evaluated here is warned of and never matches. */
export function compileStatement(statement: Attributes, context: StatementContext): Evaluate {
  return compileOneOf(topLevel, statement, context);
}

/** Compiles a statement that limits what another one looks at: `scope_down_statement`. */
export function compileScopeDown(statement: Attributes, context: StatementContext): Evaluate {
  return compileOneOf(nestable, statement, context);
}

function compileOneOf(
  kinds: Readonly<Record<string, CompileStatement>>,
  statement: Attributes,
  context: StatementContext,
): Evaluate {
  const set = Object.keys(statement.values).filter((key) => statement.blocks(key).length > 0);
  const [name = "", ...others] = set;
  const compile = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  const block = statement.block(name);
  if (compile === undefined || block === undefined || others.length > 0) {
    throw new DeploymentError(
      `${statement.address} must hold one of ${Object.keys(kinds).join(", ")}, received ${set.join(", ") || "nothing"}`,
    );
  }
  try {
    return compile(block, context, (inner) => compileScopeDown(inner, context));
  } catch (error) {
    if (!(error instanceof NotEvaluable)) throw error;
    // The warning speaks for all of the block: none of its settings is passed over in silence.
    for (const key of Object.keys(block.values)) block.value(key);
    context.warn(`${name} is not evaluated here and never matches (${error.message})`);
    return () => "not evaluated";
  }
}

function notEvaluated(why: string): CompileStatement {
  return () => {
    throw new NotEvaluable(why);
  };
}

function compileOperands(block: Attributes, nested: (statement: Attributes) => Evaluate): Evaluate[] {
  const operands = block.blocks("statement").map(nested);
  return operands.length > 0 ? operands : block.fail("statement", "at least one block");
}

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

/** Predicts what AWS WAF's own detector finds: a hit is likely one there too, a miss says nothing. */
function detect(attack: Attack, name: string, block: Attributes, context: StatementContext): Evaluate {
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

function compileByteMatch(block: Attributes): Evaluate {
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

function compileSizeConstraint(block: Attributes): Evaluate {
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
