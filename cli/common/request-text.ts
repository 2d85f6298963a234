import type { RequestLine } from "../../local/runtime-options";
import { type Paint, printable } from "./terminal";

/** Of a longer path the beginning; `--json` has all of it. */
const PATH_LENGTH = 60;

/**
 * Renders requests as the lines of a table. Nobody knows what comes, so a column is as wide as the widest cell up to now,
 * within limits: a single long path does not push every later line to the right.
 */
export function requestTable(paint: Paint): (line: RequestLine) => string {
  const sourceIp = column(9, 15);
  const method = column(6, 7);
  const path = column(20, 40);
  const decision = column(42, 54);
  return (line) => {
    const { layer, detail } = line.decision;
    return [
      paint("dim", timeOf(line.at)),
      sourceIp(line.sourceIp),
      method(printable(line.method)),
      path(shorten(printable(line.path))),
      statusOf(line.status, paint),
      decision(`${layer}: ${printable(detail)}`, (text) =>
        text.replace(layer, (name) => paint("bold", name)),
      ),
      paint("dim", `${line.durationMs.toFixed(0)} ms`.padStart(7)),
    ].join("  ");
  };
}

type Cell = (text: string, style?: (text: string) => string) => string;

function column(narrowest: number, widest: number): Cell {
  let width = narrowest;
  return (text, style = (plain) => plain) => {
    if (text.length <= widest) width = Math.max(width, text.length);
    return style(text.padEnd(width));
  };
}

function shorten(text: string): string {
  return text.length > PATH_LENGTH ? `${text.slice(0, PATH_LENGTH - 1)}…` : text;
}

function statusOf(status: number, paint: Paint): string {
  return paint(status < 400 ? "green" : status < 500 ? "yellow" : "red", String(status));
}

/** `15:04:05.678`, in the terminal's time zone. */
function timeOf(at: Date): string {
  return `${at.toTimeString().slice(0, 8)}.${String(at.getMilliseconds()).padStart(3, "0")}`;
}
