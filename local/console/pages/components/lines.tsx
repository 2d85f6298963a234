import type { ComponentChildren } from "preact";
import type { LogLine } from "../../contract";
import { clockTime } from "../kit/format";
import { hrefOf } from "../kit/router";

/** Log lines in order; JSON is shown as its members. An id in them leads to the request, or to all lines of the run. */
export function Lines({ lines, label }: { lines: readonly LogLine[]; label: string }) {
  return (
    <ol class="lines" aria-label={label}>
      {lines.map((line, index) => (
        <li key={`${line.at}${index}`}>
          <time>{clockTime(line.at)}</time>
          <span>{shown(line)}</span>
        </li>
      ))}
    </ol>
  );
}

function shown({ message, group }: LogLine): ComponentChildren {
  const text = message.trimEnd();
  const members = membersOf(text);
  if (members === undefined) return linked(text, group);
  return members.map(([name, value]) => (
    <span key={name} class="member">
      <span class="muted">{name}</span> {linked(value, group)}{" "}
    </span>
  ));
}

/** The members of a JSON object that say something; `-` is API Gateway's word for nothing. */
function membersOf(text: string): (readonly [string, string])[] | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    return Object.entries(JSON.parse(text) as object)
      .filter(([, value]) => value !== "-" && value !== "")
      .map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)] as const);
  } catch {
    return undefined;
  }
}

const REQUEST_ID = /\b([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b/;

function linked(text: string, group: string): ComponentChildren {
  const hrefOfId = (id: string) =>
    group.startsWith("/aws/lambda/") ? hrefOf("logs", [], { group, q: id }) : hrefOf("requests", [id]);
  return text.split(REQUEST_ID).map((part, index) =>
    index % 2 === 1 ? (
      <a key={`${index}${part}`} href={hrefOfId(part)}>
        {part}
      </a>
    ) : (
      part
    ),
  );
}
