import type { MapNode, NodeKind } from "../../contract";
import { arnName, count } from "../kit/format";
import { hrefOf } from "../kit/router";
import type { Measures, PlacedEdge, PlacedNode } from "./layout";

/** The icon of each kind, drawn on 16 × 16, strokes only. */
const ICONS: Readonly<Record<NodeKind, string>> = {
  client: "M2 3h12v8H2zM6 14h4M8 11v3",
  "web ACL": "M8 1.500 13.500 3.500V8c0 3.500-2.500 5.500-5.500 6.500C5 13.500 2.500 11.500 2.500 8V3.500z",
  stage: "M8 2 14 5 8 8 2 5zM2 8l6 3 6-3M2 11l6 3 6-3",
  method: "M2 8h11M9 4l4 4-4 4",
  methods: "M2 4h8M2 8h11M2 12h8M10 5l3 3-3 3",
  "user pool":
    "M5.500 7.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5zM1 14c0-3 2-4.500 4.500-4.500S10 11 10 14M10.500 3a2.500 2.500 0 0 1 0 4.500M12 10c2 .5 3 2 3 4",
  function: "M4 2h2.500L12 14M7.700 6.500 4 14",
  secret: "M5.500 10.500a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8.500 7.500H14v3M11.500 7.500V10",
  topic: "M2 4h12v9H2zM2 4.500l6 5 6-5",
  queue: "M2 4h3v8H2zM6.500 4h3v8h-3zM11 4h3v8h-3z",
  logs: "M3 2h10v12H3zM5.500 5.500h5M5.500 8h5M5.500 10.500h3",
};

export function Edge({ edge, path }: PlacedEdge) {
  return (
    <path class={edge.isSide ? "edge side" : "edge"} d={path} data-edge={edge.id} marker-end="url(#arrow)" />
  );
}

/** How many went along an edge, and how many of them were refused at its end. */
export function Counts({ edge, label }: PlacedEdge) {
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

/** A part, which leads to the page that shows it. */
export function Node({ placed: { node, x, y }, measures }: { placed: PlacedNode; measures: Measures }) {
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
          {isPartial && <tspan class="mark"> ≈{nodeWidth > 164 && " partly"}</tspan>}
          {isOff && <tspan class="mark-off"> ✕ off</tspan>}
        </text>
      </g>
    </a>
  );
}

function KindIcon({ kind }: { kind: NodeKind }) {
  return <path class="icon" d={ICONS[kind]} />;
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
