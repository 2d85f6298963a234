import { Cursor } from "./cursor";
import { type Expression, type Operation, operatorLevels, type Step } from "./syntax";
import { type ForHead, type Grammar, parseBareTemplate, parseQuotedTemplate } from "./template-parser";
import { ExpressionFailure } from "./values";

// Terraform's identifiers: letters, digits, `_` and `-`, no digit or dash first.
const IDENTIFIER = /[\p{ID_Start}_][\p{ID_Continue}-]*/uy;
const NUMBER = /\d+(\.\d+)?([eE][+-]?\d+)?/y;

const MOST_STEPS = 100;

const keywords: ReadonlyMap<string, Expression> = new Map([
  ["true", { kind: "literal", value: true }],
  ["false", { kind: "literal", value: false }],
  ["null", { kind: "literal", value: null }],
]);

/** What templates need of the grammar of expressions: the two contain each other. */
const grammar: Grammar = {
  parseExpression: (cursor) => parseExpression(cursor),
  parseForClause: (cursor) => parseForClause(cursor),
};

/** The template that a JSON string or a file is. */
export function parseTemplate(source: string): Expression {
  return parseBareTemplate(new Cursor(source), grammar);
}

/** Parses one expression and stops at the first character that is not part of it. */
export function parseExpression(cursor: Cursor): Expression {
  return cursor.nested(() => {
    const condition = parseBinary(cursor, 0);
    const end = cursor.position;
    cursor.skipSpace();
    if (!cursor.take("?")) {
      cursor.position = end;
      return condition;
    }
    const whenTrue = parseExpression(cursor);
    cursor.skipSpace();
    cursor.expect(":");
    return { kind: "conditional", condition, whenTrue, whenFalse: parseExpression(cursor) };
  });
}

function parseBinary(cursor: Cursor, level: number): Expression {
  const operators = operatorLevels[level];
  if (operators === undefined) return parseUnary(cursor);
  const first = parseBinary(cursor, level + 1);
  const rest: Operation[] = [];
  for (;;) {
    const before = cursor.position;
    cursor.skipSpace();
    const operator = operators.find((candidate) => cursor.take(candidate));
    if (operator === undefined) {
      cursor.position = before;
      return rest.length === 0 ? first : { kind: "binary", first, rest };
    }
    rest.push({ operator, operand: parseBinary(cursor, level + 1) });
  }
}

function parseUnary(cursor: Cursor): Expression {
  cursor.skipSpace();
  if (cursor.take("-"))
    return { kind: "unary", operator: "-", operand: cursor.nested(() => parseUnary(cursor)) };
  if (cursor.take("!"))
    return { kind: "unary", operator: "!", operand: cursor.nested(() => parseUnary(cursor)) };
  return parseAccess(cursor);
}

function parseAccess(cursor: Cursor): Expression {
  const base = parseTerm(cursor);
  const steps: Step[] = [];
  for (let step = parseStep(cursor); step !== undefined; step = parseStep(cursor)) {
    if (steps.length === MOST_STEPS)
      throw new ExpressionFailure(`references with more than ${MOST_STEPS} steps are not supported`);
    steps.push(step);
  }
  return steps.length === 0 ? base : { kind: "access", base, steps };
}

function parseStep(cursor: Cursor): Step | undefined {
  if (cursor.peek("...")) return undefined;
  if (cursor.take("[*]")) return { kind: "splat", form: "full" };
  if (cursor.take(".*")) return { kind: "splat", form: "attributes" };
  if (cursor.take("[")) {
    const key = parseExpression(cursor);
    cursor.skipSpace();
    cursor.expect("]");
    return { kind: "key", key, form: "index" };
  }
  if (!cursor.take(".")) return undefined;
  const name = cursor.takeMatch(IDENTIFIER) ?? cursor.takeMatch(/\d+/y);
  if (name === undefined) return cursor.failExpecting("an attribute's name");
  return { kind: "key", key: { kind: "literal", value: name }, form: "attribute" };
}

function parseTerm(cursor: Cursor): Expression {
  if (cursor.take('"')) return parseQuotedTemplate(cursor, grammar);
  if (cursor.take("[")) return parseList(cursor);
  if (cursor.take("{")) return parseObject(cursor);
  if (cursor.peek("<<")) throw new ExpressionFailure("heredocs are not supported");
  if (cursor.take("(")) {
    const inner = parseExpression(cursor);
    cursor.skipSpace();
    cursor.expect(")");
    return inner;
  }
  const digits = cursor.takeMatch(NUMBER);
  if (digits !== undefined) return { kind: "literal", value: finite(digits) };
  const name = cursor.takeMatch(IDENTIFIER);
  if (name === undefined) return cursor.failExpecting("an expression");
  if (cursor.take("(")) return parseCall(cursor, name);
  return keywords.get(name) ?? { kind: "name", name };
}

