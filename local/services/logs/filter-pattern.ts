import { AwsError } from "../../kernel/aws-error";
import { isObject, parseJson } from "../../kernel/json";

type Matcher = (event: FilteredEvent) => boolean;

interface FilteredEvent {
  readonly message: string;
}

/**
 * Compiles a filter pattern, or refuses it with an `InvalidParameterException` that says what is not understood: a
 * pattern never matches anything else than it says.
 *
 * Terms (all must be in the message), `"quoted phrases"`, `?term` (one of these is enough), `-term` (must not be in the
 * message), and `{ $.field = "value" }` for messages in JSON. CloudWatch Logs User Guide, "Filter pattern syntax": the
 * case counts, and the `?` terms count only where no other term is required.
 */
export function compileFilterPattern(pattern: string): Matcher {
  const text = pattern.trim();
  if (text === "") return () => true;
  if (text.startsWith("{")) return compileJsonPattern(text);
  if (text.startsWith("[")) return refuse(text, "patterns for space-delimited events are not supported here");
  const terms = readTerms(text);
  const required = terms.filter((term) => term.sign === "");
  const optional = terms.filter((term) => term.sign === "?");
  const excluded = terms.filter((term) => term.sign === "-");
  return ({ message }) =>
    required.every((term) => message.includes(term.text)) &&
    (required.length > 0 || optional.length === 0 || optional.some((term) => message.includes(term.text))) &&
    !excluded.some((term) => message.includes(term.text));
}

interface Term {
  readonly sign: "" | "?" | "-";
  readonly text: string;
}

const term = /\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/y;

function readTerms(pattern: string): Term[] {
  const terms: Term[] = [];
  term.lastIndex = 0;
  while (term.lastIndex < pattern.length) {
    const match = term.exec(pattern);
    if (match === null) return refuse(pattern, "a quotation mark is not closed");
    const [, sign, quoted, bare] = match;
    if (bare?.startsWith("%")) refuse(pattern, "regular expressions are not supported here");
    if (bare !== undefined && !/^[\p{L}\p{N}_*]+$/u.test(bare))
      refuse(pattern, `Invalid character(s) in term '${bare}'`);
    const text = quoted?.replace(/\\(.)/g, "$1") ?? bare ?? "";
    terms.push({ sign: sign === "?" || sign === "-" ? sign : "", text });
  }
  return terms;
}

type Test = (event: unknown) => boolean;

const comparison =
  /^\$((?:\.[\w-]+|\[\d+\])+)\s*(=|!=|<=|>=|<|>)\s*(?:"((?:[^"\\]|\\.)*)"|(-?\d+(?:\.\d+)?)|([\w.*:/-]+))$/;

/**
 * Compiles `{ $.a.b = "x*" && $.n >= 3 }`: comparisons of one field each, joined all by `&&` or all by `||`. Anything
 * else (brackets, `IS NULL`, `NOT EXISTS`) is refused. An event that is not a JSON object does not match.
 *
 * CloudWatch Logs User Guide, "Using filter patterns to match terms in JSON log events".
 */
function compileJsonPattern(pattern: string): Matcher {
  if (!pattern.endsWith("}")) return refuse(pattern, "the closing } is missing");
  const body = pattern.slice(1, -1).trim();
  const parts = body.split(/\s*(&&|\|\|)\s*/);
  const operators = new Set(parts.filter((_, index) => index % 2 === 1));
  if (operators.size > 1) return refuse(pattern, "&& and || in one pattern are not supported here");
  const tests = parts.filter((_, index) => index % 2 === 0).map((part) => compileComparison(pattern, part));
  return (given) => {
    const event = parsedOnce(given);
    if (!isObject(event)) return false;
    return operators.has("||") ? tests.some((test) => test(event)) : tests.every((test) => test(event));
  };
}

const parsed = new WeakMap<FilteredEvent, unknown>();

/** People filter the same events again and again, and parsing them takes nearly all of the time. */
function parsedOnce(event: FilteredEvent): unknown {
  if (parsed.has(event)) return parsed.get(event);
  const value = parseJson(event.message);
  parsed.set(event, value);
  return value;
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

function refuse(pattern: string, reason: string): never {
  throw new AwsError("InvalidParameterException", `Invalid filter pattern: ${reason} (received ${pattern})`);
}
