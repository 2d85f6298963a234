import type { NodeKind } from "../../contract";

/** Drawn on 16 × 16, strokes only. */
const SHAPES: Readonly<Record<NodeKind, string>> = {
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

export function KindIcon({ kind }: { kind: NodeKind }) {
  return <path class="icon" d={SHAPES[kind]} />;
}
