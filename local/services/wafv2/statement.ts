import { type Attributes, DeploymentError } from "../../deployment/attributes";
import { compileIpSetReference } from "./ip-set";
import { compileLabelMatch } from "./label-match";
import {
  compileByteMatch,
  compileRegexMatch,
  compileRegexPatternSet,
  compileSizeConstraint,
} from "./match-statements";
import { allOf, anyOf, negationOf } from "./outcome";
import { compileRateBased } from "./rate-based";
import { type Evaluate, NotEvaluable, type StatementContext } from "./statement-context";

type Compile = (block: Attributes, context: StatementContext) => Evaluate;

const nestable: Readonly<Record<string, Compile>> = {
  and_statement: (block, context) => {
    const operands = compileOperands(block, context);
    return (view) => allOf(operands.map((evaluate) => evaluate(view)));
  },
  or_statement: (block, context) => {
    const operands = compileOperands(block, context);
    return (view) => anyOf(operands.map((evaluate) => evaluate(view)));
  },
  not_statement: (block, context) => {
    const [operand, ...others] = compileOperands(block, context);
    if (operand === undefined || others.length > 0) return block.fail("statement", "one block");
    return (view) => negationOf(operand(view));
  },
  ip_set_reference_statement: compileIpSetReference,
  byte_match_statement: compileByteMatch,
  regex_match_statement: compileRegexMatch,
  regex_pattern_set_reference_statement: compileRegexPatternSet,
  size_constraint_statement: compileSizeConstraint,
  label_match_statement: compileLabelMatch,
  sqli_match_statement: unavailable("AWS WAF's detector of SQL injection exists only there"),
  xss_match_statement: unavailable("AWS WAF's detector of cross-site scripting exists only there"),
  geo_match_statement: unavailable("the countries of addresses are not known outside AWS"),
  asn_match_statement: unavailable("the networks of addresses are not known outside AWS"),
};

const topLevel: Readonly<Record<string, Compile>> = {
  ...nestable,
  rate_based_statement: (block, context) => {
    const scope = block.block("scope_down_statement");
    return compileRateBased(block, context, scope && compileNested(scope, context));
  },
};

function unavailable(why: string): Compile {
  return () => {
    throw new NotEvaluable(why);
  };
}

/** Compiles a rule's `statement` block. What cannot be evaluated here is warned of and never matches. */
export function compileStatement(statement: Attributes, context: StatementContext): Evaluate {
  return compileOneOf(topLevel, statement, context);
}

function compileNested(statement: Attributes, context: StatementContext): Evaluate {
  return compileOneOf(nestable, statement, context);
}

function compileOperands(block: Attributes, context: StatementContext): Evaluate[] {
  const operands = block.blocks("statement").map((statement) => compileNested(statement, context));
  return operands.length > 0 ? operands : block.fail("statement", "at least one block");
}

function compileOneOf(
  kinds: Readonly<Record<string, Compile>>,
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
    return compile(block, context);
  } catch (error) {
    if (!(error instanceof NotEvaluable)) throw error;
    context.warn(`${name} is not evaluated here and never matches (${error.message})`);
    return () => "not evaluated";
  }
}
