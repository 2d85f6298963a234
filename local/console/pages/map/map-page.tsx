import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { MapData, MapEdge, MapNode, RequestSummary } from "../../contract";
import { outcomeTone, Status } from "../components/badge";
import { Empty, Loaded, Page } from "../components/page";
import { arnName, clockTime, count } from "../kit/format";
import { useMedia, useRequests, useResource } from "../kit/hooks";
import { onEvent } from "../kit/live";
import { hrefOf } from "../kit/router";
import { KindIcon } from "./icons";
import { inNarrowLayers, layOut, type Measures, type PlacedEdge, type PlacedNode } from "./layout";
import { flash, Runner } from "./runner";
import { countedOnto, edgesOf } from "./way";

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
  useEffect(() => {
    setEdges(data.edges);
    let current = data.edges;
    return onEvent("request", (request) => {
      current = countedOnto(current, request);
      setEdges(current);
    });
  }, [data]);
  return (
    <div class="map-page">
      <Drawing nodes={data.nodes} edges={edges} />
      <aside class="map-side">
        <Latest />
        <NotEnforced />
      </aside>
    </div>
  );
}

/** The widest picture that fits: parts get narrower before a picture has to be scrolled. */
function pictureFor(nodes: readonly MapNode[], edges: readonly MapEdge[], room: number) {
  const isNarrow = room < 640;
  const those = isNarrow ? inNarrowLayers(nodes, 2) : nodes;
  const gaps = isNarrow
    ? { gapAlong: 40, gapAcross: 8, passing: 2 }
    : { gapAlong: 36, gapAcross: 20, passing: 12 };
  const at = (nodeWidth: number): Measures => ({ direction: "down", nodeWidth, nodeHeight: 52, ...gaps });
  for (let width = WIDEST; width > NARROWEST; width -= 8) {
    const picture = layOut(those, edges, at(width));
    if (picture.width <= room) return { picture, measures: at(width) };
  }
  return { picture: layOut(those, edges, at(NARROWEST)), measures: at(NARROWEST) };
}

const WIDEST = 200;
const NARROWEST = 116;

function Drawing({ nodes, edges }: { nodes: readonly MapNode[]; edges: readonly MapEdge[] }) {
  const box = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState(860);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = () => setRoom(element.clientWidth - (element.clientWidth < 640 ? 16 : 48));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    // Where it is wider than the screen, it begins with the client.
    if (box.current !== null)
      box.current.scrollLeft = (box.current.scrollWidth - box.current.clientWidth) / 2;
  }, [room]);
  const isStill = useMedia("(prefers-reduced-motion: reduce)");
  const { picture, measures } = useMemo(() => pictureFor(nodes, edges, room), [nodes, edges, room]);
  const svg = useRef<SVGSVGElement>(null);
  const runs = useRef<SVGGElement>(null);
  const latest = useRef(edges);
  latest.current = edges;

  useEffect(() => {
    if (svg.current === null || runs.current === null) return;
    const root = svg.current;
    const runner = new Runner(runs.current);
    const part = (kind: string, id: string) =>
      root.querySelector<SVGElement>(`[data-${kind}="${CSS.escape(id)}"]`);
    return onEvent("request", (request: RequestSummary) => {
      const end = part("node", request.way.at(-1) ?? "") ?? undefined;
      const tone = outcomeTone(request) as "good" | "bad" | "fail";
      const paths = edgesOf(request.way, latest.current).flatMap(({ id }) => {
        const path = part("edge", id);
        return path instanceof SVGPathElement ? [path] : [];
      });
      if (!isStill) runner.start({ paths, tone, end });
      else if (end !== undefined) flash(end, tone);
    });
  }, [isStill]);

  const width = picture.width + 8;
  const height = picture.height + 8;
  return (
    <div class="map-box" ref={box}>
      <svg
        ref={svg}
        class="map"
        viewBox={`-4 -4 ${width} ${height}`}
        width={width}
        height={height}
        aria-label="The deployed system"
      >
        <title>The deployed system</title>
        <defs>
          <marker
            id="arrow"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto"
          >
            <path d="M0 0 8 4 0 8z" />
          </marker>
        </defs>
        {picture.edges.map((placed) => (
          <Edge key={placed.edge.id} {...placed} />
        ))}
        {picture.nodes.map((placed) => (
          <Node key={placed.node.id} placed={placed} measures={measures} />
        ))}
        {picture.edges.map((placed) => (
          <Counts key={placed.edge.id} {...placed} />
        ))}
        <g ref={runs} />
      </svg>
    </div>
  );
}

