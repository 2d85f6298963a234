import { isObject } from "../kernel/json";
import { DeploymentError, type Value } from "./attributes";
import { evaluate, type Scope } from "./expression/evaluator";
import { parseTemplate } from "./expression/expression-parser";
import { ExpressionFailure, toText } from "./expression/values";

export { type Scope, withNames } from "./expression/evaluator";

/**
 * The value of a string in Terraform's JSON syntax: text with `${…}` interpolations, or, where the string is one
 * interpolation, that expression's value with its own type.
 *
 * @param where what the string belongs to, for messages: an address
 * @throws DeploymentError naming `where` and the string, for what the runtime does not support
 */
export function evaluateTemplate(source: string, where: string, scope: Scope): Value {
  if (!/[$%]\{/.test(source)) return source;
  return explained(source, where, () => evaluate(parseTemplate(source), scope));
}

/** Evaluates every string in a JSON value of a synthesized stack, the names of an object's members too. */
export function evaluateJson(json: unknown, where: string, scope: Scope): Value {
  if (typeof json === "string") return evaluateTemplate(json, where, scope);
  if (Array.isArray(json)) return json.map((item) => evaluateJson(item, where, scope));
  if (isObject(json)) {
    return Object.fromEntries(
      Object.entries(json).map(([name, member]) => [
        evaluateName(name, where, scope),
        evaluateJson(member, where, scope),
      ]),
    );
  }
  return typeof json === "number" || typeof json === "boolean" ? json : null;
}

/** The name of a member, which may have expressions in it too. */
export function evaluateName(name: string, where: string, scope: Scope): string {
  return explained(name, where, () => toText(evaluateTemplate(name, where, scope)));
}

function explained<T>(source: string, where: string, evaluation: () => T): T {
  try {
    return evaluation();
  } catch (error) {
    if (!(error instanceof ExpressionFailure)) throw error;
    const shown = source.length <= 300 ? source : `${source.slice(0, 300)}…`;
    throw new DeploymentError(
      `${where}: cannot evaluate ${JSON.stringify(shown)}: ${error.message}. Write it with what the local runtime evaluates, or compute the value in the stack`,
    );
  }
}
