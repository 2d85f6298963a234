import type { Value } from "../attributes";
import { encodeJson, encodeString } from "./json";
import { ExpressionFailure, formatNumber, toBoolean, toInteger, toNumber, toText } from "./values";

interface Directive {
  readonly text: string;
  readonly flags: string;
  /** How many characters the result has at least. */
  readonly width: number;
  /** For a number, its digits after the point; for a text, its characters at most. */
  readonly precision: number | undefined;
  readonly verb: string;
}

const DIRECTIVE = /%([ +0#-]*)(\d+)?(?:\.(\d+))?(?:\[(\d+)\])?(.)?/gsu;

/**
 * Text with the values in place of Terraform's directives: `%s`, `%05.2f`, `%[1]q`.
 *
 * @see https://developer.hashicorp.com/terraform/language/functions/format
 * @throws ExpressionFailure for a directive that is not known, and for too few or too many values
 */
export function format(template: string, values: readonly Value[]): string {
  let next = 0;
  let used = 0;
  const text = template.replace(
    DIRECTIVE,
    (whole, flags: string, width?: string, precision?: string, at?: string, verb = "") => {
      if (verb === "%" && whole === "%%") return "%";
      next = at === undefined ? next + 1 : Number(at);
      used = Math.max(used, next);
      const value = values[next - 1];
      if (value === undefined) throw new ExpressionFailure(`there is no argument for the directive ${whole}`);
      return padded(
        {
          ...{ text: whole, flags, verb, width: Number(width ?? 0) },
          precision: precision === undefined ? undefined : Number(precision),
        },
        value,
      );
    },
  );
  if (used < values.length) throw new ExpressionFailure("there are more arguments than directives");
  return text;
}

function padded(directive: Directive, value: Value): string {
  const { flags, width } = directive;
  const rendered = render(directive, value);
  if (flags.includes("-")) return rendered.padEnd(width);
  if (!flags.includes("0") || typeof value !== "number") return rendered.padStart(width);
  const [, sign = "", digits = ""] = /^([+-]?)(.*)$/.exec(rendered) ?? [];
  return sign + digits.padStart(width - sign.length, "0");
}

function render(directive: Directive, value: Value): string {
  const { verb, flags, precision } = directive;
  switch (verb) {
    case "v":
      return anything(value, flags.includes("#"));
    case "s":
      return Array.from(toText(value)).slice(0, precision).join("");
    case "q":
      return encodeString(Array.from(toText(value)).slice(0, precision).join(""));
    case "t":
      return String(toBoolean(value));
    case "d":
      return signed(directive, formatNumber(toInteger(value)));
    case "b":
      return signed(directive, toInteger(value).toString(2));
    case "o":
      return signed(directive, toInteger(value).toString(8));
    case "x":
      return signed(directive, toInteger(value).toString(16));
    case "X":
      return signed(directive, toInteger(value).toString(16).toUpperCase());
    case "f":
    case "F":
      return signed(directive, toNumber(value).toFixed(precision ?? 6));
    case "e":
      return signed(directive, exponential(value, precision));
    case "E":
      return signed(directive, exponential(value, precision).toUpperCase());
    case "g":
    case "G":
      return signed(directive, formatNumber(toNumber(value)));
    default:
      throw new ExpressionFailure(`the directive ${directive.text} is not known`);
  }
}

function anything(value: Value, asJson: boolean): string {
  return typeof value === "string" && !asJson ? value : encodeJson(value);
}

/** Go writes at least two digits of the exponent. */
function exponential(value: Value, precision = 6): string {
  return toNumber(value)
    .toExponential(precision)
    .replace(/e([+-])(\d)$/, "e$10$2");
}

function signed({ flags }: Directive, text: string): string {
  if (text.startsWith("-")) return text;
  return flags.includes("+") ? `+${text}` : flags.includes(" ") ? ` ${text}` : text;
}
