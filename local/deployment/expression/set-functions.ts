import { isObject } from "../../kernel/json";
import type { Value } from "../attributes";
import { areEqual, byCodePoint, encodeJson } from "./json";
import { binary, type TerraformFunction, ternary, unary, variadic } from "./terraform-function";
import { ExpressionFailure, toBoolean, toInteger, toList, toRecord, toText, unify } from "./values";

/** Functions that choose from lists, sets and maps, or put them together anew. */
export const setFunctions: Readonly<Record<string, TerraformFunction>> = {
  alltrue: unary((list) => toList(list).every((item) => item !== null && toBoolean(item))),
  anytrue: unary((list) => toList(list).some((item) => item !== null && toBoolean(item))),
  chunklist: binary((list, size) => chunks(toList(list), toInteger(size))),
  coalescelist: variadic(1, (lists) => {
    const found = lists.find((list) => toList(list).length > 0);
    if (found === undefined) throw new ExpressionFailure("every list is empty");
    return found;
  }),
  compact: unary((list) => toList(list).filter((item) => item !== null && item !== "")),
  distinct: unary((list) => distinct(toList(list))),
  index: binary((list, value) => {
    const at = toList(list).findIndex((item) => areEqual(item, value));
    if (at === -1) throw new ExpressionFailure("the item is not in the list");
    return at;
  }),
  matchkeys: ternary((values, keys, wanted) => {
    const [items, names, search] = [toList(values), toList(keys), toList(wanted)];
    if (items.length !== names.length)
      throw new ExpressionFailure(`there are ${items.length} values and ${names.length} keys`);
    return items.filter((_, index) => search.some((item) => areEqual(item, names[index] ?? null)));
  }),
  reverse: unary((list) => [...toList(list)].reverse()),
  setintersection: variadic(1, (sets) => {
    const [first = [], ...others] = sets.map(toList);
    return toSet(first.filter((item) => others.every((other) => includes(other, item))));
  }),
  setproduct: variadic(2, (sets) =>
    sets
      .map(toList)
      .reduce<Value[][]>((rows, items) => rows.flatMap((row) => items.map((item) => [...row, item])), [[]]),
  ),
  setsubtract: binary((set, other) => toSet(toList(set).filter((item) => !includes(toList(other), item)))),
  setunion: variadic(1, (sets) => toSet(unify(sets.flatMap(toList)))),
  slice: ternary((list, start, end) => {
    const [items, from, to] = [toList(list), toInteger(start), toInteger(end)];
    if (from < 0 || from > to || to > items.length)
      throw new ExpressionFailure(`there is no part from ${from} to ${to} in a list of ${items.length}`);
    return items.slice(from, to);
  }),
  sort: unary((list) => toList(list).map(toText).sort(byCodePoint)),
  toset: unary((value) => (value === null ? null : toSet(unify(toList(value))))),
  transpose: unary((map) => {
    const transposed = new Map<string, string[]>();
    for (const [key, items] of Object.entries(toRecord(map)).sort(([a], [b]) => byCodePoint(a, b)))
      for (const item of toList(items).map(toText))
        transposed.set(item, [...(transposed.get(item) ?? []), key]);
    return Object.fromEntries(transposed);
  }),
  zipmap: binary((keys, values) => {
    const [names, items] = [toList(keys).map(toText), toList(values)];
    if (names.length !== items.length)
      throw new ExpressionFailure(`there are ${names.length} keys and ${items.length} values`);
    return Object.fromEntries(names.map((name, index) => [name, items[index] ?? null]));
  }),
};

function includes(items: readonly Value[], value: Value): boolean {
  return items.some((item) => areEqual(item, value));
}

function distinct(items: readonly Value[]): Value[] {
  return [...new Map(items.map((item) => [encodeJson(item), item])).values()];
}

/** Each item once, in Terraform's order of a set: numbers by value, strings by their bytes. */
function toSet(items: readonly Value[]): Value[] {
  return distinct(items).sort((left, right) =>
    typeof left === "number" && typeof right === "number"
      ? left - right
      : byCodePoint(encodeJson(left), encodeJson(right)),
  );
}

function chunks(items: readonly Value[], size: number): Value[] {
  if (size < 0) throw new ExpressionFailure("the size must not be negative");
  if (size === 0) return items.length === 0 ? [] : [[...items]];
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/** The items of a list, or of a map in the order of its keys, with what a `for` names each by. */
export function entriesOf(collection: Value): (readonly [key: Value, value: Value])[] {
  if (Array.isArray(collection)) return collection.map((item, index) => [index, item]);
  if (isObject(collection))
    return Object.keys(collection)
      .sort(byCodePoint)
      .map((key) => [key, collection[key] ?? null]);
  throw new ExpressionFailure("a list or a map is required");
}
