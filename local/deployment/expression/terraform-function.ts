import type { Value } from "../attributes";

/** A function of Terraform's language: how many arguments it takes, and what it makes of them. */
export interface TerraformFunction {
  readonly least: number;
  readonly most: number;
  /** `folder`: from which Terraform runs, for functions of files. */
  readonly call: (values: readonly Value[], folder: string) => Value;
}

/** A function with exactly one argument. */
export function unary(call: (value: Value) => Value): TerraformFunction {
  return { least: 1, most: 1, call: ([value = null]) => call(value) };
}

/** A function with exactly two arguments. */
export function binary(call: (first: Value, second: Value) => Value): TerraformFunction {
  return { least: 2, most: 2, call: ([first = null, second = null]) => call(first, second) };
}

/** A function with three arguments. */
export function ternary(call: (first: Value, second: Value, third: Value) => Value): TerraformFunction {
  return {
    least: 3,
    most: 3,
    call: ([first = null, second = null, third = null]) => call(first, second, third),
  };
}

/** A function with any number of arguments, from `least` on. */
export function variadic(
  least: number,
  call: (values: readonly Value[]) => Value,
  most = Number.POSITIVE_INFINITY,
): TerraformFunction {
  return { least, most, call };
}
