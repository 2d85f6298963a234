import { isObject } from "../../../kernel/json";
import { compileLinear } from "../../../kernel/linear-pattern";

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

function isVtlObject(value: Vtl): value is VtlObject {
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

/** Calls a method of Java's, or one of `$input` and `$util`. @throws TemplateError for one that is not here */
export function callMethod(value: Vtl, name: string, args: readonly Vtl[]): Vtl {
  if (value === null) return null;
  // Each goes through the whole of a text once; a pattern with all its instructions.
  if (typeof value === "string")
    spend(value.length * (/^(?:matches|replaceAll|replaceFirst|split)$/.test(name) ? 20 : 1));
  const method = methodOf(value, name);
  if (method !== undefined) return method(...args);
  if (name === "toString" && args.length === 0) return toText(value);
  if (name === "equals") return isEqual(value, args[0] ?? null);
  const property = /^get([A-Z]\w*)$/.exec(name)?.[1];
  if (property !== undefined && args.length === 0 && value instanceof Map)
    return memberOf(value, property.charAt(0).toLowerCase() + property.slice(1));
  throw new TemplateError(`the method ${name} of ${kindOf(value)} is not served locally`);
}

type Method = (...args: Vtl[]) => Vtl;

function methodOf(value: Exclude<Vtl, null>, name: string): Method | undefined {
  const methods = isVtlObject(value)
    ? value.methods
    : value instanceof VtlList
      ? listMethods(value)
      : value instanceof Map
        ? mapMethods(value)
        : typeof value === "number"
          ? numberMethods(value)
          : textMethods(String(value));
  return Object.hasOwn(methods, name) ? methods[name] : undefined;
}

function kindOf(value: Vtl): string {
  if (value instanceof VtlList) return "a list";
  if (value instanceof Map) return "a map";
  return typeof value === "string"
    ? "a text"
    : typeof value === "object"
      ? "$input or $util"
      : `a ${typeof value}`;
}

type Methods = Readonly<Record<string, Method>>;
const text = (value: Vtl | undefined) => toText(value ?? null);
const whole = (value: Vtl | undefined) => Math.trunc(Number(toText(value ?? null)));

function textMethods(own: string): Methods {
  return {
    charAt: (index) => own.charAt(whole(index)),
    compareTo: (other) => (own < text(other) ? -1 : own > text(other) ? 1 : 0),
    concat: (other) => own + text(other),
    contains: (other) => own.includes(text(other)),
    endsWith: (other) => own.endsWith(text(other)),
    equalsIgnoreCase: (other) => own.toLowerCase() === text(other).toLowerCase(),
    indexOf: (other) => own.indexOf(text(other)),
    isEmpty: () => own === "",
    lastIndexOf: (other) => own.lastIndexOf(text(other)),
    length: () => own.length,
    matches: (pattern) => compile(pattern).matchesWhole(own),
    replace: (from, to) => own.replaceAll(text(from), () => text(to)),
    replaceAll: (pattern, to) => compile(pattern).replaceAll(own, text(to)),
    replaceFirst: (pattern, to) => compile(pattern).replaceFirst(own, text(to)),
    split: (pattern) => new VtlList(compile(pattern).split(own)),
    startsWith: (other) => own.startsWith(text(other)),
    substring: (from, to) => own.slice(whole(from), to === undefined ? undefined : whole(to)),
    toLowerCase: () => own.toLowerCase(),
    toUpperCase: () => own.toUpperCase(),
    trim: () => own.trim(),
  };
}

/** A client chooses the text: patterns run in linear time. */
function compile(pattern: Vtl | undefined) {
  try {
    return compileLinear(text(pattern));
  } catch (error) {
    throw new TemplateError(
      `the pattern ${JSON.stringify(text(pattern))} cannot run in linear time: ${String(error)}`,
    );
  }
}

function numberMethods(own: number): Methods {
  return {
    doubleValue: () => own,
    intValue: () => Math.trunc(own),
    longValue: () => Math.trunc(own),
    // `#set($Integer = 0)` gives templates Java's `Integer.parseInt`.
    parseInt: (digits) => whole(digits),
  };
}

function listMethods({ items }: VtlList): Methods {
  return {
    add: (item) => items.push(item ?? null) > 0,
    addAll: (other) => {
      if (!(other instanceof VtlList)) return false;
      spend(STEP * other.items.length);
      for (const item of [...other.items]) items.push(item);
      return other.items.length > 0;
    },
    clear: () => {
      items.length = 0;
      return null;
    },
    contains: (item) => items.some((other) => isEqual(other, item ?? null)),
    // Developer Guide, "Variables for data transformations": `$input.path('$.pets').count()`.
    count: () => items.length,
    get: (index) => items[whole(index)] ?? null,
    indexOf: (item) => items.findIndex((other) => isEqual(other, item ?? null)),
    isEmpty: () => items.length === 0,
    remove: (index) => items.splice(whole(index), 1)[0] ?? null,
    set: (index, item) => items.splice(whole(index), 1, item ?? null)[0] ?? null,
    size: () => items.length,
    subList: (from, to) => new VtlList(items.slice(whole(from), whole(to))),
  };
}

function mapMethods(own: VtlMap): Methods {
  return {
    containsKey: (key) => own.has(text(key)),
    containsValue: (value) => [...own.values()].some((other) => isEqual(other, value ?? null)),
    entrySet: () =>
      new VtlList(
        [...own].map(
          ([key, value]) =>
            new Map<string, Vtl>([
              ["key", key],
              ["value", value],
            ]),
        ),
      ),
    get: (key) => own.get(text(key)) ?? null,
    getOrDefault: (key, fallback) => own.get(text(key)) ?? fallback ?? null,
    isEmpty: () => own.size === 0,
    keySet: () => new VtlList([...own.keys()]),
    put: (key, value) => {
      const before = own.get(text(key)) ?? null;
      own.set(text(key), value ?? null);
      return before;
    },
    putAll: (other) => {
      if (other instanceof Map) for (const [key, value] of other) own.set(key, value);
      return null;
    },
    remove: (key) => {
      const before = own.get(text(key)) ?? null;
      own.delete(text(key));
      return before;
    },
    size: () => own.size,
    values: () => new VtlList([...own.values()]),
  };
}
