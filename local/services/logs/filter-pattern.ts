import { compileJsonPattern, type Matcher, refuse } from "./json-pattern";

/**
 * Compiles a filter pattern, or refuses it with an `InvalidParameterException` that says what is not understood: a
 * pattern never matches something else than it says.
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
  return (message) =>
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
