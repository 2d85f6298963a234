import type { LogLine } from "../../contract";
import { clockTime } from "../kit/format";
import { hrefOf } from "../kit/router";

/** Log lines in order. Lambda's request ids in them lead to all lines with the same id. */
export function Lines({ lines, label }: { lines: readonly LogLine[]; label: string }) {
  return (
    <ol class="lines" aria-label={label}>
      {lines.map((line, index) => (
        <li key={`${line.at}${index}`}>
          <time>{clockTime(line.at)}</time>
          <span>{linked(line)}</span>
        </li>
      ))}
    </ol>
  );
}

const REQUEST_ID = /\b([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b/;

function linked({ message, group }: LogLine) {
  return message
    .trimEnd()
    .split(REQUEST_ID)
    .map((part, index) =>
      index % 2 === 1 ? (
        <a key={`${index}${part}`} href={hrefOf("logs", [], { group, q: part })}>
          {part}
        </a>
      ) : (
        part
      ),
    );
}
