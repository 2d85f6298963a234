import { ExpressionFailure } from "./values";

// Far more than a synthesized expression has, far less than the call stack holds.
const DEEPEST = 200;

/** A place in an expression's text, from which the parsers take what they expect next. */
export class Cursor {
  position = 0;
  private depth = 0;

  constructor(readonly source: string) {}

  get atEnd(): boolean {
    return this.position >= this.source.length;
  }

  peek(text: string): boolean {
    return this.source.startsWith(text, this.position);
  }

  take(text: string): boolean {
    if (!this.peek(text)) return false;
    this.position += text.length;
    return true;
  }

  /** Takes what the pattern, which must be sticky, matches here. */
  takeMatch(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const text = pattern.exec(this.source)?.[0];
    this.position += text?.length ?? 0;
    return text;
  }

  /** The next character (a whole code point), which must be there. */
  takeCharacter(): string {
    const character = String.fromCodePoint(this.source.codePointAt(this.position) ?? 0);
    this.position += character.length;
    return character;
  }

  /** Returns whether a line ended there: in an object that is as good as a comma. */
  skipSpace(): boolean {
    return this.takeMatch(/\s*/y)?.includes("\n") ?? false;
  }

  expect(text: string): void {
    if (!this.take(text)) this.failExpecting(`"${text}"`);
  }

  failExpecting(expected: string): never {
    const found = this.atEnd
      ? "the end"
      : JSON.stringify(this.source.slice(this.position, this.position + 12));
    throw new ExpressionFailure(`expected ${expected} at character ${this.position + 1}, found ${found}`);
  }

  /** Parses something nested, refusing what would exhaust the call stack. */
  nested<T>(parse: () => T): T {
    if (this.depth >= DEEPEST)
      throw new ExpressionFailure(`expressions nested more than ${DEEPEST} deep are not supported`);
    this.depth += 1;
    const result = parse();
    this.depth -= 1;
    return result;
  }
}
