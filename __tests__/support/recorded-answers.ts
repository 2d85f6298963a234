import { expectGeneratedSection } from "./generated-section";

/** Counts the recorded facts of AWS that a suite tries, all of which agree, and names those that do not in docs/local-runtime.md. */
export class RecordedAnswers {
  #agree = 0;

  constructor(
    private readonly title: string,
    /** By the recording's test: what the runtime answers otherwise, or why it does not. */
    private readonly others: Readonly<Record<string, string>>,
  ) {}

  /** Rows for `test.each`, each of which is one fact. */
  rows<T>(rows: readonly T[]): readonly T[] {
    this.#agree += rows.length;
    return rows;
  }

  fact(name: string, holds: () => Promise<void> | void): void {
    this.#agree += 1;
    test(name, async () => holds());
  }

  /** The last test of the suite: UPDATE_DOCS=1 npx jest recorded writes the section. */
  holdInDocs(section: string): void {
    test("docs/local-runtime.md counts them (UPDATE_DOCS=1 npx jest recorded writes it)", () => {
      const others = Object.entries(this.others).map(([name, how]) => `- \`${name}\`: ${how}`);
      const tried = this.#agree + others.length;
      expectGeneratedSection(
        "docs/local-runtime.md",
        `recorded ${section}`,
        [
          `${this.title}: ${tried} recorded facts were tried, ${this.#agree} agree.${others.length > 0 ? " The others:" : ""}`,
          ...(others.length > 0 ? [others.join("\n")] : []),
        ].join("\n\n"),
      );
    });
  }
}
