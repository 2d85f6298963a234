import { isObject } from "../../kernel/json";
import type { Value } from "../attributes";
import { ExpressionFailure, formatNumber } from "./values";

const escapedInHtml = /[<>&\u2028\u2029]/g;

/** JSON as Terraform's `jsonencode` writes it: no spaces, keys in order, what is special in HTML escaped. */
export function encodeJson(value: Value): string {
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "string") return encodeString(value);
  if (Array.isArray(value)) return `[${value.map(encodeJson).join(",")}]`;
  if (isObject(value)) {
    const members = Object.keys(value).sort(byCodePoint);
    return `{${members.map((key) => `${encodeString(key)}:${encodeJson(value[key] ?? null)}`).join(",")}}`;
  }
  return String(value);
}

export function encodeString(text: string): string {
  return JSON.stringify(text).replace(
    escapedInHtml,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

export function decodeJson(text: string): Value {
  try {
    return JSON.parse(text);
  } catch {
    throw new ExpressionFailure("jsondecode: the string is not JSON");
  }
}

/** Terraform's order of strings: by their UTF-8 bytes. */
export function byCodePoint(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

export function areEqual(left: Value, right: Value): boolean {
  return encodeJson(left) === encodeJson(right);
}
