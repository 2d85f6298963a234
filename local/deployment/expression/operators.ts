import type { Value } from "../attributes";
import { areEqual } from "./json";
import type { BinaryOperator } from "./syntax";
import { finite, toBoolean, toNumber } from "./values";

/** @throws ExpressionFailure for operands that do not fit the operator */
export function applyOperator(operator: BinaryOperator, left: Value, right: Value): Value {
  switch (operator) {
    case "==":
      return areEqual(left, right);
    case "!=":
      return !areEqual(left, right);
    case "||": {
      const [first, second] = [toBoolean(left), toBoolean(right)];
      return first || second;
    }
    case "&&": {
      const [first, second] = [toBoolean(left), toBoolean(right)];
      return first && second;
    }
    default:
      return calculate(operator, toNumber(left), toNumber(right));
  }
}

function calculate(
  operator: Exclude<BinaryOperator, "==" | "!=" | "||" | "&&">,
  left: number,
  right: number,
): Value {
  switch (operator) {
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
    case "+":
      return finite(left + right);
    case "-":
      return finite(left - right);
    case "*":
      return finite(left * right);
    case "/":
      return finite(left / right);
    case "%":
      return finite(left % right);
  }
}
