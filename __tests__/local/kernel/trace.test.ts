import fc from "fast-check";
import { type RequestTrace, shown, shownQuery, TraceLog } from "../../../local/kernel/trace";

const trace = (id: string): RequestTrace => ({
  ...{ id, at: 0, method: "GET", path: "/", sourceIp: "127.0.0.1", userAgent: undefined, status: 200 },
  ...{ durationMs: 1, decidedBy: { layer: "function", detail: "f" }, caller: undefined, steps: [] },
});

describe("the log of traces", () => {
  it("keeps the newest only, newest first", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 0, max: 20 }), (capacity, count) => {
        const log = new TraceLog(capacity);
        const ids = Array.from({ length: count }, (_, index) => String(index));
        for (const id of ids) log.add(trace(id));

        const newest = ids.reverse().slice(0, capacity);
        expect(log.recent().map(({ id }) => id)).toEqual(newest);
        expect(log.recent(2).map(({ id }) => id)).toEqual(newest.slice(0, 2));
      }),
    );
  });

  it("finds a request that it still has, and tells listeners of each new one", () => {
    const log = new TraceLog(1);
    const told: string[] = [];
    const end = log.onAdded(({ id }) => told.push(id));
    log.add(trace("a"));
    log.add(trace("b"));
    end();
    log.add(trace("c"));

    expect([log.find("b"), log.find("c")?.id]).toEqual([undefined, "c"]);
    expect(told).toEqual(["a", "b"]);
  });
});

describe("what a client sent", () => {
  it("is shown without tokens, wherever they are", () => {
    expect(shown("/a/eyJhbGciOiJIUzI1NiJ9.e30.sig/b", 100)).toBe("/a/***/b");
    expect(shownQuery("a=1&id_token=x&api_key=y&code=z&token", 100)).toBe(
      "a=1&id_token=***&api_key=***&code=***&token",
    );
  });

  it("is cut where it is long, and a token that is cut is masked as well", () => {
    expect(shown("abcdef", 3)).toBe("abc…");
    expect(shown(`x${"eyJhbGciOiJIUzI1NiJ9.".repeat(50)}`, 40)).toBe("x***…");
  });
});
