import { useState } from "preact/hooks";
import type { BodyText, KeptMessage, Pairs, RequestDetail } from "../../contract";
import { CodeBlock } from "../components/code-block";
import { bytes } from "../kit/format";

/** What the client sent and got, and what AWS would log of it. */
export function Answer({
  request,
  isUnmasked,
  onUnmask,
  isAnswerShown,
}: {
  request: RequestDetail;
  isUnmasked: boolean;
  onUnmask: (isUnmasked: boolean) => void;
  isAnswerShown: boolean;
}) {
  const { exchange, onAws, curl } = request;
  return (
    <>
      <section class="card" aria-label="The messages">
        <h3>{isAnswerShown ? "What the client sent" : "What the client got"}</h3>
        {exchange === undefined ? (
          !isAnswerShown && (
            <p class="muted">
              Status {request.status}. Headers and bodies were not kept when it came: press “Keep bodies” in
              the list, and send it again.
            </p>
          )
        ) : (
          <>
            {!isAnswerShown && (
              <Message
                label="Answer"
                first={`HTTP/1.1 ${exchange.response.status}`}
                message={exchange.response}
              />
            )}
            <Message
              label="Request"
              first={`${request.method} ${request.path}${request.query === undefined ? "" : `?${request.query}`} HTTP/1.1`}
              message={exchange.request}
            />
            <label class="switch">
              <input type="checkbox" checked={isUnmasked} onChange={() => onUnmask(!isUnmasked)} /> show
              secrets and tokens
            </label>
          </>
        )}
        <CodeBlock label="The request as curl" text={curl} />
      </section>
      <OnAws entries={onAws} />
    </>
  );
}

function Message({ label, first, message }: { label: string; first: string; message: KeptMessage }) {
  return <CodeBlock label={label} text={messageText(first, message.headers, message.body)} />;
}

export function messageText(first: string, headers: Pairs, body: BodyText): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  return [first, ...lines, "", bodyText(body)].join("\n").trimEnd();
}

function bodyText({ text, isBase64, bytes: length }: BodyText): string {
  if (isBase64) return `(${bytes(length)}, base64)\n${text}`;
  const isCut = new TextEncoder().encode(text).length < length;
  return isCut ? `${text}\n(the first of ${bytes(length)})` : text;
}

function OnAws({ entries }: { entries: RequestDetail["onAws"] }) {
  const [opened, setOpened] = useState(0);
  const entry = entries[opened] ?? entries[0];
  if (entry === undefined) return null;
  return (
    <section class="card" aria-label="On AWS">
      <h3>On AWS</h3>
      <fieldset class="choices" aria-label="Log">
        {entries.map(({ kind }, index) => (
          <button
            key={kind}
            type="button"
            aria-pressed={entry === entries[index]}
            onClick={() => setOpened(index)}
          >
            {kind}
          </button>
        ))}
      </fieldset>
      {entry.lines.length > 0 && (
        <CodeBlock label={entry.where} text={entry.lines.map((line) => line.trimEnd()).join("\n")} />
      )}
      {entry.note !== undefined && <p class="muted">{entry.note}</p>}
    </section>
  );
}
