/** Where text goes: standard output, or what a test reads. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

export type Paint = (style: keyof typeof CODES, text: string) => string;

/**
 * Colours on a terminal, plain text elsewhere; `NO_COLOR` and `FORCE_COLOR` have their usual meaning (no-color.org,
 * force-color.org).
 */
export function painter(stream: Pick<TextStream, "isTTY">, env: NodeJS.ProcessEnv = process.env): Paint {
  const colours = takesEscapes(stream, env);
  return (style, text) => {
    const [on, off] = CODES[style];
    return colours ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  };
}

/**
 * Links where there are colours, the text alone elsewhere: "Hyperlinks in Terminal Emulators", OSC 8
 * (gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda). A terminal without links shows the text alone.
 */
export function linker(
  stream: Pick<TextStream, "isTTY">,
  env: NodeJS.ProcessEnv = process.env,
): (url: string, text: string) => string {
  const links = takesEscapes(stream, env);
  return (url, text) => (links ? `\u001b]8;;${url}\u001b\\${text}\u001b]8;;\u001b\\` : text);
}

function takesEscapes({ isTTY }: Pick<TextStream, "isTTY">, env: NodeJS.ProcessEnv): boolean {
  return env.FORCE_COLOR
    ? !["0", "false"].includes(env.FORCE_COLOR)
    : isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";
}

/** Text from outside, without anything that a terminal would obey: a request must not move the cursor or forge a line. */
export function printable(text: string): string {
  return text.replace(
    /\p{Cc}|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Rows as aligned columns, two blanks between; `paint` colours a cell after it was measured. */
export function columns(
  rows: readonly (readonly string[])[],
  paint: (cell: string, row: number, column: number) => string = (cell) => cell,
): string {
  const widths = rows.reduce<number[]>(
    (max, row) => row.map((cell, column) => Math.max(max[column] ?? 0, cell.length)),
    [],
  );
  return rows
    .map((row, r) =>
      row
        .map(
          (cell, c) =>
            paint(cell, r, c) + " ".repeat(c === row.length - 1 ? 0 : (widths[c] ?? 0) - cell.length),
        )
        .join("  "),
    )
    .join("\n");
}
