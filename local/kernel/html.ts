/** What a template may be filled with; text is escaped, markup alone is taken as it is. */
export type HtmlPart = Html | string | number | undefined | false | readonly HtmlPart[];

/** Markup that this file created: text becomes it only by being escaped. */
export class Html {
  readonly #markup: string;

  private constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }

  static of(strings: TemplateStringsArray, parts: readonly HtmlPart[]): Html {
    return new Html(String.raw({ raw: strings }, ...parts.map(render)));
  }
}

/**
 * A template that escapes by default, for elements' text and for quoted attribute values. Nothing is safe inside of
 * `<script>`, `<style>`, a comment, or an attribute that is not quoted.
 */
export function html(strings: TemplateStringsArray, ...parts: HtmlPart[]): Html {
  return Html.of(strings, parts);
}

function render(part: HtmlPart): string {
  if (part === undefined || part === false) return "";
  if (part instanceof Html) return part.toString();
  if (typeof part === "string" || typeof part === "number") return escapeHtml(String(part));
  return part.map(render).join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? "");
}
