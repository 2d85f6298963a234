import type { Cursor } from "./cursor";
import type { Expression } from "./syntax";
import { ExpressionFailure } from "./values";

/** Parses one expression: the two grammars contain each other. */
type ParseExpression = (cursor: Cursor) => Expression;

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ['"', '"'],
  ["\\", "\\"],
]);

/** The template that a JSON string is: to the end of the text, backslashes as they are. */
export function parseBareTemplate(cursor: Cursor, parseExpression: ParseExpression): Expression {
  return parseParts(cursor, parseExpression, (text) => {
    if (cursor.atEnd) return undefined;
    return text + cursor.takeCharacter();
  });
}

/** The template between quotes inside an expression, after its opening quote. */
export function parseQuotedTemplate(cursor: Cursor, parseExpression: ParseExpression): Expression {
  return parseParts(cursor, parseExpression, (text) => {
    if (cursor.atEnd || cursor.peek("\n")) return cursor.failExpecting("a closing quote");
    if (cursor.take('"')) return undefined;
    return text + (cursor.take("\\") ? takeEscape(cursor) : cursor.takeCharacter());
  });
}

/** `takeText` adds the next character to the text, or returns `undefined` where the template ends. */
function parseParts(
  cursor: Cursor,
  parseExpression: ParseExpression,
  takeText: (text: string) => string | undefined,
): Expression {
  const parts: (string | Expression)[] = [];
  let text = "";
  for (;;) {
    if (cursor.take("$${")) text += "${";
    else if (cursor.take("%%{")) text += "%{";
    else if (cursor.peek("%{")) throw new ExpressionFailure("template directives (%{ … }) are not supported");
    else if (cursor.take("${")) {
      if (text !== "") parts.push(text);
      text = "";
      parts.push(parseInterpolation(cursor, parseExpression));
    } else {
      const longer = takeText(text);
      if (longer === undefined) break;
      text = longer;
    }
  }
  if (text !== "") parts.push(text);
  const [first, second] = parts;
  if (first === undefined) return { kind: "literal", value: "" };
  if (second !== undefined) return { kind: "template", parts };
  // A template that is one interpolation has the type of its expression.
  return typeof first === "string" ? { kind: "literal", value: first } : first;
}

function parseInterpolation(cursor: Cursor, parseExpression: ParseExpression): Expression {
  if (cursor.peek("~")) throw new ExpressionFailure("strip markers (~) are not supported");
  const expression = parseExpression(cursor);
  cursor.skipSpace();
  cursor.expect("}");
  return expression;
}

function takeEscape(cursor: Cursor): string {
  const digits = cursor.takeMatch(/u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}/y);
  if (digits === undefined) {
    const text = cursor.atEnd ? undefined : simpleEscapes.get(cursor.takeCharacter());
    return text ?? cursor.failExpecting('an escape sequence (\\n, \\r, \\t, \\", \\\\, \\uNNNN) before this');
  }
  const code = Number.parseInt(digits.slice(1), 16);
  return code <= 0x10ffff
    ? String.fromCodePoint(code)
    : cursor.failExpecting("a Unicode character before this");
}
