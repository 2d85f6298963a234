import { BlockList, isIP } from "node:net";
import { isObject } from "./json";

/** The values found at a key; empty where the key is not there. */
type Condition = (found: readonly unknown[]) => boolean;
/** Conditions by key; each key must meet one of its own. Nested keys are joined by dots. */
export type Rules = ReadonlyMap<string, readonly Condition[]>;
export type Values = ReadonlyMap<string, readonly unknown[]>;
/** Says that the pattern is not one. */
export type Refuse = (reason: string) => never;

/** Whether all keys of one of the alternatives match, of each key's conditions one. */
export function matches(alternatives: readonly Rules[], values: Values): boolean {
  return alternatives.some((rules) =>
    [...rules].every(([key, conditions]) => {
      const found = values.get(key) ?? [];
      return conditions.some((condition) => condition(found));
    }),
  );
}

/**
 * Compiles the pattern that filter policies of SNS and filters of Lambda's event sources have in common; `$or` gives alternatives. The
 * reasons are in SNS's words. How keys are joined and lists are searched is recorded in localstack's AWS-validated
 * test_sns_filter_policy.py.
 *
 * @param path of the keys so far, with a dot at its end
 * @param nests whether a key may have keys of its own
 */
export function compileRules(
  pattern: Readonly<Record<string, unknown>>,
  path: string,
  nests: boolean,
  refuse: Refuse,
): Rules[] {
  let alternatives: Rules[] = [new Map()];
  for (const [key, wanted] of Object.entries(pattern)) {
    const added =
      key === "$or" && Array.isArray(wanted) && wanted.length > 1 && wanted.every(isObject)
        ? wanted.flatMap((part) => compileRules(part, path, nests, refuse))
        : compileKey(key, wanted, path, nests, refuse);
    alternatives = alternatives.flatMap((rules) => added.map((more) => new Map([...rules, ...more])));
  }
  return alternatives;
}

function compileKey(key: string, wanted: unknown, path: string, nests: boolean, refuse: Refuse): Rules[] {
  if (isObject(wanted)) {
    if (!nests) refuse("Filter policy scope MessageAttributes does not support nested filter policy");
    return compileRules(wanted, `${path}${key}.`, nests, refuse);
  }
  if (!Array.isArray(wanted)) return refuse(`"${key}" must be an object or an array`);
  if (wanted.length === 0) refuse("Empty arrays are not allowed");
  return [new Map([[path + key, wanted.map((condition) => compileCondition(condition, refuse))]])];
}

function compileCondition(condition: unknown, refuse: Refuse): Condition {
  if (isScalar(condition)) return (found) => found.includes(condition);
  if (!isObject(condition)) return refuse("Match value must be String, number, true, false, or null");
  const [[operator, operand] = ["", undefined], ...more] = Object.entries(condition);
  if (more.length > 0) refuse("Only one key allowed in match expression");
  const text = (): string =>
    typeof operand === "string" ? operand : refuse(`${operator} match pattern must be a string`);
  switch (operator) {
    case "exists":
      return typeof operand === "boolean"
        ? (found) => found.length > 0 === operand
        : refuse("exists match pattern must be either true or false.");
    case "prefix":
    case "suffix":
    case "equals-ignore-case":
      return someText(textTests[operator](text()));
    case "cidr":
      return someText(compileCidr(operand, refuse));
    case "anything-but":
      return compileAnythingBut(operand, refuse);
    case "numeric":
      return compileNumeric(operand, refuse);
    default:
      return refuse(`Unrecognized match type ${operator}`);
  }
}

const textTests = {
  prefix: (wanted: string) => (value: string) => value.startsWith(wanted),
  suffix: (wanted: string) => (value: string) => value.endsWith(wanted),
  "equals-ignore-case": (wanted: string) => (value: string) => value.toLowerCase() === wanted.toLowerCase(),
};

function someText(test: (value: string) => boolean): Condition {
  return (found) => found.some((value) => typeof value === "string" && test(value));
}

