import type { MapEdge, MapNode } from "../../contract";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedNode extends Point {
  readonly node: MapNode;
}

export interface PlacedEdge {
  readonly edge: MapEdge;
  /** An SVG path from part to part. */
  readonly path: string;
  /** Where its counts are written. */
  readonly label: Point;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

export interface Measures {
  /** Which way a request goes. */
  readonly direction: "right" | "down";
  readonly nodeWidth: number;
  readonly nodeHeight: number;
  /** Between the layers. */
  readonly gapAlong: number;
  /** Between the parts of a layer. */
  readonly gapAcross: number;
  /** Kept free where an edge passes a layer. */
  readonly passing: number;
}

/** A part in its layer, or the place where an edge passes a layer on its way to a later one. */
interface Slot {
  readonly id: string;
  readonly column: number;
  readonly width: number;
  readonly before: Slot[];
  readonly after: Slot[];
  /** Its middle, across the way. */
  middle: number;
}

const SWEEPS = 8;

/** The same parts with fewer of them beside each other: a layer with too many becomes several. */
export function inNarrowLayers(nodes: readonly MapNode[], most: number): MapNode[] {
  const columns = [...new Set(nodes.map(({ column }) => column))].sort((one, other) => one - other);
  let next = 0;
  return columns.flatMap((column) => {
    const layer = nodes
      .filter((node) => node.column === column)
      .sort((one, other) => one.kind.localeCompare(other.kind));
    const start = next;
    next += Math.ceil(layer.length / most);
    return layer.map((node, index) => ({ ...node, column: start + Math.floor(index / most) }));
  });
}

/** Draws parts layer by layer, in an order that crosses few edges. The same map gives the same picture. */
export function layOut(nodes: readonly MapNode[], edges: readonly MapEdge[], measures: Measures): Picture {
  const { direction, nodeWidth, nodeHeight, gapAlong, gapAcross, passing } = measures;
  const isDown = direction === "down";
  const along = isDown ? nodeHeight : nodeWidth;
  const across = isDown ? nodeWidth : nodeHeight;
  const slots = new Map(
    nodes.map(({ id, column }) => [
      id,
      { id, column, width: across, before: [], after: [], middle: 0 } as Slot,
    ]),
  );
  const ways = new Map(edges.map((edge) => [edge.id, wayOf(edge, slots, passing)]));
  const layers = layersOf([...slots.values(), ...[...ways.values()].flatMap((way) => way.slice(1, -1))]);
  arrange(layers, gapAcross);

  const start = Math.min(0, ...layers.flat().map(({ middle, width }) => middle - width / 2));
  const end = Math.max(0, ...layers.flat().map(({ middle, width }) => middle + width / 2));
  const point = (alongAt: number, acrossAt: number): Point =>
    isDown ? { x: acrossAt - start, y: alongAt } : { x: alongAt, y: acrossAt - start };
  const topOf = (slot: Slot) => slot.column * (along + gapAlong);

  const placed = nodes.flatMap((node) => {
    const slot = slots.get(node.id);
    return slot === undefined ? [] : [{ node, ...point(topOf(slot), slot.middle - across / 2) }];
  });
  const drawn = edges.flatMap((edge) => {
    const way = ways.get(edge.id) ?? [];
    const [first, second] = way;
    const last = way.at(-1);
    if (first === undefined || second === undefined || last === undefined) return [];
    const stops = [
      point(topOf(first) + along, first.middle + port(first.after, second, across)),
      ...way.slice(1, -1).map((slot) => point(topOf(slot) + along / 2, slot.middle)),
      point(topOf(last), last.middle + port(last.before, way.at(-2) ?? first, across)),
    ];
    return [{ edge, path: curve(stops, isDown), label: halfway(stops[0], stops[1]) }];
  });
  const length = Math.max(0, ...layers.map((_, column) => column)) * (along + gapAlong) + along;
  return {
    width: isDown ? end - start : length,
    height: isDown ? length : end - start,
    nodes: placed,
    edges: drawn,
  };
}

/** The slots that an edge goes through, from its part to its other part. */
function wayOf(edge: MapEdge, slots: ReadonlyMap<string, Slot>, passing: number): Slot[] {
  const from = slots.get(edge.from);
  const to = slots.get(edge.to);
  if (from === undefined || to === undefined) return [];
  const passed = Array.from({ length: Math.max(0, to.column - from.column - 1) }, (_, index): Slot => {
    const column = from.column + index + 1;
    return { id: `${edge.id}@${column}`, column, width: passing, before: [], after: [], middle: 0 };
  });
  const way = [from, ...passed, to];
  way.slice(1).forEach((slot, index) => {
    const previous = way[index];
    if (previous === undefined) return;
    previous.after.push(slot);
    slot.before.push(previous);
  });
  return way;
}

function layersOf(slots: readonly Slot[]): Slot[][] {
  const layers: Slot[][] = [];
  for (const slot of slots) {
    for (let column = layers.length; column <= slot.column; column++) layers.push([]);
    layers[slot.column]?.push(slot);
  }
  return layers;
}

/** Brings each slot near to the middle of those that it is connected with, forward and back in turns. */
function arrange(layers: readonly Slot[][], gap: number): void {
  for (const layer of layers) spread(layer, gap, () => 0);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const isForward = sweep % 2 === 0;
    for (const layer of isForward ? layers : [...layers].reverse()) {
      spread(layer, gap, (slot) => {
        const near = isForward ? slot.before : slot.after;
        return near.length === 0 ? slot.middle : mean(near.map(({ middle }) => middle));
      });
    }
  }
}

