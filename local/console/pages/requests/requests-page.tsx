import { useMemo, useState } from "preact/hooks";
import type { LayerInfo, RequestSummary } from "../../contract";
import { outcomeTone, SIGNS, Status, splitPrediction } from "../components/badge";
import { BusyButton } from "../components/busy-button";
import { Empty, FilterField } from "../components/page";
import { type Column, VirtualTable } from "../components/virtual-table";
import { call, consoleState } from "../kit/api";
import { clockTime, count, counted, duration } from "../kit/format";
import { useMedia, usePlace, useRequests, useResource, useStore } from "../kit/hooks";
import { useKey } from "../kit/keyboard";
import { requests } from "../kit/live";
import { go, hrefOf, setQuery } from "../kit/router";
import { matches } from "./request-filter";
import { RequestView } from "./request-view";

/** Every request, newest first, and one of them opened. */
export function RequestsPage() {
  const { parts, query } = usePlace();
  const [opened] = parts;
  const kept = Object.fromEntries(query);
  const isNarrow = useMedia("(max-width: 900px)");
  useKey("Escape", "close what is open", () => opened !== undefined && go(hrefOf("requests", [], kept)));
  return (
    <main id="main" class={opened === undefined ? "fill requests" : "fill requests split"}>
      {(opened === undefined || !isNarrow) && <List opened={opened} />}
      {opened !== undefined && (
        <section class="detail" aria-label="Request">
          {isNarrow && <h1 class="hidden">Requests</h1>}
          <RequestView key={opened} id={opened} closeHref={hrefOf("requests", [], kept)} />
        </section>
      )}
    </main>
  );
}

const OUTCOMES = [
  ["", "All"],
  ["answered", "Answered"],
  ["refused", "Refused"],
  ["failed", "Failed"],
] as const;

function List({ opened }: { opened: string | undefined }) {
  const { query } = usePlace();
  const [isPaused, setPaused] = useState(false);
  const all = useRequests(isPaused);
  const text = query.get("q") ?? "";
  const outcome = query.get("outcome") ?? "";
  const layer = query.get("layer") ?? "";
  const shown = useMemo(
    () =>
      text || outcome || layer ? all.filter((request) => matches(request, { text, outcome, layer })) : all,
    [all, text, outcome, layer],
  );
  const layers = useResource("GET /api/overview").data?.layers ?? [];
  const isCompact = useMedia("(max-width: 900px)") || opened !== undefined;
  useKey("p", "pause or go on", () => setPaused(!isPaused));
  const kept = Object.fromEntries(query);
  return (
    <div class="list">
      <header class="page-head">
        <h1>Requests</h1>
        <div class="tools">
          <output class="muted">
            {shown.length === all.length
              ? counted(all.length, "request")
              : `${count(shown.length)} of ${count(all.length)}`}
          </output>
          <button type="button" aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
            {isPaused ? "Go on" : "Pause"}
          </button>
          <KeepSwitch />
          <BusyButton onPress={clear} confirm="Forget all?">
            Clear
          </BusyButton>
        </div>
      </header>
      <div class="filters">
        <FilterField
          label="Filter the requests"
          hint="path, status, layer, caller…"
          value={text}
          onChange={(q) => setQuery({ q })}
        />
        <fieldset class="choices" aria-label="Outcome">
          {OUTCOMES.map(([value, title]) => (
            <button
              key={value}
              type="button"
              aria-pressed={outcome === value}
              onClick={() => setQuery({ outcome: value })}
            >
              {title}
            </button>
          ))}
        </fieldset>
        <label>
          <span class="hidden">Decided by</span>
          <select value={layer} onChange={(event) => setQuery({ layer: event.currentTarget.value })}>
            <option value="">any layer</option>
            {deciding(layers).map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
      {shown.length === 0 ? (
        all.length === 0 ? (
          <Empty title="No request yet.">
            <a href={hrefOf("try")}>Try one</a> (<kbd>t</kbd>), or call the invoke URL with curl: it appears
            here at once.
          </Empty>
        ) : (
          <Empty title="No request matches.">
            <button type="button" class="link" onClick={() => setQuery({ q: "", outcome: "", layer: "" })}>
              Show all {count(all.length)}
            </button>
          </Empty>
        )
      ) : (
        <VirtualTable
          label="Requests"
          rows={shown}
          columns={isCompact ? COMPACT : COLUMNS}
          rowHeight={isCompact ? 58 : 36}
          href={({ id }) => hrefOf("requests", [id], kept)}
          currentId={opened}
          rowClass={({ defencesOff }) => (defencesOff.length > 0 ? "weakened" : "")}
        />
      )}
    </div>
  );
}

/** What a request is decided by: parameters and body are both called validation, and the server comes before all layers. */
function deciding(layers: readonly LayerInfo[]): string[] {
  const names = layers.map(({ name }) => (name === "parameters" || name === "body" ? "validation" : name));
  return ["server", ...new Set(names)];
}

async function clear(): Promise<void> {
  await call("POST /api/requests/clear", { input: {} });
  requests.clear();
}

function KeepSwitch() {
  const isKept = useStore(consoleState)?.keepsMessages ?? false;
  return (
    <BusyButton
      onPress={() => call("POST /api/keep", { input: { messages: !isKept } })}
      title={
        isKept ? "Headers and bodies are kept: stop and forget them" : "Keep headers and bodies from now on"
      }
    >
      {isKept ? "✓ Keeping bodies" : "Keep bodies"}
    </BusyButton>
  );
}

function Decision({ request }: { request: RequestSummary }) {
  const tone = outcomeTone(request);
  const { layer, detail } = request.decidedBy;
  return (
    <span class="decision" title={detail}>
      <span class={`sign ${tone}`} aria-hidden="true">
        {SIGNS[tone]}
      </span>{" "}
      <b>{layer}</b> <span class="muted">{splitPrediction(detail).said}</span>
    </span>
  );
}

const COLUMNS: readonly Column<RequestSummary>[] = [
  { id: "time", title: "Time", cell: ({ at }) => clockTime(at) },
  { id: "method", title: "Method", cell: ({ method }) => method },
  { id: "path", title: "Path", cell: ({ path, query }) => (query === undefined ? path : `${path}?${query}`) },
  { id: "code", title: "Status", cell: ({ status }) => <Status code={status} /> },
  { id: "decided", title: "Decided by", cell: (request) => <Decision request={request} /> },
  {
    id: "caller",
    title: "Caller",
    cell: ({ caller }) => caller?.username ?? caller?.sub.slice(0, 8) ?? "nobody",
  },
  { id: "took", title: "Took", cell: ({ durationMs }) => duration(durationMs) },
];

/** Two lines a request, where there is little room. */
const COMPACT: readonly Column<RequestSummary>[] = [
  {
    id: "both",
    title: "Request",
    cell: (request) => (
      <>
        <span class="line">
          <Status code={request.status} /> {request.method} {request.path}
        </span>
        <span class="line small">
          <Decision request={request} /> <span class="muted">{clockTime(request.at).slice(0, 8)}</span>
        </span>
      </>
    ),
  },
];
