import fc from "fast-check";
import {
  isSoundlyEncoded,
  parseQuery,
  parseTarget,
} from "../../../../local/services/apigateway/edge/request-target";

test.each([
  [
    "/development/lambda1?a=1?b",
    { rawPath: "/development/lambda1", rawQuery: "a=1?b", stageName: "development", path: "/lambda1" },
  ],
  ["/development", { rawPath: "/development", rawQuery: "", stageName: "development", path: "/" }],
  ["/", { rawPath: "/", rawQuery: "", stageName: "", path: "/" }],
  ["//development/x", { rawPath: "//development/x", rawQuery: "", stageName: "", path: "/development/x" }],
  ["/d//x/", { rawPath: "/d//x/", rawQuery: "", stageName: "d", path: "/x/" }],
  ["http://host:1/d/x?y", { rawPath: "/d/x", rawQuery: "y", stageName: "d", path: "/x" }],
  ["*", undefined],
  ["host:443", undefined],
  ["", undefined],
])("takes %s apart", (target, expected) => {
  expect(parseTarget(target)).toEqual(expected);
});

test.each([
  ["", []],
  [
    "a=1&b=2;c=3",
    [
      ["a", "1"],
      ["b", "2"],
      ["c", "3"],
    ],
  ],
  [
    "a&=x&&a=",
    [
      ["a", ""],
      ["", "x"],
      ["a", ""],
    ],
  ],
  ["a=b=c", [["a", "b=c"]]],
  [
    "time=18:05+00:00&e=a%2Bb",
    [
      ["time", "18:05 00:00"],
      ["e", "a+b"],
    ],
  ],
  ["%C3%BC=%E2%82%AC", [["ü", "€"]]],
  ["a=%ff", [["a", "\ufffd"]]],
  ["a=%", undefined],
  ["a=%2", undefined],
  ["a=|", undefined],
  ["a={b}", undefined],
])("decodes %s", (query, expected) => {
  expect(parseQuery(query)).toEqual(expected);
});

test("decodes what encodeURIComponent made, whatever it was", () => {
  const text = fc.string({ unit: "grapheme" });
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text), { minLength: 1 }), (pairs) => {
      const query = pairs.map((pair) => pair.map(encodeURIComponent).join("=")).join("&");

      expect(parseQuery(query)).toEqual(pairs);
    }),
  );
});

test("never throws, and never takes a broken escape for sound", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const sound = isSoundlyEncoded(text);

      expect(parseQuery(text) === undefined).toBe(!sound || /[|{}]/.test(text));
    }),
  );
});
