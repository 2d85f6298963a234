import { isObject } from "../../kernel/json";
import type { Value } from "../attributes";

/** Terraform's conversions between types, and its refusals. */

/**
 * Why an expression has no value: a syntax or a function that is not supported, or an operand that does not fit. It
 * never leaves `evaluateTemplate`, which turns it into a `DeploymentError` with the resource's address.
 */
export class ExpressionFailure extends Error {
  override readonly name = "ExpressionFailure";
}

/** What a value is called in a message; a secret may be in it, so never the value itself. */
export function describe(value: Value): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

export function toText(value: Value): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "boolean") return String(value);
  throw new ExpressionFailure(`a string is required, received ${describe(value)}`);
}

export function toNumber(value: Value): number {
  if (typeof value === "number") return value;
  if (typeof value === "string" && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value)) return finite(Number(value));
  throw new ExpressionFailure(`a number is required, received ${describe(value)}`);
}

export function toInteger(value: Value): number {
  const number = toNumber(value);
  if (Number.isInteger(number)) return number;
  throw new ExpressionFailure(`a whole number is required, received ${formatNumber(number)}`);
}

export function toBoolean(value: Value): boolean {
  if (value === true || value === "true") return true;
  if (value === false || value === "false") return false;
  throw new ExpressionFailure(`true or false is required, received ${describe(value)}`);
}

export function toList(value: Value): Value[] {
  if (Array.isArray(value)) return value;
  throw new ExpressionFailure(`a list is required, received ${describe(value)}`);
}

export function toRecord(value: Value): Record<string, Value> {
  if (isObject(value)) return value;
  throw new ExpressionFailure(`an object is required, received ${describe(value)}`);
}

/** Without exponent, as Terraform writes every number. */
export function formatNumber(value: number): string {
  const text = String(value);
  const [, digits = "", exponent] = /^(-?[\d.]+)e([+-]\d+)$/.exec(text) ?? [];
  if (exponent === undefined) return text;
  if (Number(exponent) > 0) {
    const [whole = "", fraction = ""] = digits.split(".");
    return whole + fraction.padEnd(Number(exponent), "0");
  }
  const sign = digits.startsWith("-") ? "-" : "";
  return `${sign}0.${"0".repeat(-Number(exponent) - 1)}${digits.replace(/[-.]/g, "")}`;
}

/**
 * Terraform calculates with more digits than a double has. Rounding to what a double holds for sure gives its result
 * for the numbers that occur: `0.1 + 0.2` is `0.3`.
 */
export function finite(value: number): number {
  if (!Number.isFinite(value)) throw new ExpressionFailure("the result of the calculation is not a number");
  return Number.isSafeInteger(value) ? value : Number(value.toPrecision(15));
}

/** Items of one type, as a list or a set has them: with a string among them, numbers and booleans become strings. */
export function unify(items: readonly Value[]): Value[] {
  return items.some((item) => typeof item === "string")
    ? items.map((item) => (typeof item === "number" || typeof item === "boolean" ? toText(item) : item))
    : [...items];
}
