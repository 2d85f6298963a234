import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { MapData, MapEdge } from "../../contract";
import { Status } from "../components/badge";
import { Empty, Loaded, Page } from "../components/page";
import { clockTime } from "../kit/format";
import { useRequests, useResource } from "../kit/hooks";
import { onEvent } from "../kit/live";
import { hrefOf } from "../kit/router";
import { Drawing, isLong } from "./drawing";
import { countedOnto, grownSince } from "./way";

/** The deployed system, and what goes through it at this moment. */
export function MapPage() {
  const map = useResource("GET /api/map", {}, ["updated"]);
  return (
    <Page
      title="Map"
      lead="Drawn from the deployment. A request runs along it, and stops where it is refused."
    >
      <Loaded of={map}>{(data) => <MapView data={data} />}</Loaded>
    </Page>
  );
}

function MapView({ data }: { data: MapData }) {
  const [edges, setEdges] = useState(data.edges);
  const [passed, setPassed] = useState<readonly string[]>([]);
  const counted = useRef(data.edges);
  // Bound with what is drawn: what comes before the next paint counts too.
  useLayoutEffect(() => {
    // What a request caused, a call or a message, is not in its way: it is seen by the server's counts.
    setPassed(grownSince(counted.current, data.edges));
    const count = (next: readonly MapEdge[]) => {
      counted.current = next;
      setEdges(next);
    };
    count(data.edges);
    return onEvent("request", (request) => count(countedOnto(counted.current, request)));
  }, [data]);
  return (
    <div class={isLong(data.nodes) ? "map-page long" : "map-page"}>
      <Drawing nodes={data.nodes} edges={edges} passed={passed} />
      <aside class="map-side">
        <Latest />
        <NotEnforced />
      </aside>
    </div>
  );
}

function Latest() {
  const newest = useRequests().slice(0, 9);
  return (
    <section class="card">
      <h2>Latest requests</h2>
      {newest.length === 0 ? (
        <Empty title="No request yet.">
          <a href={hrefOf("try")}>Try one</a>, or call the address above with curl.
        </Empty>
      ) : (
        <ul class="latest">
          {newest.map((request) => (
            <li key={request.id}>
              <a href={hrefOf("requests", [request.id])}>
                <Status code={request.status} />
                <span class="what">
                  {request.method} {request.path}
                </span>
                <span class="muted">
                  {clockTime(request.at).slice(0, 8)} · {request.decidedBy.layer}
                </span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Every line that the start prints, also of what is not drawn. */
function NotEnforced() {
  const lines = useResource("GET /api/overview").data?.notEnforced ?? [];
  if (lines.length === 0) return null;
  return (
    <section class="card">
      <h2>≈ Not enforced here</h2>
      <ul class="plain-list">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </section>
  );
}
