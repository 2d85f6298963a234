import { isObject } from "../../../kernel/json";
import { callMethod } from "./methods";
import {
  isEqual,
  isTrue,
  MOST_ITERATIONS,
  memberOf,
  STEP,
  spend,
  TemplateError,
  toText,
  type Vtl,
  VtlList,
} from "./values";

/** The expressions of a template: references with their steps, literals, and operators. */
export class Expressions {
  constructor(
    private readonly variables: ReadonlyMap<string, Vtl>,
    /** Texts in double quotes are templates of their own. */
    private readonly render: (text: string) => string,
  ) {}

  /** What a step of a path is called. */
  key(step: unknown): Vtl {
    if (!isObject(step)) return null;
    return step.type === "index" ? this.value(step.id) : String(step.id);
  }

  value(node: unknown): Vtl {
    spend(STEP);
    if (!isObject(node)) return null;
    switch (node.type) {
      case "references":
        return listOf(node.path).reduce<Vtl>(
          (value, step) => this.step(value, step),
          this.variables.get(String(node.id)) ?? null,
        );
      case "string":
        return node.isEval === true ? this.render(String(node.value)) : String(node.value);
      case "integer":
      case "decimal":
        return Number(node.value);
      case "bool":
        return node.value === "null" ? null : node.value === "true" || node.value === true;
      case "array":
        return new VtlList(
          node.isRange === true
            ? this.range(listOf(node.value))
            : listOf(node.value).map((item) => this.value(item)),
        );
      case "map":
        return new Map(
          Object.entries(isObject(node.value) ? node.value : {}).map(([key, member]) => [
            key,
            this.value(member),
          ]),
        );
      case "math":
        return this.math(String(node.operator), listOf(node.expression));
      default:
        throw new TemplateError(`the expression ${String(node.type)} is not served locally`);
    }
  }

  private step(value: Vtl, step: unknown): Vtl {
    spend(STEP);
    if (!isObject(step)) return null;
    if (step.type !== "method") return memberOf(value, this.key(step));
    return callMethod(
      value,
      String(step.id),
      listOf(step.args).map((argument) => this.value(argument)),
    );
  }

  private range(bounds: readonly unknown[]): number[] {
    const [from = 0, to = 0] = bounds.map((bound) =>
      Number(isObject(bound) ? toText(this.value(bound)) : bound),
    );
    const count = Math.abs(to - from) + 1;
    if (!Number.isInteger(count)) return [];
    if (count > MOST_ITERATIONS) throw new TemplateError(`a range of ${count} numbers`);
    return Array.from({ length: count }, (_item, index) => (from < to ? from + index : from - index));
  }

  private math(operator: string, operands: readonly unknown[]): Vtl {
    const left = this.value(operands[0]);
    if (operator === "parenthesis") return left;
    if (operator === "not") return !isTrue(left);
    if (operator === "&&") return isTrue(left) && isTrue(this.value(operands[1]));
    if (operator === "||") return isTrue(left) || isTrue(this.value(operands[1]));
    if (operator === "minus") return typeof left === "number" ? -left : null;
    const right = this.value(operands[1]);
    if (operator === "==") return isEqual(left, right);
    if (operator === "!=") return !isEqual(left, right);
    if (operator === "+" && (typeof left === "string" || typeof right === "string"))
      return toText(left) + toText(right);
    return typeof left === "number" && typeof right === "number" ? calculated(operator, left, right) : null;
  }
}

/** The members of a node that may have none. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Java divides whole numbers to whole numbers; a division by zero is nothing. */
function calculated(operator: string, left: number, right: number): Vtl {
  const isWhole = Number.isInteger(left) && Number.isInteger(right);
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return right === 0 ? null : isWhole ? Math.trunc(left / right) : left / right;
    case "%":
      return right === 0 ? null : left % right;
    case ">":
      return left > right;
    case "<":
      return left < right;
    case ">=":
      return left >= right;
    case "<=":
      return left <= right;
    default:
      throw new TemplateError(`the operator ${operator} is not served locally`);
  }
}
