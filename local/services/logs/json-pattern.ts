import { AwsError } from "../../kernel/aws-error";

export type Matcher = (message: string) => boolean;

type Test = (event: unknown) => boolean;

const comparison =
  /^\$((?:\.[\w-]+|\[\d+\])+)\s*(=|!=|<=|>=|<|>)\s*(?:"((?:[^"\\]|\\.)*)"|(-?\d+(?:\.\d+)?)|([\w.*:/-]+))$/;

/**
 * Compiles `{ $.a.b = "x*" && $.n >= 3 }`: comparisons of one field each, joined all by `&&` or all by `||`. Anything
 * else (brackets, `IS NULL`, `NOT EXISTS`) is refused. An event that is no JSON object does not match.
 *
 * CloudWatch Logs User Guide, "Using filter patterns to match terms in JSON log events".
 */
export function compileJsonPattern(pattern: string): Matcher {
  if (!pattern.endsWith("}")) return refuse(pattern, "the closing } is missing");
  const body = pattern.slice(1, -1).trim();
  const parts = body.split(/\s*(&&|\|\|)\s*/);
  const operators = new Set(parts.filter((_, index) => index % 2 === 1));
  if (operators.size > 1) return refuse(pattern, "&& and || in one pattern are not supported here");
  const tests = parts.filter((_, index) => index % 2 === 0).map((part) => compileComparison(pattern, part));
  return (message) => {
    const event = parseObject(message);
    if (event === undefined) return false;
    return operators.has("||") ? tests.some((test) => test(event)) : tests.every((test) => test(event));
  };
}

function compileComparison(pattern: string, text: string): Test {
  const match = comparison.exec(text);
  if (match === null) return refuse(pattern, `'${text}' is not a comparison that is supported here`);
  const [, path = "", operator = "", quoted, number, bare] = match;
  const keys = path.split(/[.[\]]+/).filter((key) => key !== "");
  if (number !== undefined) return (event) => compareNumbers(valueAt(event, keys), operator, Number(number));
  if (operator !== "=" && operator !== "!=") return refuse(pattern, `${operator} compares numbers only`);
  const wanted = wildcard(quoted?.replace(/\\(.)/g, "$1") ?? bare ?? "");
  return (event) => {
    const value = valueAt(event, keys);
    if (value === undefined || value === null || typeof value === "object") return false;
    return wanted.test(String(value)) === (operator === "=");
  };
}

function compareNumbers(value: unknown, operator: string, wanted: number): boolean {
  if (typeof value !== "number") return false;
  switch (operator) {
    case "=":
      return value === wanted;
    case "!=":
      return value !== wanted;
    case "<":
      return value < wanted;
    case "<=":
      return value <= wanted;
    case ">":
      return value > wanted;
    default:
      return value >= wanted;
  }
}

function wildcard(text: string): RegExp {
  const escaped = text.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`, "s");
}

function valueAt(event: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
    event,
  );
}

function parseObject(message: string): object | undefined {
  try {
    const value: unknown = JSON.parse(message);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

export function refuse(pattern: string, reason: string): never {
  throw new AwsError("InvalidParameterException", `Invalid filter pattern: ${reason} (received ${pattern})`);
}
