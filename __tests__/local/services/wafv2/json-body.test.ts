import fc from "fast-check";
import { PathFilter, scanJson } from "../../../../local/services/wafv2/json-body";
import { anyCharacter } from "../../../support/any-character";

const bytes = (text: string): string => Buffer.from(text).toString("latin1");
const scan = (text: string) => scanJson(bytes(text), PathFilter.everything);

describe("the JSON scanner", () => {
  it("finds the keys and scalars of every valid document, decoded", () => {
    const documents = fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()));

    fc.assert(
      fc.property(documents, fc.constantFrom(0, 2), (document, indent) => {
        const keys: string[] = [];
        const values: string[] = [];
        JSON.parse(JSON.stringify(document), (_, value: unknown) => {
          if (typeof value === "object" && value !== null && !Array.isArray(value))
            keys.push(...Object.keys(value).map(bytes));
          if (typeof value !== "object" || value === null)
            values.push(bytes(typeof value === "string" ? value : JSON.stringify(value)));
          return value;
        });

        const found = scan(JSON.stringify(document, null, indent));

        expect(found.complete).toBe(true);
        expect([...found.keys].sort()).toEqual(keys.sort());
        expect([...found.values].sort()).toEqual(values.sort());
      }),
    );
  });

  it("never throws, and finds in a truncated document no more than in the whole one", () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (text, cut) => {
        const whole = scan(text);
        const part = scan(text.slice(0, cut % (text.length + 1)));

        expect(part.values.length).toBeLessThanOrEqual(whole.values.length);
      }),
    );
    fc.assert(fc.property(fc.string({ unit: anyCharacter }), (text) => void scan(text)));
  });

  it.each([
    ['{"k":"a\\u00e9\\ud83d\\ude00\\n\\"\\/"}', 'aé😀\n"/'],
    ['{"k":-1.5e+3}', "-1.5e+3"],
    ['{"k":null}', "null"],
  ])("reads %s as AWS WAF inspects it", (text, value) => {
    expect(scan(text)).toEqual({ keys: ["k"], values: [bytes(value)], complete: true });
  });

  it.each(['{"a":"x""b":"y"}', '{"a":"x","b""y"}', '{"a"::"x","b""y"}'])(
    "forgives %s, as AWS WAF does",
    (text) => {
      expect(scan(text)).toEqual({ keys: ["a", "b"], values: ["x", "y"], complete: true });
    },
  );

  it.each([
    ["a duplicate key", '{"a":1,"a":2}', ["1"]],
    ["a truncation", '{"a":1,"b', ["1"]],
    ["a control character", '{"a":1,"b":"\n"}', ["1"]],
    ["an invalid escape", '{"a":1,"b":"\\u12"}', ["1"]],
    ["an unknown word", '{"a":1,"b":nil}', ["1"]],
    ["a number glued to text", '{"a":1,"b":1x}', ["1"]],
    ["the wrong bracket", '{"a":[1}', ["1"]],
    ["a key without a value", '{"a":1,"b"}', ["1"]],
    ["a value without a key", '{"a":1,{"b":2}}', ["1"]],
    ["a scalar root", '"x"', []],
    ["something after the root", '{"a":1} {"b":2}', ["1"]],
  ])("stops at %s", (_, text, values) => {
    expect(scan(text)).toMatchObject({ values, complete: false });
  });

  it("takes any depth", () => {
    const depth = 30_000;

    expect(scan(`${"[".repeat(depth)}1${"]".repeat(depth)}`)).toEqual({
      keys: [],
      values: ["1"],
      complete: true,
    });
  });

  it("keeps to the paths that are included, and what they contain", () => {
    const text = bytes('{"a":{"x":[1,{"y":2}]},"b/c":3,"ü":4,"d":5}');

    const found = scanJson(text, PathFilter.of(["/a/x", "/b~1c", "/ü", "/none/0"]));

    expect(found).toEqual({
      keys: [bytes("x"), "y", "b/c", bytes("ü")],
      values: ["1", "2", "3", "4"],
      complete: true,
    });
  });
});
