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

/** The constraint that a text breaks, as AWS's validators word it. */
export function brokenTextRule(value: string, { pattern, oneOf, ...size }: TextRule): string | undefined {
  const broken = brokenSizeRule(value, size);
  if (broken !== undefined) return broken;
  if (pattern !== undefined && !wholeText(pattern).test(value))
    return `Member must satisfy regular expression pattern: ${pattern}`;
  if (oneOf !== undefined && !oneOf.includes(value))
    return `Member must satisfy enum value set: [${oneOf.join(", ")}]`;
  return undefined;
}

/** The constraint that the length of a text or of a list breaks. */
export function brokenSizeRule(
  { length }: { readonly length: number },
  { min = 0, max }: SizeRule,
): string | undefined {
  if (length < min) return `Member must have length greater than or equal to ${min}`;
  if (max !== undefined && length > max) return `Member must have length less than or equal to ${max}`;
  return undefined;
}

/** The constraint that a number breaks, as AWS's validators word it. */
export function brokenNumberRule(value: number, { min, max }: NumberRule): string | undefined {
  if (min !== undefined && value < min) return `Member must have value greater than or equal to ${min}`;
  if (max !== undefined && value > max) return `Member must have value less than or equal to ${max}`;
  return undefined;
}

/** The service models' patterns are Java's, where a hyphen after a class in a set is a hyphen: `[\w-_]`. */
function wholeText(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern.replace(/(?<!\\)-_/g, "\\-_")})$`, "u");
}