function finite(digits: string): number {
  const value = Number(digits);
  if (!Number.isFinite(value)) throw new ExpressionFailure(`the number ${digits} is too large`);
  return value;
}

function parseCall(cursor: Cursor, name: string): Expression {
  const items: Expression[] = [];
  let expandsLast = false;
  parseSequence(cursor, ")", () => {
    items.push(parseExpression(cursor));
    cursor.skipSpace();
    if (!cursor.take("...")) return;
    cursor.skipSpace();
    if (!cursor.peek(")")) cursor.failExpecting('")" after "..."');
    expandsLast = true;
  });
  return { kind: "call", name, arguments: items, expandsLast };
}

function parseList(cursor: Cursor): Expression {
  const head = parseForHead(cursor);
  if (head !== undefined) {
    const result = parseExpression(cursor);
    const condition = parseCondition(cursor);
    cursor.skipSpace();
    cursor.expect("]");
    return { kind: "for", form: "list", ...head, result, ...condition, groups: false };
  }
  const items: Expression[] = [];
  parseSequence(cursor, "]", () => {
    items.push(parseExpression(cursor));
  });
  return { kind: "list", items };
}

function parseObject(cursor: Cursor): Expression {
  const head = parseForHead(cursor);
  if (head !== undefined) {
    const key = parseExpression(cursor);
    cursor.skipSpace();
    cursor.expect("=>");
    const result = parseExpression(cursor);
    cursor.skipSpace();
    const groups = cursor.take("...");
    const condition = parseCondition(cursor);
    cursor.skipSpace();
    cursor.expect("}");
    return { kind: "for", form: "object", ...head, key, result, ...condition, groups };
  }
  const entries: (readonly [Expression, Expression])[] = [];
  parseSequence(cursor, "}", () => {
    const key = parseObjectKey(cursor);
    cursor.skipSpace();
    if (!cursor.take("=") && !cursor.take(":")) cursor.failExpecting('"=" or ":"');
    entries.push([key, parseExpression(cursor)]);
  });
  return { kind: "object", entries };
}

function parseObjectKey(cursor: Cursor): Expression {
  const start = cursor.position;
  const name = cursor.takeMatch(IDENTIFIER);
  const bare = /[\s=:]/.test(cursor.source.charAt(cursor.position));
  if (name !== undefined && bare) return { kind: "literal", value: name };
  cursor.position = start;
  return parseAccess(cursor);
}

/** Items up to the closing bracket, a comma between them and, optionally, after the last. */
function parseSequence(cursor: Cursor, close: ")" | "]" | "}", parseItem: () => void): void {
  for (;;) {
    cursor.skipSpace();
    if (cursor.take(close)) return;
    parseItem();
    const lineEnded = cursor.skipSpace();
    if (cursor.take(",") || (close === "}" && lineEnded)) continue;
    cursor.expect(close);
    return;
  }
}

/** `for value in collection :` or `for key, value in collection :`, `undefined` where something else begins. */
function parseForHead(cursor: Cursor): ForHead | undefined {
  cursor.skipSpace();
  return cursor.takeMatch(/for\b(?=\s)/y) === undefined ? undefined : parseForClause(cursor, ":");
}

/** What comes after `for`, up to what ends it. */
function parseForClause(cursor: Cursor, end?: ":"): ForHead {
  const takeName = () => {
    cursor.skipSpace();
    const name = cursor.takeMatch(IDENTIFIER) ?? cursor.failExpecting("a name");
    cursor.skipSpace();
    return name;
  };
  const first = takeName();
  const second = cursor.take(",") ? takeName() : undefined;
  if (cursor.takeMatch(/in\b/y) === undefined) cursor.failExpecting('"in"');
  const collection = parseExpression(cursor);
  cursor.skipSpace();
  if (end !== undefined) cursor.expect(end);
  return { names: second === undefined ? { value: first } : { key: first, value: second }, collection };
}

function parseCondition(cursor: Cursor): { readonly condition?: Expression } {
  cursor.skipSpace();
  return cursor.takeMatch(/if\b/y) === undefined ? {} : { condition: parseExpression(cursor) };
}