function compileAnythingBut(operand: unknown, refuse: Refuse): Condition {
  if (isObject(operand)) {
    const [operator = "", prefix] = Object.entries(operand)[0] ?? [];
    if (operator !== "prefix") refuse(`Unsupported anything-but pattern: ${operator}`);
    if (typeof prefix !== "string") return refuse("prefix match pattern must be a string");
    return someText((value) => !value.startsWith(prefix));
  }
  const excluded = new Set<unknown>(Array.isArray(operand) ? operand : [operand]);
  if (![...excluded].every(isScalar)) refuse("Match value must be String, number, true, false, or null");
  return (found) => found.some((value) => value !== null && !excluded.has(value));
}

function compileCidr(operand: unknown, refuse: Refuse): (value: string) => boolean {
  if (typeof operand !== "string") return refuse("prefix match pattern must be a string");
  const [address = "", bits = "", ...more] = operand.split("/");
  if (bits === "" || more.length > 0) refuse("Malformed CIDR, one '/' required");
  if (!/^\d+$/.test(bits)) refuse("Malformed CIDR, mask bits must be an integer");
  const version = isIP(address);
  if (version === 0 || Number(bits) > (version === 4 ? 32 : 128))
    refuse(`Nonstandard IP address: ${address}`);
  const block = new BlockList();
  block.addSubnet(address, Number(bits), version === 4 ? "ipv4" : "ipv6");
  return (value) => isIP(value) !== 0 && block.check(value, isIP(value) === 4 ? "ipv4" : "ipv6");
}

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  "=": (value, bound) => value === bound,
  "<": (value, bound) => value < bound,
  "<=": (value, bound) => value <= bound,
  ">": (value, bound) => value > bound,
  ">=": (value, bound) => value >= bound,
};

/** One comparison, or a range: `[">", 0, "<=", 100]`. */
function compileNumeric(operand: unknown, refuse: Refuse): Condition {
  const parts: readonly unknown[] = Array.isArray(operand) ? operand : [];
  if (parts.length === 0) refuse("Invalid member in numeric match: ]");
  const [first, bottom] = comparison(
    parts,
    "Invalid member in numeric match",
    "Unrecognized numeric range operator",
  );
  const tests = [(value: number) => comparisons[first]?.(value, bottom) === true];
  if (parts.length > 2) {
    if (!first.startsWith(">")) refuse("Too many elements in numeric expression");
    const [second, top] = comparison(
      parts.slice(2),
      "Bad value in numeric range",
      "Bad numeric range operator",
    );
    if (!second.startsWith("<")) refuse(`Bad numeric range operator: ${second}`);
    if (top <= bottom) refuse("Bottom must be less than top");
    if (parts.length > 4) refuse("Too many terms in numeric range expression");
    tests.push((value) => comparisons[second]?.(value, top) === true);
  }
  return (found) => found.some((value) => typeof value === "number" && tests.every((test) => test(value)));

  function comparison(
    [operator, bound]: readonly unknown[],
    notText: string,
    unknown: string,
  ): [string, number] {
    if (typeof operator !== "string") return refuse(`${notText}: ${operator}`);
    if (!Object.hasOwn(comparisons, operator)) refuse(`${unknown}: ${operator}`);
    if (typeof bound !== "number")
      return refuse(`Value of ${operator === "=" ? "equals" : operator} must be numeric`);
    return [operator, bound];
  }
}

/** All values of a JSON object by their keys, joined by dots; what is in lists counts for the key of the list. */
export function valuesOf(body: Readonly<Record<string, unknown>>): Values {
  const values = new Map<string, unknown[]>();
  const collect = (value: unknown, path: string): void => {
    if (Array.isArray(value)) for (const item of value) collect(item, path);
    else if (isObject(value)) {
      for (const [key, member] of Object.entries(value))
        collect(member, path === "" ? key : `${path}.${key}`);
    } else values.set(path, [...(values.get(path) ?? []), value]);
  };
  collect(body, "");
  return values;
}

function isScalar(value: unknown): value is string | number | boolean | null {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}
