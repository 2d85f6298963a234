import { isObject } from "../../kernel/json";
import type { Value } from "../attributes";
import { areEqual, byCodePoint } from "./json";
import { binary, type TerraformFunction, unary } from "./terraform-function";
import { characters } from "./text-functions";
import { ExpressionFailure, toInteger, toList, toRecord, toText, unify } from "./values";

const any = { least: 0, most: Number.POSITIVE_INFINITY };
const some = { least: 1, most: Number.POSITIVE_INFINITY };

export const collectionFunctions: Readonly<Record<string, TerraformFunction>> = {
  length: unary((value) => {
    if (Array.isArray(value)) return value.length;
    return isObject(value) ? Object.keys(value).length : characters(toText(value)).length;
  }),
  concat: { ...some, call: (lists) => lists.flatMap(toList) },
  flatten: unary((value) => flatten(toList(value))),
  contains: binary((list, value) => toList(list).some((item) => areEqual(item, value))),
  element: binary((list, index) => element(toList(list), toInteger(index))),
  one: unary((value) => {
    const items = toList(value);
    if (items.length > 1)
      throw new ExpressionFailure(`the list must have one item or none, it has ${items.length}`);
    return items[0] ?? null;
  }),
  coalesce: {
    ...some,
    call: (values) => {
      const unified = unify(values);
      const found = unified.find((value) => value !== null && value !== "");
      if (found === undefined) throw new ExpressionFailure("every argument is null or empty");
      return found;
    },
  },
  tomap: unary((value) => {
    if (value === null) return null;
    const entries = Object.entries(toRecord(value));
    const items = unify(entries.map(([, item]) => item));
    return Object.fromEntries(entries.map(([key], index) => [key, items[index] ?? null]));
  }),
  merge: {
    ...any,
    call: (maps) =>
      Object.fromEntries(maps.flatMap((map) => (map === null ? [] : Object.entries(toRecord(map))))),
  },
  keys: unary((map) => Object.keys(toRecord(map)).sort(byCodePoint)),
  values: unary((map) => {
    const record = toRecord(map);
    return Object.keys(record)
      .sort(byCodePoint)
      .map((key) => record[key] ?? null);
  }),
  lookup: {
    least: 2,
    most: 3,
    call: ([map = null, key = null, fallback]) => {
      const [record, name] = [toRecord(map), toText(key)];
      const value = Object.hasOwn(record, name) ? record[name] : fallback;
      if (value === undefined) throw new ExpressionFailure(`there is no key "${name}" in the map`);
      return value;
    },
  },
};

function element(items: readonly Value[], index: number): Value {
  const item = index < 0 ? undefined : items[index % items.length];
  if (item !== undefined) return item;
  throw new ExpressionFailure(`there is no item ${index} in a list of ${items.length}`);
}

function flatten(items: readonly Value[]): Value[] {
  return items.flatMap((item) => (Array.isArray(item) ? flatten(item) : [item]));
}
