import type { MapEdge, RequestSummary } from "../../contract";

/** The edges that a request went along. A check beside the way is gone to, and the way goes on from where it began. */
export function edgesOf(way: readonly string[], edges: readonly MapEdge[]): MapEdge[] {
  return way.slice(1).flatMap((to, index) => {
    const passed = way.slice(0, index + 1).reverse();
    const edge = passed
      .map((from) => edges.find((candidate) => candidate.from === from && candidate.to === to))
      .find((found) => found !== undefined);
    return edge === undefined ? [] : [edge];
  });
}

/** The edges with one request more on each that it went along, and one refusal more where it was refused. */
export function countedOnto(edges: readonly MapEdge[], request: RequestSummary): MapEdge[] {
  const passed = edgesOf(request.way, edges);
  const last = passed.at(-1);
  return edges.map((edge) =>
    passed.includes(edge)
      ? {
          ...edge,
          count: edge.count + 1,
          refused: edge.refused + (edge === last && request.outcome !== "answered" ? 1 : 0),
        }
      : edge,
  );
}

/** The ids of the edges with a higher count than before. */
export function grownSince(before: readonly MapEdge[], after: readonly MapEdge[]): string[] {
  const counts = new Map(before.map(({ id, count }) => [id, count]));
  return after.filter(({ id, count }) => count > (counts.get(id) ?? count)).map(({ id }) => id);
}