function Edge({ edge, path }: PlacedEdge) {
  return (
    <path class={edge.isSide ? "edge side" : "edge"} d={path} data-edge={edge.id} marker-end="url(#arrow)" />
  );
}

function Counts({ edge, label }: PlacedEdge) {
  if (edge.count === 0) return null;
  const passed = count(edge.count);
  const refused = edge.refused > 0 ? `✕ ${count(edge.refused)}` : "";
  const width = 12 + 8 * (refused === "" ? passed : `${passed} ${refused}`).length;
  return (
    <g class="counts" transform={`translate(${label.x} ${label.y})`}>
      <title>
        {edge.label === undefined ? "" : `${edge.label}: `}
        {passed} went here, {edge.refused} of them were refused
      </title>
      <rect x={-width / 2} y="-11" width={width} height="22" rx="11" />
      <text text-anchor="middle" dominant-baseline="central">
        {passed}
        {refused && <tspan class="refused"> {refused}</tspan>}
      </text>
    </g>
  );
}

function Node({ placed: { node, x, y }, measures }: { placed: PlacedNode; measures: Measures }) {
  const { nodeWidth, nodeHeight } = measures;
  const isOff = node.defencesOff.length > 0;
  const isPartial = node.notEnforced.length > 0;
  const hasIcon = nodeWidth >= 150;
  const left = hasIcon ? 35 : 10;
  const words = [
    `${node.kind} ${node.name}`,
    ...(isOff ? [`defence off: ${node.defencesOff.join(", ")}`] : []),
    ...(isPartial ? [`not enforced here: ${node.notEnforced.join("; ")}`] : []),
  ].join(". ");
  return (
    <a
      href={hrefOfPart(node)}
      class={`node ${isOff ? "off" : ""} ${isPartial ? "partial" : ""}`}
      data-node={node.id}
    >
      <title>{words}</title>
      <g transform={`translate(${x} ${y})`}>
        <rect width={nodeWidth} height={nodeHeight} rx="8" />
        {hasIcon && (
          <g transform={`translate(11 ${nodeHeight / 2 - 9}) scale(1.125)`}>
            <KindIcon kind={node.kind} />
          </g>
        )}
        <text x={left} y={nodeHeight / 2 - 4} class="name">
          {fitted(node.name, nodeWidth - left - 8)}
        </text>
        <text x={left} y={nodeHeight / 2 + 14} class="kind">
          {node.members === undefined ? node.kind : `${node.members.length} methods`}
          {isPartial && <tspan class="mark"> ≈{hasIcon && " partly"}</tspan>}
          {isOff && <tspan class="mark-off"> ✕ off</tspan>}
        </text>
      </g>
    </a>
  );
}

let pen: CanvasRenderingContext2D | null | undefined;

/** The text, or as much of its ends as fits: names differ there. */
function fitted(text: string, width: number): string {
  pen ??= document.createElement("canvas").getContext("2d");
  if (pen === null || pen === undefined) return text;
  pen.font = `600 14px ${getComputedStyle(document.body).fontFamily}`;
  let shown = text;
  for (let kept = text.length - 1; kept > 4 && pen.measureText(shown).width > width; kept--) {
    const end = Math.min(4, Math.floor(kept / 2));
    shown = `${text.slice(0, kept - end)}…${text.slice(-end)}`;
  }
  return shown;
}

function hrefOfPart({ id, kind, name, ref }: MapNode): string {
  switch (kind) {
    case "web ACL":
      return hrefOf("web-acl");
    case "stage":
      return hrefOf("api");
    case "method":
    case "methods":
      return hrefOf("requests", [], { q: id.startsWith("methods:") ? id.slice("methods:".length) : name });
    case "user pool":
      return hrefOf("users", ref?.name === undefined ? [] : [ref.name]);
    case "function":
      return hrefOf("functions", [ref?.name ?? name]);
    case "secret":
      return hrefOf("permissions");
    case "topic":
    case "queue":
      return hrefOf("messages", ref?.arn === undefined ? [] : [arnName(ref.arn)]);
    case "logs":
      return hrefOf("logs");
    default:
      return hrefOf("requests");
  }
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
