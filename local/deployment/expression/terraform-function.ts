import type { Value } from "../attributes";

/** A function of Terraform's language: how many arguments it takes, and what it makes of them. */
export interface TerraformFunction {
  readonly least: number;
  readonly most: number;
  readonly call: (values: readonly Value[]) => Value;
}

/** A function with exactly one argument. */
export function unary(call: (value: Value) => Value): TerraformFunction {
  return { least: 1, most: 1, call: ([value = null]) => call(value) };
}

/** A function with exactly two arguments. */
export function binary(call: (first: Value, second: Value) => Value): TerraformFunction {
  return { least: 2, most: 2, call: ([first = null, second = null]) => call(first, second) };
}
