import type { MapEdge, MapNode } from "../../../../local/console/contract";
import { inNarrowLayers, layOut, type Measures } from "../../../../local/console/pages/map/layout";
import { countedOnto, edgesOf, grownSince } from "../../../../local/console/pages/map/way";
import { sampleMap } from "../support/sample-map";
import { sampleRequest } from "../support/sample-requests";

const measures: Measures = {
  direction: "down",
  nodeWidth: 160,
  nodeHeight: 50,
  gapAlong: 40,
  gapAcross: 20,
  passing: 12,
};
const { nodes, edges } = sampleMap();

function overlaps(picture: ReturnType<typeof layOut>): string[] {
  return picture.nodes.flatMap((one, index) =>
    picture.nodes
      .slice(index + 1)
      .filter((other) => Math.abs(one.x - other.x) < 159.9 && Math.abs(one.y - other.y) < 50)
      .map((other) => `${one.node.id} and ${other.node.id}`),
  );
}

describe("the map's picture", () => {
  it("has every part and every connection, within its bounds, none over another", () => {
    const picture = layOut(nodes, edges, measures);

    expect(picture.nodes).toHaveLength(nodes.length);
    expect(picture.edges).toHaveLength(edges.length);
    expect(overlaps(picture)).toEqual([]);
    for (const { x, y } of picture.nodes) {
      expect(x).toBeGreaterThanOrEqual(-0.1);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(x + 160).toBeLessThanOrEqual(picture.width + 0.1);
      expect(y + 50).toBeLessThanOrEqual(picture.height);
    }
  });

  it("goes on in the direction of a request, whichever that is", () => {
    for (const direction of ["down", "right"] as const) {
      const picture = layOut(nodes, edges, { ...measures, direction });
      const along = (id: string) => {
        const placed = picture.nodes.find(({ node }) => node.id === id);
        return direction === "down" ? (placed?.y ?? Number.NaN) : (placed?.x ?? Number.NaN);
      };
      for (const { from, to } of edges) expect(along(from)).toBeLessThan(along(to));
    }
  });

  it("puts a part in the middle of those that it leads to", () => {
    const picture = layOut(nodes, edges, measures);
    const x = (id: string) => picture.nodes.find(({ node }) => node.id === id)?.x ?? Number.NaN;

    expect(x("stage")).toBeCloseTo((x("method1") + x("method2")) / 2, 0);
  });

  it("holds 200 routes without one over another", () => {
    const many = Array.from(
      { length: 200 },
      (_, index): MapNode => ({
        ...(nodes[3] as MapNode),
        id: `many${index}`,
      }),
    );
    const ways = many.map(({ id }): MapEdge => ({ ...(edges[0] as MapEdge), id, from: "stage", to: id }));

    expect(overlaps(layOut([...nodes, ...many], [...edges, ...ways], measures))).toEqual([]);
  });

  it("is no wider than asked where there is little room, and keeps the order of the layers", () => {
    const narrow = inNarrowLayers(nodes, 2);
    const column = (id: string) => narrow.find((node) => node.id === id)?.column ?? Number.NaN;

    for (const each of new Set(narrow.map((node) => node.column))) {
      expect(narrow.filter((node) => node.column === each).length).toBeLessThanOrEqual(2);
    }
    for (const { from, to } of edges) expect(column(from)).toBeLessThan(column(to));
  });
});

describe("a request's way", () => {
  it("goes from the check at its side on from where it began", () => {
    const { way } = sampleRequest(0);

    expect(edgesOf(way, edges).map(({ id }) => id)).toEqual([
      "client→acl",
      "acl→stage",
      "stage→method1",
      "method1→pool1",
      "method1→fn1",
    ]);
  });

  it("is counted on each edge, and as refused at the last one alone", () => {
    const after = countedOnto(countedOnto(edges, sampleRequest(1)), sampleRequest(0));
    const of = (id: string) => after.find((edge) => edge.id === id);

    expect(of("client→acl")).toMatchObject({ count: 2, refused: 0 });
    expect(of("method1→pool1")).toMatchObject({ count: 2, refused: 1 });
    expect(of("method1→fn1")).toMatchObject({ count: 1, refused: 0 });
    expect(of("stage→method2")).toMatchObject({ count: 0, refused: 0 });
  });

  it("is told from what it caused by the server's counts", () => {
    const counted = countedOnto(edges, sampleRequest(0));
    const told = counted.map((edge) => (edge.from === "fn1" ? { ...edge, count: edge.count + 1 } : edge));

    expect(grownSince(counted, told)).toEqual(["fn1→secret", "fn1→topic", "fn1→logs"]);
    expect(grownSince(told, told)).toEqual([]);
  });
});
