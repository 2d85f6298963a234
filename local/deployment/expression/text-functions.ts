import type { Value } from "../attributes";
import { encodeJson, encodeString } from "./json";
import { binary, type TerraformFunction, unary } from "./terraform-function";
import { ExpressionFailure, toBoolean, toInteger, toList, toText } from "./values";

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** What a reader takes for a character: Terraform counts those, neither bytes nor code units. */
export function characters(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

export const textFunctions: Readonly<Record<string, TerraformFunction>> = {
  join: {
    least: 2,
    most: Number.POSITIVE_INFINITY,
    call: ([separator = null, ...lists]) => lists.flatMap(toList).map(toText).join(toText(separator)),
  },
  split: binary((separator, value) => toText(value).split(toText(separator))),
  replace: {
    least: 3,
    most: 3,
    call: ([value = null, search = null, replacement = null]) =>
      replace(toText(value), toText(search), toText(replacement)),
  },
  lower: unary((value) => toText(value).toLowerCase()),
  upper: unary((value) => toText(value).toUpperCase()),
  trimspace: unary((value) => toText(value).trim()),
  trimprefix: binary((value, prefix) => {
    const text = toText(value);
    return text.startsWith(toText(prefix)) ? text.slice(toText(prefix).length) : text;
  }),
  trimsuffix: binary((value, suffix) => {
    const text = toText(value);
    return text.endsWith(toText(suffix)) ? text.slice(0, text.length - toText(suffix).length) : text;
  }),
  substr: {
    least: 3,
    most: 3,
    call: ([value = null, offset = null, length = null]) =>
      substr(characters(toText(value)), toInteger(offset), toInteger(length)),
  },
  urlencode: unary((value) => urlEncode(toText(value))),
  format: {
    least: 1,
    most: Number.POSITIVE_INFINITY,
    call: ([template = null, ...values]) => format(toText(template), values),
  },
};

function replace(text: string, search: string, replacement: string): string {
  if (search.length > 1 && search.startsWith("/") && search.endsWith("/"))
    throw new ExpressionFailure("replacing a regular expression is not supported");
  return text.split(search).join(replacement);
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

function format(template: string, values: readonly Value[]): string {
  let used = 0;
  const text = template.replace(/%(.?)/gsu, (directive, verb: string) => {
    if (verb === "%") return "%";
    const render = verbs.get(verb);
    if (render === undefined) throw new ExpressionFailure(`the directive ${directive} is not supported`);
    const value = values[used];
    used += 1;
    if (value === undefined)
      throw new ExpressionFailure(`there is no argument for the directive ${directive}`);
    return render(value);
  });
  if (used < values.length) throw new ExpressionFailure("there are more arguments than directives");
  return text;
}

const verbs: ReadonlyMap<string, (value: Value) => string> = new Map([
  ["s", toText],
  ["d", (value) => toText(toInteger(value))],
  ["t", (value) => toText(toBoolean(value))],
  ["q", (value) => encodeString(toText(value))],
  ["v", (value) => (typeof value === "string" ? value : encodeJson(value))],
]);
