import { styleText } from "node:util";

type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";
export type Paint = (style: Style, text: string) => string;

/** Colours on a terminal, plain text elsewhere; `NO_COLOR` and `FORCE_COLOR` have their usual meaning. */
export function painter(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv = process.env): Paint {
  const colours = env.FORCE_COLOR ? env.FORCE_COLOR !== "0" : stream.isTTY === true && !env.NO_COLOR;
  return (style, text) => (colours ? styleText(style, text) : text);
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
