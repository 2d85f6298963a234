import { isObject } from "../../../kernel/json";

/** What a template works with: Java's texts, numbers, lists and maps. */
export type Vtl = string | number | boolean | null | VtlList | VtlMap | VtlObject;
export type VtlMap = Map<string, Vtl>;

/** A list; one that JSON was read into prints as JSON. */
export class VtlList {
  constructor(
    readonly items: Vtl[],
    readonly isJson = false,
  ) {}
}

/** `$input` and `$util`: what they have, and what they do. */
export interface VtlObject {
  readonly members: Readonly<Record<string, Vtl>>;
  readonly methods: Readonly<Record<string, (...args: Vtl[]) => Vtl>>;
}

/** "Number of iterations in a #foreach ... #end loop in mapping templates: 1000" (Developer Guide, "Quotas"). */
export const MOST_ITERATIONS = 1000;

/** The template asks for what there is not, or for too much. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}

/** What one rendering may take, some tenths of a second; no template of use comes near. */
const MOST_WORK = 20_000_000;

let left = Number.POSITIVE_INFINITY;

/** Does the work of one rendering, which ends when it takes too much. Nothing in it waits, so no other comes in between. */
export function bounded<T>(work: () => T): T {
  left = MOST_WORK;
  try {
    return work();
  } catch (error) {
    // A value that holds itself, or a template that uses itself.
    if (error instanceof RangeError) throw new TemplateError("the template is nested too deeply");
    throw error;
  } finally {
    left = Number.POSITIVE_INFINITY;
  }
}

/** What takes as long as some tens of characters: a step of the template, a value that is printed or copied. */
export const STEP = 20;

/** @param work one for each character, `STEP` for each step and value */
export function spend(work: number): void {
  left -= work;
  if (left < 0) throw new TemplateError("the template takes too long");
}

/** JSON as templates see it. */
export function fromJson(value: unknown): Vtl {
  if (Array.isArray(value)) return new VtlList(value.map(fromJson), true);
  if (isObject(value)) return new Map(Object.entries(value).map(([key, member]) => [key, fromJson(member)]));
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

/**
 * How a value prints: nothing for null, a list of JSON as JSON, a map as Java prints it, `{foo=bar}` (recorded in localstack's
 * AWS-validated tests, `test_input_path_template_formatting`).
 */
export function toText(value: Vtl): string {
  return value === null ? "" : print(value);
}

function print(value: Vtl): string {
  spend(STEP);
  if (value instanceof VtlList && value.isJson) return printJson(value);
  if (value instanceof VtlList) return `[${value.items.map(print).join(", ")}]`;
  if (value instanceof Map)
    return `{${[...value].map(([key, member]) => `${key}=${print(member)}`).join(", ")}}`;
  const text = isVtlObject(value) ? "" : String(value);
  spend(text.length);
  return text;
}

function printJson(value: Vtl): string {
  spend(STEP);
  if (value instanceof VtlList) return `[${value.items.map(printJson).join(",")}]`;
  if (value instanceof Map) {
    const members = [...value].map(([key, member]) => `${JSON.stringify(key)}:${printJson(member)}`);
    return `{${members.join(",")}}`;
  }
  const text = JSON.stringify(isVtlObject(value) ? null : value);
  spend(text.length);
  return text;
}

export function isVtlObject(value: Vtl): value is VtlObject {
  return (
    typeof value === "object" && value !== null && !(value instanceof Map) && !(value instanceof VtlList)
  );
}

/** Null and an empty text are equal (ibid.); values of other kinds are compared as they print. */
export function isEqual(left: Vtl, right: Vtl): boolean {
  return typeof left === "number" && typeof right === "number"
    ? left === right
    : toText(left) === toText(right);
}

export function isTrue(value: Vtl): boolean {
  return value !== null && value !== false && value !== "" && value !== 0;
}

/** `$foo.bar`, `$foo["bar"]`, `$foo[0]`. */
export function memberOf(value: Vtl, key: Vtl): Vtl {
  if (value instanceof Map) return value.get(toText(key)) ?? null;
  if (value instanceof VtlList) return typeof key === "number" ? (value.items.at(key) ?? null) : null;
  if (!isVtlObject(value)) return null;
  const name = toText(key);
  return Object.hasOwn(value.members, name) ? (value.members[name] ?? null) : null;
}

export function setMember(value: Vtl, key: Vtl, member: Vtl): void {
  if (value instanceof Map) value.set(toText(key), member);
  else if (value instanceof VtlList && typeof key === "number" && key in value.items)
    value.items[key] = member;
}
