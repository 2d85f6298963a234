import { RE2JS } from "re2js";
import { BoundedCache } from "./bounded-cache";

/** A pattern that takes time linear to the text that it is tried on. */
export interface LinearPattern {
  /** The instructions it was compiled to. A text costs at most its length times this. */
  readonly size: number;
  /** Whether it matches somewhere in the text. */
  test(text: string): boolean;
  /** Whether it matches the whole text. */
  matchesWhole(text: string): boolean;
  /** Every match replaced; `$1` in the replacement is the first group. */
  replaceAll(text: string, replacement: string): string;
  replaceFirst(text: string, replacement: string): string;
  /** The parts between the matches, without empty ones at the end. */
  split(text: string): string[];
}

/** Services that are started anew ask for the same ones again. A long one may be a client's, and is not kept. */
const compiledOnes = new BoundedCache<LinearPattern>(200);
const MOST_KEPT_CHARACTERS = 1_000;

/**
 * Compiles a regular expression of JavaScript's or Java's kind for the linear engine: whoever sends a request chooses the
 * text, and some texts keep JavaScript's own engine backtracking for hours.
 *
 * @throws Error for what such an engine cannot do: back references, look-around, possessive quantifiers, more than 1,000
 *   repetitions
 */
export function compileLinear(pattern: string, { dotAll = false } = {}): LinearPattern {
  const key = `${dotAll}${pattern}`;
  const known = compiledOnes.get(key);
  if (known !== undefined) return known;
  const compiled = compile(pattern, dotAll ? RE2JS.DOTALL : 0);
  if (pattern.length <= MOST_KEPT_CHARACTERS) compiledOnes.set(key, compiled);
  return compiled;
}

function compile(pattern: string, flags: number): LinearPattern {
  const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern), flags);
  return {
    size: compiled.programSize(),
    test: (text) => compiled.matcher(text).find(),
    matchesWhole: (text) => compiled.matches(text),
    replaceAll: (text, replacement) => compiled.matcher(text).replaceAll(replacement),
    replaceFirst: (text, replacement) => compiled.matcher(text).replaceFirst(replacement),
    split: (text) => compiled.split(text),
  };
}
