import type { Value } from "../attributes";
import { binary, type TerraformFunction, unary, variadic } from "./terraform-function";
import { ExpressionFailure, finite, toInteger, toList, toNumber, toText } from "./values";

const numbers = (values: readonly Value[]) => values.map(toNumber);

export const numberFunctions: Readonly<Record<string, TerraformFunction>> = {
  abs: unary((value) => Math.abs(toNumber(value))),
  ceil: unary((value) => Math.ceil(toNumber(value))),
  floor: unary((value) => Math.floor(toNumber(value))),
  signum: unary((value) => Math.sign(toNumber(value))),
  log: binary((value, base) => finite(Math.log(toNumber(value)) / Math.log(toNumber(base)))),
  pow: binary((value, power) => finite(toNumber(value) ** toNumber(power))),
  max: variadic(1, (values) => Math.max(...numbers(values))),
  min: variadic(1, (values) => Math.min(...numbers(values))),
  sum: unary((list) => {
    const items = toList(list);
    if (items.length === 0) throw new ExpressionFailure("cannot sum an empty list");
    return finite(numbers(items).reduce((sum, item) => sum + item, 0));
  }),
  parseint: binary((value, base) => parseInteger(toText(value), toInteger(base))),
  range: variadic(1, range, 3),
};

function parseInteger(text: string, base: number): number {
  if (base < 2 || base > 62) throw new ExpressionFailure(`the base must be from 2 to 62, received ${base}`);
  // Up to base 36 upper and lower case are the same digit; above it, upper case comes after lower case.
  const digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".slice(0, base);
  const [, sign = "", written = ""] = /^([+-]?)(.+)$/s.exec(base <= 36 ? text.toLowerCase() : text) ?? [];
  const values = Array.from(written, (digit) => digits.indexOf(digit));
  if (values.length === 0 || values.includes(-1))
    throw new ExpressionFailure(`the text is not a whole number of base ${base}`);
  const value = values.reduce((sum, digit) => sum * base + digit, 0);
  return sign === "-" ? -value : value;
}

/** `range(end)`, `range(start, end)`, `range(start, end, step)`. */
function range(values: readonly Value[]): number[] {
  const [first = 0, second, third] = numbers(values);
  const [start, end] = second === undefined ? [0, first] : [first, second];
  const step = third ?? (end < start ? -1 : 1);
  if (step === 0) throw new ExpressionFailure("the step must not be zero");
  if ((end - start) * step < 0) throw new ExpressionFailure(`the step ${step} leads away from ${end}`);
  // Terraform's own limit.
  const length = Math.ceil((end - start) / step);
  if (length > 1024) throw new ExpressionFailure("more than 1024 values would be generated");
  return Array.from({ length }, (_, index) => finite(start + index * step));
}