/**
 * Puts the slots of a layer in the order of where they want to be, and as near to it as their widths allow: those that want to
 * be in the same place share it. (Isotonic regression, by pooling adjacent violators.)
 */
function spread(layer: Slot[], gap: number, wanted: (slot: Slot) => number): void {
  const wishes = new Map(layer.map((slot) => [slot, wanted(slot)]));
  layer.sort((one, other) => (wishes.get(one) ?? 0) - (wishes.get(other) ?? 0));
  const blocks: { slots: { slot: Slot; offset: number }[]; targets: number[] }[] = [];
  let offset = 0;
  for (const slot of layer) {
    offset += slot.width / 2;
    let block = { slots: [{ slot, offset }], targets: [(wishes.get(slot) ?? 0) - offset] };
    for (
      let before = blocks.at(-1);
      before !== undefined && mean(before.targets) > mean(block.targets);
      before = blocks.at(-1)
    ) {
      block = { slots: [...before.slots, ...block.slots], targets: [...before.targets, ...block.targets] };
      blocks.pop();
    }
    blocks.push(block);
    offset += slot.width / 2 + gap;
  }
  for (const { slots, targets } of blocks) {
    for (const { slot, offset: own } of slots) slot.middle = mean(targets) + own;
  }
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Where on the side of a part an edge starts or ends, from the side's middle: edges do not lie on each other. */
function port(those: readonly Slot[], slot: Slot, side: number): number {
  const inOrder = [...those].sort((one, other) => one.middle - other.middle);
  const between = Math.min(16, (side - 20) / Math.max(1, inOrder.length - 1));
  return (inOrder.indexOf(slot) - (inOrder.length - 1) / 2) * between;
}

function curve(stops: readonly Point[], isDown: boolean): string {
  return stops
    .map(({ x, y }, index) => {
      const previous = stops[index - 1];
      if (previous === undefined) return `M${round(x)},${round(y)}`;
      const [middleX, middleY] = [(previous.x + x) / 2, (previous.y + y) / 2];
      return isDown
        ? `C${round(previous.x)},${round(middleY)} ${round(x)},${round(middleY)} ${round(x)},${round(y)}`
        : `C${round(middleX)},${round(previous.y)} ${round(middleX)},${round(y)} ${round(x)},${round(y)}`;
    })
    .join("");
}

function halfway(one: Point = { x: 0, y: 0 }, other: Point = one): Point {
  return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
