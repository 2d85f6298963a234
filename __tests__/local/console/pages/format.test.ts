import { rowsInView } from "../../../../local/console/pages/components/rows";
import { ago, arnName, bytes, counted, duration, pretty } from "../../../../local/console/pages/kit/format";

describe("what a visitor reads", () => {
  it("has durations, sizes and counts with their units", () => {
    expect([0.42, 12.4, 1_250].map(duration)).toEqual(["0.4 ms", "12 ms", "1.25 s"]);
    expect([812, 12_595, 3_145_728].map(bytes)).toEqual(["812 B", "12.3 KB", "3.0 MB"]);
    expect([counted(1, "request"), counted(12_345, "request")]).toEqual(["1 request", "12,345 requests"]);
  });

  it("says how long ago something was", () => {
    const now = 1_000_000_000;

    expect([0, 30, 90, 7_200, 200_000].map((seconds) => ago(now - seconds * 1_000, now))).toEqual([
      "now",
      "30 s ago",
      "1 min ago",
      "2 h ago",
      "2 d ago",
    ]);
  });

  it("calls a resource by the end of its ARN", () => {
    expect(arnName("arn:aws:sns:eu-west-1:123456789012:Topic")).toBe("Topic");
    expect(arnName("arn:aws:iam::123456789012:role/path/Role")).toBe("Role");
  });

  it("breaks JSON into lines and leaves anything else as it is", () => {
    expect(pretty('{"a":1}')).toBe('{\n  "a": 1\n}');
    expect(pretty("<html>")).toBe("<html>");
  });
});

describe("rowsInView", () => {
  it("draws a window of a list, however long the list is", () => {
    expect(rowsInView({ count: 10_000, rowHeight: 36, scrollTop: 36_000, height: 720 })).toEqual({
      from: 992,
      to: 1_028,
    });
    expect(rowsInView({ count: 5, rowHeight: 36, scrollTop: 0, height: 720 })).toEqual({ from: 0, to: 5 });
    expect(rowsInView({ count: 0, rowHeight: 36, scrollTop: 9_000, height: 720 })).toEqual({
      from: 0,
      to: 0,
    });
    expect(rowsInView({ count: 10, rowHeight: 36, scrollTop: 99_000, height: 720 })).toEqual({
      from: 2,
      to: 10,
    });
  });
});
