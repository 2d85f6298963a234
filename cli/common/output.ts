import type { RequestLine } from "../../local/runtime-options";
import { banner } from "./banner";
import { requestTable } from "./request-text";
import type { Served } from "./serve";
import { painter, printable, type TextStream } from "./terminal";

/** Where `start` tells what happens. */
export interface Output {
  progress(text: string): void;
  started(served: Served, file: string): void;
  request(line: RequestLine): void;
  notice(text: string): void;
}

/** For people, or as one JSON object a line. Neither ever shows what a request could have put there to fool a terminal. */
export function outputFor(stream: TextStream, json: boolean): Output {
  return json ? jsonOutput(stream) : textOutput(stream);
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

function textOutput(stream: TextStream): Output {
  const paint = painter(stream);
  const render = requestTable(paint);
  return {
    progress: (text) => stream.write(`${paint("dim", `${text} …`)}\n`),
    started: (served, file) => stream.write(`${banner(served, file, paint)}\n`),
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
