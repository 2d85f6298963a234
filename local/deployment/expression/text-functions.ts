import { RE2JS } from "re2js";
import type { Value } from "../attributes";
import { format } from "./format";
import { binary, type TerraformFunction, ternary, unary, variadic } from "./terraform-function";
import { ExpressionFailure, toInteger, toList, toText } from "./values";

let segmenter: Intl.Segmenter | undefined;

/** What a reader takes for a character: Terraform counts those, neither bytes nor code units. */
export function characters(text: string): string[] {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

export const textFunctions: Readonly<Record<string, TerraformFunction>> = {
  chomp: unary((value) => toText(value).replace(/(?:\r\n?|\n)+$/, "")),
  endswith: binary((value, suffix) => toText(value).endsWith(toText(suffix))),
  startswith: binary((value, prefix) => toText(value).startsWith(toText(prefix))),
  strcontains: binary((value, part) => toText(value).includes(toText(part))),
  format: variadic(1, ([template = null, ...values]) => format(toText(template), values)),
  formatlist: variadic(1, ([template = null, ...values]) => formatList(toText(template), values)),
  indent: binary((spaces, value) => toText(value).replaceAll("\n", `\n${" ".repeat(toInteger(spaces))}`)),
  join: variadic(2, ([separator = null, ...lists]) =>
    lists.flatMap(toList).map(toText).join(toText(separator)),
  ),
  split: binary((separator, value) => (toText(value) === "" ? [""] : toText(value).split(toText(separator)))),
  lower: unary((value) => toText(value).toLowerCase()),
  upper: unary((value) => toText(value).toUpperCase()),
  title: unary((value) =>
    toText(value).replace(/(?<![\p{L}\p{N}_])\p{L}/gu, (letter) => letter.toUpperCase()),
  ),
  regex: binary((pattern, value) => {
    const [first] = matchesOf(toText(pattern), toText(value));
    if (first === undefined) throw new ExpressionFailure("the pattern does not match anything in the text");
    return first;
  }),
  regexall: binary((pattern, value) => matchesOf(toText(pattern), toText(value))),
  replace: ternary((value, search, replacement) =>
    replace(toText(value), toText(search), toText(replacement)),
  ),
  strrev: unary((value) => characters(toText(value)).reverse().join("")),
  substr: ternary((value, offset, length) =>
    substr(characters(toText(value)), toInteger(offset), toInteger(length)),
  ),
  trim: binary((value, cutset) => {
    const [text, cut] = [Array.from(toText(value)), new Set(toText(cutset))];
    const from = text.findIndex((character) => !cut.has(character));
    return from === -1
      ? ""
      : text.slice(from, text.findLastIndex((character) => !cut.has(character)) + 1).join("");
  }),
  trimspace: unary((value) => toText(value).trim()),
  trimprefix: binary((value, prefix) => {
    const text = toText(value);
    return text.startsWith(toText(prefix)) ? text.slice(toText(prefix).length) : text;
  }),
  trimsuffix: binary((value, suffix) => {
    const text = toText(value);
    return text.endsWith(toText(suffix)) ? text.slice(0, text.length - toText(suffix).length) : text;
  }),
  urlencode: unary((value) => urlEncode(toText(value))),
};

/** `/pattern/` is a regular expression, whose groups the replacement names as `$1` or `$name`. */
function replace(text: string, search: string, replacement: string): string {
  if (search.length < 2 || !search.startsWith("/") || !search.endsWith("/"))
    return text.split(search).join(replacement);
  const pattern = compile(search.slice(1, -1));
  const names = pattern.namedGroups();
  const matcher = pattern.matcher(text);
  let [replaced, end] = ["", 0];
  while (matcher.find()) {
    const expanded = replacement.replace(/\$(?:(\$)|\{(\w+)\}|(\w+))/g, (_all, dollar, braced, bare) => {
      if (dollar !== undefined) return "$";
      const name: string = braced ?? bare;
      const group = /^\d+$/.test(name) ? Number(name) : names[name];
      return group === undefined || group > matcher.groupCount() ? "" : (matcher.group(group) ?? "");
    });
    replaced += text.slice(end, matcher.start()) + expanded;
    end = matcher.end();
  }
  return replaced + text.slice(end);
}

/** Each match as Terraform gives it: its text, a list of its groups, or a map of those that have names. */
function matchesOf(source: string, text: string): Value[] {
  const pattern = compile(source);
  const names = Object.entries(pattern.namedGroups());
  const matcher = pattern.matcher(text);
  const matches: Value[] = [];
  while (matcher.find()) {
    const count = matcher.groupCount();
    if (count === 0) matches.push(matcher.group() ?? "");
    else if (names.length > 0)
      matches.push(Object.fromEntries(names.map(([name, group]) => [name, matcher.group(group)])));
    else matches.push(Array.from({ length: count }, (_, index) => matcher.group(index + 1)));
  }
  return matches;
}

/** Terraform's engine is RE2, and so is this one. */
function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    throw new ExpressionFailure(`the pattern is broken: ${error instanceof Error ? error.message : error}`);
  }
}

function formatList(template: string, values: readonly Value[]): string[] {
  const lengths = new Set(values.flatMap((value) => (Array.isArray(value) ? [value.length] : [])));
  if (lengths.size > 1) throw new ExpressionFailure("the lists have different lengths");
  const [length = 1] = lengths;
  return Array.from({ length }, (_, index) =>
    format(
      template,
      values.map((value) => (Array.isArray(value) ? (value[index] ?? null) : value)),
    ),
  );
}

/** A negative offset counts from the end, the length -1 means all that is left. */
function substr(text: readonly string[], offset: number, length: number): string {
  const start = offset < 0 ? Math.max(text.length + offset, 0) : offset;
  return text.slice(start, length < 0 ? undefined : start + length).join("");
}

/** As a form is encoded: everything but letters, digits and `-_.~`, a space as a plus sign. */
function urlEncode(text: string): string {
  const bytes = Array.from(Buffer.from(text), (byte) => {
    const character = String.fromCharCode(byte);
    if (/[A-Za-z0-9\-_.~]/.test(character)) return character;
    return character === " " ? "+" : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  });
  return bytes.join("");
}
