import { isObject } from "../../kernel/json";
import type { Value } from "../attributes";
import { parseTemplate } from "./expression-parser";
import { textOf } from "./file-functions";
import { callFunction } from "./functions";
import { applyOperator } from "./operators";
import { entriesOf } from "./set-functions";
import type { Expression, Step } from "./syntax";
import { describe, ExpressionFailure, toBoolean, toNumber, toRecord, toText } from "./values";

/** Where an expression's references lead. */
export interface Scope {
  /**
   * The value of a reference. `path` is its first word and every literal step after it: `["aws_sns_topic",
   * "UserNames", "arn"]`. `used` says how many of them the value is for; the others are steps into the value.
   *
   * @throws DeploymentError for a reference that leads nowhere
   */
  resolve(path: readonly string[]): { readonly value: Value; readonly used: number };
  /** The absolute path of the folder from which Terraform runs: relative paths start there. */
  readonly folder: string;
}

/** The scope with names of its own, which hide those outside: those of a `for`, of a template's variables. */
export function withNames(scope: Scope, names: Readonly<Record<string, Value>>): Scope {
  return {
    folder: scope.folder,
    resolve: (path) => {
      const [name = ""] = path;
      const value = Object.hasOwn(names, name) ? names[name] : undefined;
      return value === undefined ? scope.resolve(path) : { value, used: 1 };
    },
  };
}

/** @throws ExpressionFailure */
export function evaluate(expression: Expression, scope: Scope): Value {
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "template":
      return expression.parts
        .map((part) => (typeof part === "string" ? part : toText(evaluate(part, scope))))
        .join("");
    case "name":
      return evaluateAccess(expression, [], scope);
    case "access":
      return evaluateAccess(expression.base, expression.steps, scope);
    case "list":
      return expression.items.map((item) => evaluate(item, scope));
    case "object":
      return Object.fromEntries(
        expression.entries.map(([key, value]) => [toText(evaluate(key, scope)), evaluate(value, scope)]),
      );
    case "unary": {
      const operand = evaluate(expression.operand, scope);
      return expression.operator === "-" ? -toNumber(operand) : !toBoolean(operand);
    }
    case "binary":
      return expression.rest.reduce(
        (left, { operator, operand }) => applyOperator(operator, left, evaluate(operand, scope)),
        evaluate(expression.first, scope),
      );
    case "conditional":
      return evaluateConditional(expression, scope);
    case "for":
      return evaluateFor(expression, scope);
    case "call":
      return evaluateCall(expression, scope);
  }
}

function evaluateFor(loop: Expression & { kind: "for" }, scope: Scope): Value {
  const { names, condition, form } = loop;
  const rounds = entriesOf(evaluate(loop.collection, scope)).flatMap(([key, value]) => {
    const own = withNames(scope, {
      ...(names.key === undefined ? {} : { [names.key]: key }),
      [names.value]: value,
    });
    if (condition !== undefined && !toBoolean(evaluate(condition, own))) return [];
    const name = loop.key === undefined ? "" : toText(evaluate(loop.key, own));
    return [{ name, result: evaluate(loop.result, own) }];
  });
  if (form === "list") return rounds.map(({ result }) => result);
  if (form === "text") return rounds.map(({ result }) => toText(result)).join("");
  const members = new Map<string, Value[]>();
  for (const { name, result } of rounds) {
    const others = members.get(name);
    if (others !== undefined && !loop.groups)
      throw new ExpressionFailure(
        `two items have the key "${name}"; write "..." after the value to have both`,
      );
    members.set(name, [...(others ?? []), result]);
  }
  return Object.fromEntries(
    [...members].map(([name, results]) => [name, loop.groups ? results : (results[0] ?? null)]),
  );
}

function evaluateAccess(base: Expression, steps: readonly Step[], scope: Scope): Value {
  if (base.kind !== "name") return follow(evaluate(base, scope), steps, scope);
  const path = [base.name];
  for (const step of steps) {
    if (step.kind !== "key" || step.key.kind !== "literal") break;
    path.push(toText(step.key.value));
  }
  const { value, used } = scope.resolve(path);
  return follow(value, steps.slice(used - 1), scope);
}

