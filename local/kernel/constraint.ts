import { once, onceFor } from "./once";

/** What an API model says of a text: lengths in characters, a pattern for the whole text, the values of an enum. */
export interface TextRule {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly oneOf?: readonly string[];
}

/** What an API model says of a text's length or of a list's. */
export type SizeRule = Pick<TextRule, "min" | "max">;

export interface NumberRule {
  readonly min?: number;
  readonly max?: number;
}

/** A constraint as AWS's validators word it, and which values keep it. */
export interface Constraint<T> {
  readonly text: string;
  holds(value: T): boolean;
}

/** What a rule demands of a text, created once a rule: a start asks thousands of times, and every call of an AWS API asks again. */
export const textConstraints = onceFor(({ pattern, oneOf, ...size }: TextRule) => {
  const constraints: Constraint<string>[] = [...sizeConstraints(size)];
  if (pattern !== undefined) {
    const whole = once(() => wholeText(pattern));
    constraints.push({
      text: `Member must satisfy regular expression pattern: ${pattern}`,
      holds: (value) => whole().test(value),
    });
  }
  if (oneOf !== undefined)
    constraints.push({
      text: `Member must satisfy enum value set: [${oneOf.join(", ")}]`,
      holds: (value) => oneOf.includes(value),
    });
  return constraints;
});

/** On the length of a text, a list or a map. */
export const sizeConstraints = onceFor((rule: SizeRule): Constraint<{ readonly length: number }>[] =>
  bounds("length", rule).map(({ text, holds }) => ({ text, holds: ({ length }) => holds(length) })),
);

export const numberConstraints = onceFor((rule: NumberRule) => bounds("value", rule));

function bounds(of: "length" | "value", { min, max }: NumberRule): Constraint<number>[] {
  const constraints: Constraint<number>[] = [];
  if (max !== undefined)
    constraints.push({
      text: `Member must have ${of} less than or equal to ${max}`,
      holds: (value) => value <= max,
    });
  if (min !== undefined)
    constraints.push({
      text: `Member must have ${of} greater than or equal to ${min}`,
      holds: (value) => value >= min,
    });
  return constraints;
}

/** The first constraint that a text breaks. */
export function brokenTextRule(value: string, rule: TextRule): string | undefined {
  return broken(value, textConstraints(rule));
}

/** The constraint that the length of a text or of a list breaks. */
export function brokenSizeRule(value: { readonly length: number }, rule: SizeRule): string | undefined {
  return broken(value, sizeConstraints(rule));
}

export function brokenNumberRule(value: number, rule: NumberRule): string | undefined {
  return broken(value, numberConstraints(rule));
}

function broken<T>(value: T, constraints: readonly Constraint<T>[]): string | undefined {
  return constraints.find(({ holds }) => !holds(value))?.text;
}

/**
 * The service models' patterns are Java's, where a hyphen after a class in a set is a hyphen: `[\w-_]`, and where a punctuation
 * mark may have a backslash without need: `\!`.
 */
function wholeText(pattern: string): RegExp {
  const unescaped = pattern.replace(/\\([!=_@:#&,;<>%~"'`])/g, "$1");
  return new RegExp(`^(?:${unescaped.replace(/(?<!\\)-_/g, "\\-_")})$`, "u");
}
