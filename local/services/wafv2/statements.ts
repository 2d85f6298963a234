import { type Attributes, DeploymentError } from "../../deployment/attributes";
import { compileByteMatch, compileSizeConstraint, detect, inspect } from "./field-statements";
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
  type StatementContext,
} from "./statement";

/** A kind of statement: how its block is compiled, and the web ACL capacity units that it costs at its base. */
interface Kind {
  readonly compile: CompileStatement;
  readonly units: number | ((block: Attributes["values"]) => number);
}

/**
 * Every statement that may be nested in another one, by the name of its block. Units: "Using match rule statements", and each
 * statement's page, AWS WAF Developer Guide.
 */
const nestable: Readonly<Record<string, Kind>> = {
  and_statement: {
    units: 0,
    compile: (block, _, nested) => {
      const operands = compileOperands(block, nested);
      return (view) => allOf(operands.map((evaluate) => evaluate(view)));
    },
  },
  or_statement: {
    units: 0,
    compile: (block, _, nested) => {
      const operands = compileOperands(block, nested);
      return (view) => anyOf(operands.map((evaluate) => evaluate(view)));
    },
  },
  not_statement: {
    units: 0,
    compile: (block, _, nested) => {
      const [operand, ...others] = compileOperands(block, nested);
      if (operand === undefined || others.length > 0) return block.fail("statement", "one block");
      return (view) => negationOf(operand(view));
    },
  },
  ip_set_reference_statement: { units: 1, compile: compileIpSetReference },
  byte_match_statement: {
    units: ({ positional_constraint }) => (String(positional_constraint).startsWith("CONTAINS") ? 10 : 2),
    compile: compileByteMatch,
  },
  regex_match_statement: {
    units: 3,
    compile: (block) => inspect(block, compilePatterns([block.string("regex_string")])),
  },
  regex_pattern_set_reference_statement: {
    units: 25,
    compile: (block, context) =>
      inspect(block, readPatternSet(context.referenced("aws_wafv2_regex_pattern_set", block))),
  },
  size_constraint_statement: { units: 1, compile: compileSizeConstraint },
  label_match_statement: { units: 1, compile: compileLabelMatch },
  sqli_match_statement: {
    units: ({ sensitivity_level }) => (sensitivity_level === "HIGH" ? 30 : 20),
    compile: (block, context) => {
      const sensitivity = block.optionalString("sensitivity_level") ?? "LOW";
      if (sensitivity !== "LOW" && sensitivity !== "HIGH") block.fail("sensitivity_level", "LOW or HIGH");
      return detect("sqli", "SQL injection", block, context);
    },
  },
  xss_match_statement: {
    units: 40,
    compile: (block, context) => detect("xss", "cross-site scripting", block, context),
  },
  geo_match_statement: {
    units: 1,
    compile: notEvaluated("the countries of addresses are not known outside AWS"),
  },
  asn_match_statement: {
    units: 1,
    compile: notEvaluated("the networks of addresses are not known outside AWS"),
  },
};

/** Every statement that a rule may have. A new kind is added to one of these two tables, and nowhere else. */
const topLevel: Readonly<Record<string, Kind>> = {
  ...nestable,
  rate_based_statement: {
    units: ({ custom_key }) => 2 + 30 * (Array.isArray(custom_key) ? custom_key.length : 0),
    compile: compileRateBased,
  },
};

/** The units that a statement costs at its base; `undefined` for a kind that is not in the table. */
export function baseUnitsOf(kind: string, block: Attributes["values"]): number | undefined {
  const units = Object.hasOwn(topLevel, kind) ? topLevel[kind]?.units : undefined;
  return typeof units === "function" ? units(block) : units;
}

/** Compiles a rule's `statement` block. What cannot be evaluated here is warned of and never matches. */
export function compileStatement(statement: Attributes, context: StatementContext): Evaluate {
  return compileOneOf(topLevel, statement, context);
}

/** Compiles a statement that limits what another one looks at: `scope_down_statement`. */
export function compileScopeDown(statement: Attributes, context: StatementContext): Evaluate {
  return compileOneOf(nestable, statement, context);
}

function compileOneOf(
  kinds: Readonly<Record<string, Kind>>,
  statement: Attributes,
  context: StatementContext,
): Evaluate {
  const set = Object.keys(statement.values).filter((key) => statement.blocks(key).length > 0);
  const [name = "", ...others] = set;
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  const block = statement.block(name);
  if (kind === undefined || block === undefined || others.length > 0) {
    throw new DeploymentError(
      `${statement.address} must hold one of ${Object.keys(kinds).join(", ")}, received ${set.join(", ") || "nothing"}`,
    );
  }
  try {
    return kind.compile(block, context, (inner) => compileScopeDown(inner, context));
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