function follow(start: Value, steps: readonly Step[], scope: Scope): Value {
  let value = start;
  for (const [index, step] of steps.entries()) {
    if (step.kind === "key") {
      value = take(value, toText(evaluate(step.key, scope)));
      continue;
    }
    const following = steps.slice(index + 1);
    const stop = step.form === "full" ? -1 : following.findIndex((next) => !isAttribute(next));
    const each = stop === -1 ? following : following.slice(0, stop);
    const items = splatItems(value).map((item) => follow(item, each, scope));
    return follow(items, following.slice(each.length), scope);
  }
  return value;
}

function isAttribute(step: Step): boolean {
  return step.kind === "key" && step.form === "attribute";
}

function splatItems(value: Value): Value[] {
  if (value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function take(value: Value, key: string): Value {
  const index = /^\d+$/.test(key) ? Number(key) : undefined;
  if (Array.isArray(value)) {
    const item = index === undefined ? undefined : value[index];
    if (item !== undefined) return item;
    throw new ExpressionFailure(`there is no item [${key}] in a list of ${value.length}`);
  }
  if (isObject(value)) {
    const member = Object.hasOwn(value, key) ? value[key] : undefined;
    if (member !== undefined) return member;
    // JSON syntax writes a list of one block as that block alone.
    if (index === 0) return value;
    throw new ExpressionFailure(`there is no attribute "${key}" in the object`);
  }
  throw new ExpressionFailure(`there is no attribute "${key}" in ${describe(value)}`);
}

function evaluateConditional(
  { condition, whenTrue, whenFalse }: Expression & { kind: "conditional" },
  scope: Scope,
): Value {
  const holds = toBoolean(evaluate(condition, scope));
  // Terraform wants the references of the other branch to exist, but not its value.
  const other = attempt(holds ? whenFalse : whenTrue, scope);
  const value = evaluate(holds ? whenTrue : whenFalse, scope);
  const becomesText = typeof other === "string" && (typeof value === "number" || typeof value === "boolean");
  return becomesText ? toText(value) : value;
}

function evaluateCall(call: Expression & { kind: "call" }, scope: Scope): Value {
  if (call.name === "try") {
    const results = call.arguments.map((argument) => attempt(argument, scope));
    const value = results.find((result) => result !== undefined);
    if (value !== undefined) return value;
    throw new ExpressionFailure("try: no argument has a value");
  }
  if (call.name === "can") return call.arguments.every((argument) => attempt(argument, scope) !== undefined);
  const values = call.arguments.map((argument) => evaluate(argument, scope));
  const last = call.expandsLast ? values.pop() : undefined;
  if (last !== undefined && !Array.isArray(last))
    throw new ExpressionFailure(`${call.name}: a list is required before "...", received ${describe(last)}`);
  const given = last === undefined ? values : [...values, ...last];
  if (call.name === "templatefile" || call.name === "templatestring")
    return evaluateTemplateCall(call.name, given, scope);
  return callFunction(call.name, given, scope.folder);
}

/** A template in a file or a text: its variables are all that it can refer to. */
function evaluateTemplateCall(
  name: string,
  [source = null, variables = null]: readonly Value[],
  scope: Scope,
): Value {
  const text = name === "templatefile" ? textOf(toText(source), scope.folder) : toText(source);
  const nothing: Scope = {
    folder: scope.folder,
    resolve: ([variable]) => {
      throw new ExpressionFailure(`${name}: the template refers to ${variable}, which it is not given`);
    },
  };
  return evaluate(parseTemplate(text), withNames(nothing, toRecord(variables)));
}

function attempt(expression: Expression, scope: Scope): Value | undefined {
  try {
    return evaluate(expression, scope);
  } catch (error) {
    if (error instanceof ExpressionFailure) return undefined;
    throw error;
  }
}
