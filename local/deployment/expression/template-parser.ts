import type { Cursor } from "./cursor";
import type { Expression, ForNames } from "./syntax";

/** What templates need of the grammar of expressions: the two contain each other. */
export interface Grammar {
  parseExpression(cursor: Cursor): Expression;
  /** What comes after `for` in a directive: `key, value in collection`. */
  parseForClause(cursor: Cursor): ForHead;
}

export interface ForHead {
  readonly names: ForNames;
  readonly collection: Expression;
}

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ['"', '"'],
  ["\\", "\\"],
]);

/** The template that a JSON string is: to the end of the text, backslashes as they are. */
export function parseBareTemplate(cursor: Cursor, grammar: Grammar): Expression {
  const template = new TemplateParser(cursor, grammar, (text) =>
    cursor.atEnd ? undefined : text + (cursor.takeMatch(/[^$%]+/y) ?? cursor.takeCharacter()),
  );
  return template.parse();
}

/** The template between quotes inside an expression, after its opening quote. */
export function parseQuotedTemplate(cursor: Cursor, grammar: Grammar): Expression {
  const template = new TemplateParser(cursor, grammar, (text) => {
    if (cursor.atEnd || cursor.peek("\n")) return cursor.failExpecting("a closing quote");
    if (cursor.take('"')) return undefined;
    return text + (cursor.take("\\") ? takeEscape(cursor) : cursor.takeCharacter());
  });
  return template.parse();
}

/** What ends a part of a template: a directive's keyword, or `undefined` for the template's own end. */
type Ending = "else" | "endif" | "endfor" | undefined;

class TemplateParser {
  /** `~}` takes the white space away that comes after it. */
  private stripsNext = false;

  /** `takeText` appends what comes next, at most up to where something may be opened, or returns `undefined` where the template ends. */
  constructor(
    private readonly cursor: Cursor,
    private readonly grammar: Grammar,
    private readonly takeText: (text: string) => string | undefined,
  ) {}

  parse(): Expression {
    const { expression, ending } = this.parts([undefined]);
    // A directive that nothing opened is refused where it is.
    return ending === undefined ? expression : this.cursor.failExpecting("the end");
  }

  /** Up to one of the endings, which it takes. */
  private parts(endings: readonly Ending[]): { readonly expression: Expression; readonly ending: Ending } {
    const { cursor } = this;
    const parts: (string | Expression)[] = [];
    let text = "";
    const flush = () => {
      if (text !== "") parts.push(text);
      text = "";
    };
    /** `${~` and `%{~` take the white space away that comes before them. */
    const open = () => {
      if (cursor.take("~")) text = text.trimEnd();
      flush();
    };
    for (;;) {
      if (cursor.take("$${")) text += "${";
      else if (cursor.take("%%{")) text += "%{";
      else if (cursor.take("${")) {
        open();
        parts.push(this.grammar.parseExpression(cursor));
        this.close();
      } else if (cursor.take("%{")) {
        open();
        cursor.skipSpace();
        const word = cursor.takeMatch(/[a-z]+/y);
        const ending = endings.find((candidate) => candidate !== undefined && candidate === word);
        if (ending !== undefined) {
          this.close();
          return { expression: templateOf(parts), ending };
        }
        if (word === "if") parts.push(this.conditional());
        else if (word === "for") parts.push(this.repeated());
        else cursor.failExpecting(["if", "for", ...endings.filter((name) => name !== undefined)].join(", "));
      } else {
        const longer = this.takeText(text);
        if (longer === undefined) {
          if (!endings.includes(undefined)) cursor.failExpecting(`%{ ${endings.at(-1)} }`);
          flush();
          return { expression: templateOf(parts), ending: undefined };
        }
        text = this.stripsNext ? longer.trimStart() : longer;
        if (text !== "") this.stripsNext = false;
      }
    }
  }

  private close(): void {
    this.cursor.skipSpace();
    this.stripsNext = this.cursor.take("~");
    this.cursor.expect("}");
  }

  private conditional(): Expression {
    const condition = this.grammar.parseExpression(this.cursor);
    this.close();
    const { expression: whenTrue, ending } = this.parts(["else", "endif"]);
    const whenFalse =
      ending === "else" ? this.parts(["endif"]).expression : ({ kind: "literal", value: "" } as const);
    return { kind: "conditional", condition, whenTrue, whenFalse };
  }

  private repeated(): Expression {
    const head = this.grammar.parseForClause(this.cursor);
    this.close();
    const { expression: result } = this.parts(["endfor"]);
    return { kind: "for", form: "text", ...head, result, groups: false };
  }
}

/** A template that is one interpolation has the type of its expression. */
function templateOf(parts: readonly (string | Expression)[]): Expression {
  const [first, second] = parts;
  if (first === undefined) return { kind: "literal", value: "" };
  if (second !== undefined) return { kind: "template", parts };
  return typeof first === "string" ? { kind: "literal", value: first } : first;
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
