import { cpus, totalmem } from "node:os";
import { columns, type Paint } from "../local/command/terminal";
import { type Row, spreadOf, verdictOf } from "./row";

/** Rows that belong together, under what they measure. */
export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

const HEADER = ["", "goal", "median", "range", ""];

/** For the terminal. */
export function table({ rows }: Section, paint: Paint): string {
  const lines = [HEADER, ...rows.map(cells)];
  return columns(lines, (cell, line) => {
    if (line === 0) return paint("dim", cell);
    if (cell === "met") return paint("green", cell);
    if (cell === "missed") return paint("red", cell);
    return cell === "in its range" || cell === "not measured" ? paint("yellow", cell) : cell;
  });
}

/** `docs/performance.md`, all of it. */
export function page(sections: readonly Section[], date: Date): string {
  const tables = sections.flatMap(({ title, rows }) => [
    `## ${title}`,
    "",
    `| what | ${HEADER.slice(1, -1).join(" | ")} | verdict |`,
    "| --- | --- | --- | --- | --- |",
    ...rows.map((row) => `| ${cells(row).map(escaped).join(" | ")} |`),
    "",
  ]);
  return [
    "# Performance",
    "",
    `Written by \`npm run bench\` on ${date.toISOString().slice(0, 10)}: ${machine()}.`,
    "",
    "Ratios (`×`) compare two things that one run measured turn by turn, so that whatever else the machine does slows both. CPU time",
    "counts the process and everything it starts. A goal is missed when every value misses it; where only some do, the goal is *in",
    "its range*. Rows without a goal are there to be looked at.",
    "",
    ...tables,
  ].join("\n");
}

/** What a script reads. */
export function figures(sections: readonly Section[], date: Date): string {
  const rows = sections.flatMap(({ title, rows: own }) =>
    own.map((row) => ({ section: title, ...row, ...spreadOf(row.values), verdict: verdictOf(row) })),
  );
  return JSON.stringify({ date: date.toISOString(), machine: machine(), rows }, null, 2);
}

function cells(row: Row): string[] {
  const spread = spreadOf(row.values);
  const { goal, unit } = row;
  const bound = goal && ("atMost" in goal ? `≤ ${goal.atMost}` : `≥ ${goal.atLeast}`);
  const range =
    spread === undefined || spread.least === spread.most
      ? ""
      : `${number(spread.least)} to ${number(spread.most)}`;
  const value = spread === undefined ? "" : `${number(spread.median)} ${unit}`.trimEnd();
  return [row.what, bound === undefined ? "" : `${bound} ${unit}`.trimEnd(), value, range, verdictOf(row)];
}

function number(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}

function escaped(cell: string): string {
  return cell.replaceAll("|", "\\|");
}

function machine(): string {
  const [first] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${cpus().length} × ${first?.model.trim() ?? "unknown processor"}, ${memory} GB, ${process.platform}, Node.js ${process.version}`;
}
