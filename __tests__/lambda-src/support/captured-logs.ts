/** Everything the function writes to its log from now on, and nothing of it on the terminal. */
export class CapturedLogs {
  readonly #written: string[] = [];

  constructor() {
    for (const stream of [process.stdout, process.stderr]) {
      jest.spyOn(stream, "write").mockImplementation((chunk) => {
        this.#written.push(String(chunk));
        return true;
      });
    }
  }

  get text(): string {
    return this.#written.join("");
  }

  /** One object a line: a line that is not JSON fails the test. */
  get entries(): Record<string, unknown>[] {
    return this.text.split("\n").filter(Boolean).map(readEntry);
  }
}

function readEntry(line: string): Record<string, unknown> {
  const entry: unknown = JSON.parse(line);
  if (typeof entry !== "object" || entry === null) throw new Error(`A log line is not an object: ${line}`);
  return { ...entry };
}
