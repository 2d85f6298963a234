import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { AttackExchange, AttackRun, Defence, NotRun } from "../../contract";
import { Badge, Status } from "../components/badge";
import { BusyButton } from "../components/busy-button";
import { CodeBlock } from "../components/code-block";
import { Empty, FilterField, Loaded, Page } from "../components/page";
import { toast } from "../components/toasts";
import { call } from "../kit/api";
import { ago, count } from "../kit/format";
import { type Resource, useNow, usePlace, useResource } from "../kit/hooks";
import { hrefOf, setQuery } from "../kit/router";
import { messageText } from "../requests/answer";

/** Every defence with its attack, and a switch that shows what the defence is worth. */
export function DefencesPage() {
  const defences = useResource("GET /api/defences");
  const notRun = useResource("GET /api/defences/not-run");
  const { query, parts } = usePlace();
  const text = (query.get("q") ?? "").toLowerCase();
  return (
    <Page
      title="Defences"
      lead="Attack, take the defence out of the running copy, attack again. No file is changed, and one click puts all back."
      tools={<FilterField label="Filter the defences" value={text} onChange={(q) => setQuery({ q })} />}
    >
      <Loaded of={defences}>
        {(data) => (
          <Loaded of={notRun}>
            {(others) => {
              const shown = data.filter((defence) =>
                [defence.id, defence.owasp, defence.threat, defence.layer, defence.setting]
                  .join("\n")
                  .toLowerCase()
                  .includes(text),
              );
              const left = others.filter(({ owasp, threat, why }) =>
                [owasp, threat, why].join("\n").toLowerCase().includes(text),
              );
              const headings = [...data, ...others].map(({ owasp }) => owasp);
              if (shown.length + left.length === 0)
                return (
                  <Empty title="No threat matches.">
                    Clear the filter to see all {data.length + others.length}.
                  </Empty>
                );
              return ordered(headings).map((owasp) => (
                <Group
                  key={owasp}
                  owasp={owasp}
                  rows={shown.filter((defence) => defence.owasp === owasp)}
                  notRun={left.filter((other) => other.owasp === owasp)}
                  list={defences}
                  openedId={parts[0]}
                  isFiltered={text !== ""}
                />
              ));
            }}
          </Loaded>
        )}
      </Loaded>
    </Page>
  );
}

/** `API2` before `API10`, and what is not OWASP's at the end. */
function ordered(headings: readonly string[]): string[] {
  const place = (heading: string) => Number(/^API(\d+)/.exec(heading)?.[1] ?? Number.POSITIVE_INFINITY);
  return [...new Set(headings)].sort((one, other) => (place(one) < place(other) ? -1 : 1));
}

