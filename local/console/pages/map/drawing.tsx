import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { MapEdge, MapNode, RequestSummary } from "../../contract";
import { useMedia } from "../kit/hooks";
import { onEvent } from "../kit/live";
import { inNarrowLayers, layOut, type Measures } from "./layout";
import { Counts, Edge, Node } from "./parts";
import { flash, type Run, Runner } from "./runner";
import { edgesOf } from "./way";

/** The widest picture that fits: parts get narrower before a picture has to be scrolled. */
function pictureFor(nodes: readonly MapNode[], edges: readonly MapEdge[], room: number) {
  const isNarrow = room < 640 && !isLong(nodes);
  const those = isNarrow ? inNarrowLayers(nodes, 2) : nodes;
  const gaps = isLong(nodes)
    ? ({ direction: "right", gapAlong: 44, gapAcross: 12, passing: 4 } as const)
    : isNarrow
      ? ({ direction: "down", gapAlong: 40, gapAcross: 4, passing: 1 } as const)
      : ({ direction: "down", gapAlong: 36, gapAcross: 20, passing: 12 } as const);
  const at = (nodeWidth: number): Measures => ({ nodeWidth, nodeHeight: 52, ...gaps });
  const narrowest = isLong(nodes) ? NARROWEST_LONG : isNarrow ? NARROWEST : 116;
  for (let width = WIDEST; width > narrowest; width -= 4) {
    const picture = layOut(those, edges, at(width));
    if (picture.width <= room) return { picture, measures: at(width) };
  }
  return { picture: layOut(those, edges, at(narrowest)), measures: at(narrowest) };
}

/** Whether there are too many parts beside each other: an API of many routes is drawn as a list of them. */
export function isLong(nodes: readonly MapNode[]): boolean {
  const inLayer = new Map<number, number>();
  for (const { column } of nodes) inLayer.set(column, (inLayer.get(column) ?? 0) + 1);
  return Math.max(0, ...inLayer.values()) > 7;
}

const WIDEST = 200;
const NARROWEST = 88;
/** A list of routes scrolls instead of shrinking, because people look for the names in it. */
const NARROWEST_LONG = 180;

interface DrawingProps {
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
  /** Ids of edges that something passed just now, beside the ways of requests. */
  readonly passed: readonly string[];
}

/** The map, as wide as there is room; what passes it is seen moving. */
export function Drawing({ nodes, edges, passed }: DrawingProps) {
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
  const isStill = useMedia("(prefers-reduced-motion: reduce)");
  const { picture, measures } = useMemo(() => pictureFor(nodes, edges, room), [nodes, edges, room]);
  useLayoutEffect(() => {
    // Where it is wider than the screen, it begins with the client: on the left, or in the middle of the top.
    if (box.current !== null)
      box.current.scrollLeft = isLong(nodes) ? 0 : (box.current.scrollWidth - box.current.clientWidth) / 2;
  }, [room, nodes]);
  const svg = useRef<SVGSVGElement>(null);
  const runs = useRef<SVGGElement>(null);
  const latest = useRef(edges);
  latest.current = edges;

  const runner = useRef<Runner | undefined>(undefined);
  useLayoutEffect(() => {
    if (runs.current !== null) runner.current = new Runner(runs.current);
  }, []);
  const run = (edgeIds: readonly string[], end: string | undefined, tone: Run["tone"]) => {
    const paths = edgeIds.flatMap((id) => partOf(svg.current, "edge", id) ?? []);
    const node = end === undefined ? undefined : partOf(svg.current, "node", end);
    if (!isStill) runner.current?.start({ paths: paths.filter(isPath), tone, end: node });
    else if (node !== undefined) flash(node, tone);
  };
  useLayoutEffect(
    () =>
      onEvent("request", (request: RequestSummary) => {
        const ids = edgesOf(request.way, latest.current).map(({ id }) => id);
        const tone = request.outcome === "answered" ? "good" : request.outcome === "refused" ? "bad" : "fail";
        run(ids, request.way.at(-1), tone);
      }),
    [isStill],
  );
  useEffect(() => {
    for (const id of passed) run([id], edges.find((edge) => edge.id === id)?.to, "good");
  }, [passed]);

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

function partOf(root: SVGSVGElement | null, kind: "edge" | "node", id: string): SVGElement | undefined {
  return root?.querySelector<SVGElement>(`[data-${kind}="${CSS.escape(id)}"]`) ?? undefined;
}

function isPath(element: SVGElement): element is SVGPathElement {
  return element instanceof SVGPathElement;
}
