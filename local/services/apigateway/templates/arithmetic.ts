import { TemplateError, type Vtl } from "./values";

/** Java divides whole numbers to whole numbers; a division by zero is nothing. */
export function calculated(operator: string, left: number, right: number): Vtl {
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