function Group({
  owasp,
  rows,
  notRun,
  list,
  openedId,
  isFiltered,
}: {
  owasp: string;
  rows: readonly Defence[];
  notRun: readonly NotRun[];
  list: Resource<unknown>;
  openedId: string | undefined;
  isFiltered: boolean;
}) {
  if (rows.length + notRun.length === 0) return null;
  return (
    <section class="card defences" aria-label={owasp}>
      <h2>{owasp}</h2>
      {rows.map((defence) => (
        <Row key={defence.id} defence={defence} list={list} isOpened={openedId === defence.id} />
      ))}
      {notRun.length > 0 && (
        <details class="not-run" open={isFiltered}>
          <summary>
            {notRun.length} {rows.length > 0 ? "more " : ""}
            {notRun.length === 1 ? "threat" : "threats"} without an attack here, and why
          </summary>
          <dl>
            {notRun.map(({ threat, why }) => (
              <div key={threat}>
                <dt>{threat}</dt>
                <dd>{withCode(why)}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </section>
  );
}

/** What is between backticks is code. */
function withCode(text: string) {
  return text.split("`").map((part, index) => (index % 2 === 0 ? part : <code key={part}>{part}</code>));
}

function Row({ defence, list, isOpened }: { defence: Defence; list: Resource<unknown>; isOpened: boolean }) {
  const { id, defenceId, threat, layer, setting, isOff, unavailable, withDefence, withoutDefence } = defence;
  const [runs, setRuns] = useState<{ withDefence?: AttackRun; withoutDefence?: AttackRun }>({});
  const before = runs.withDefence ?? withDefence;
  const after = runs.withoutDefence ?? withoutDefence;

  const row = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    if (isOpened) row.current?.scrollIntoView();
  }, [isOpened]);
  const attack = async () => {
    const run = await call("POST /api/defences/attack", { input: { id } });
    setRuns((kept) => ({
      ...kept,
      [run.defencesOff.includes(defenceId) ? "withoutDefence" : "withDefence"]: run,
    }));
  };
  const compare = async () => {
    setRuns(await call("POST /api/defences/compare", { input: { id } }));
    list.reload();
  };
  const toggle = async () => {
    const { lost } = await call("POST /api/defences/switch", { input: { ids: [defenceId], isOff: !isOff } });
    toast(
      `${threat}: the defence is ${isOff ? "on again" : "off"}.${lost.length > 0 ? ` Lost: ${lost.join(", ")}.` : ""}`,
    );
    list.reload();
  };
  return (
    <article ref={row} class={isOff ? "defence off" : "defence"} id={id} data-defence={id}>
      <div class="defence-head">
        <h3>
          <a href={hrefOf("defences", isOpened ? [] : [id])}>{threat}</a>
        </h3>
        <p class="muted">
          {layer} · <code>{setting}</code>
        </p>
      </div>
      <div class="buttons">
        {unavailable === undefined ? (
          <>
            <BusyButton onPress={attack} label={`Attack: ${threat}`}>
              Attack
            </BusyButton>
            <BusyButton onPress={compare} label={`Compare with and without the defence: ${threat}`}>
              Compare
            </BusyButton>
            <BusyButton
              class={isOff ? "switch-off" : "switch-on"}
              onPress={toggle}
              label={isOff ? `off, turn on: ${threat}` : `on, turn off: ${threat}`}
            >
              <span aria-hidden="true">{isOff ? "✕" : "✓"}</span> {isOff ? "off" : "on"}
            </BusyButton>
          </>
        ) : (
          <p class="muted">{unavailable}</p>
        )}
      </div>
      {(before !== undefined || after !== undefined) && (
        <div class="side-by-side">
          <Side threat={threat} title="With the defence" run={before} />
          <Side threat={threat} title="Without it" run={after} />
        </div>
      )}
      {isOpened && defence.addresses.length > 0 && (
        <CodeBlock label="Resources that carry it" text={defence.addresses.join("\n")} />
      )}
    </article>
  );
}

function Side({ threat, title, run }: { threat: string; title: string; run: AttackRun | undefined }) {
  const now = useNow();
  return (
    <section class="side" aria-label={`${threat}: ${title.toLowerCase()}`}>
      <h4>
        {title}{" "}
        {run !== undefined && (
          <Badge tone={run.succeeded ? "bad" : "good"}>
            {run.succeeded ? "attack succeeded" : "attack failed"}
          </Badge>
        )}
      </h4>
      {run === undefined ? (
        <p class="muted">Not attacked yet.</p>
      ) : (
        <>
          <p>
            {run.summary} <span class="muted">{ago(run.at, now)}</span>
          </p>
          {run.exchanges.map((exchange, index) => (
            <Exchange key={`${run.id}${index}`} exchange={exchange} isOpened={run.exchanges.length === 1} />
          ))}
        </>
      )}
    </section>
  );
}

function Exchange({
  isOpened,
  exchange: { title, id, status, headers, body, times },
}: {
  exchange: AttackExchange;
  isOpened: boolean;
}) {
  return (
    <details class="exchange" open={isOpened}>
      <summary>
        <Status code={status} /> {title} {times > 1 && <span class="muted">× {count(times)}</span>}
      </summary>
      <CodeBlock label="Answer" text={messageText(`HTTP/1.1 ${status}`, headers, body)} />
      {id !== undefined && <a href={hrefOf("requests", [id])}>Its way through the layers</a>}
    </details>
  );
}
