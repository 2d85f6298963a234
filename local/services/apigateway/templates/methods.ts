import { compileLinear } from "../../../kernel/linear-pattern";
import {
  isEqual,
  isVtlObject,
  memberOf,
  STEP,
  spend,
  TemplateError,
  toText,
  type Vtl,
  VtlList,
  type VtlMap,
} from "./values";

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
