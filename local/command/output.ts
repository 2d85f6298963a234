import type { RequestLine } from "../runtime-options";
import { banner, type Calls } from "./banner";
import type { Shown } from "./serve";
import { linker, type Paint, painter, printable, type TextStream } from "./terminal";

/** Where `start` tells what happens. */
export interface Output {
  progress(text: string): void;
  started(served: Shown, file: string | undefined): void;
  request(line: RequestLine): void;
  notice(text: string): void;
}

/** For people, or as one JSON object a line. Neither ever shows what a request could have put there to fool a terminal. */
export function outputFor(stream: TextStream, json: boolean, calls: Calls): Output {
  return json ? jsonOutput(stream) : textOutput(stream, calls);
}

function jsonOutput(stream: TextStream): Output {
  const write = (event: object) => stream.write(`${JSON.stringify(event)}\n`);
  return {
    progress: (text) => write({ event: "progress", text }),
    started: ({ endpoints, runtime }, file) =>
      write({ event: "started", file, endpoints, warnings: runtime.warnings }),
    request: ({ at, ...line }) => write({ event: "request", at: at.toISOString(), ...line }),
    notice: (text) => write({ event: "notice", text }),
  };
}

function textOutput(stream: TextStream, calls: Calls): Output {
  const paint = painter(stream);
  const link = linker(stream);
  let consoleUrl: string | undefined;
  const render = requestTable(paint, (id, status) =>
    consoleUrl === undefined || id === undefined ? status : link(requestPage(consoleUrl, id), status),
  );
  return {
    progress: (text) => stream.write(`${paint("dim", `${text} …`)}\n`),
    started(served, file) {
      consoleUrl = served.endpoints.consoleUrl;
      stream.write(`${banner(served, file, paint, calls)}\n`);
    },
    request: (line) => stream.write(`${render(line)}\n`),
    // A stack has lines of its own; indented, none of them can pass for a request's.
    notice: (text) =>
      stream.write(
        `${text
          .split("\n")
          .map(printable)
          .map((line) => paint("cyan", line))
          .join("\n    ")}\n`,
      ),
  };
}

/** A longer path is cut off here; `--json` has all of it. */
const PATH_LENGTH = 60;

/**
 * Renders requests as the lines of a table. Nobody knows what comes, so a column is as wide as the widest cell up to now,
 * within limits: a single long path does not push every later line to the right. On a terminal, the status is a link to the
 * request in the console, where there is one.
 */
function requestTable(
  paint: Paint,
  linked: (requestId: string | undefined, status: string) => string,
): (line: RequestLine) => string {
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
      linked(line.id, statusOf(line.status, paint)),
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

/** The address of the request's page, with the token in the fragment as in the console's own address. */
function requestPage(consoleUrl: string, id: string): string {
  const url = new URL(consoleUrl);
  url.pathname = `/requests/${encodeURIComponent(id)}`;
  return url.href;
}

function statusOf(status: number, paint: Paint): string {
  return paint(status < 400 ? "green" : status < 500 ? "yellow" : "red", String(status));
}

/** `15:04:05.678`, in the terminal's time zone. */
function timeOf(at: Date): string {
  return `${at.toTimeString().slice(0, 8)}.${String(at.getMilliseconds()).padStart(3, "0")}`;
}
