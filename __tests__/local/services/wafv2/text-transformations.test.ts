import fc from "fast-check";
import { Attributes } from "../../../../local/deployment/attributes";
import { compileTransformations } from "../../../../local/services/wafv2/text-transformations";
import { byteMatch, inspectorOf, rule } from "./fixture";

const transform = (types: string[], text: string): string =>
  compileTransformations(
    new Attributes("test", {
      text_transformation: types.map((type, priority) => ({ type, priority })),
    }),
  )(text);

describe("a text transformation", () => {
  it.each([
    ["NONE", "A b", "A b"],
    ["LOWERCASE", "AbZ\u00c0", "abz\u00c0"],
    ["URL_DECODE", "%2e%2E/%zz+%", "../%zz %"],
    ["URL_DECODE", "%252e", "%2e"],
    ["URL_DECODE_UNI", "%u003cscript%3E%uff1c%u2e2e", "<script><."],
    ["HTML_ENTITY_DECODE", "&lt;&#x3c;&#60&quot;&amp;&nbsp;&gt;", '<<<"&\u00a0>'],
    ["HTML_ENTITY_DECODE", "&ltx; &unknown; &#x110000;", "&ltx; &unknown; "],
    ["HTML_ENTITY_DECODE", "&#x20ac;", "\u00e2\u0082\u00ac"],
    ["COMPRESS_WHITE_SPACE", "a \t\r\n\f\v\u00a0b  c", "a b c"],
    ["CMD_LINE", "C:\\\"W^in'dows  /x , (y;z", "c:windows/x(y z"],
    ["BASE64_DECODE", "YXR0YWNr", "attack"],
    ["BASE64_DECODE", "YXR0!YWNr", "att"],
    ["BASE64_DECODE_EXT", "YX R0!YW\nNr", "attack"],
    ["HEX_DECODE", "2e2E2f", "../"],
    ["MD5", "", Buffer.from("d41d8cd98f00b204e9800998ecf8427e", "hex").toString("latin1")],
    ["NORMALIZE_PATH", "/a/./b//../c", "/a/c"],
    ["NORMALIZE_PATH", "../../a/../b/", "../../b/"],
    ["NORMALIZE_PATH", "/../../etc", "/etc"],
    ["NORMALIZE_PATH_WIN", "\\a\\..\\b", "/b"],
    ["REMOVE_NULLS", "a\0b", "ab"],
    ["REPLACE_NULLS", "a\0b", "a b"],
    ["REPLACE_COMMENTS", "UN/*x*/ION/**/*/a/*open", "UN ION */a "],
  ])("%s turns %j into %j", (type, before, after) => {
    expect(transform([type], before)).toBe(after);
  });

  it("is applied in the order of the priorities, not of the blocks", () => {
    const text_transformation = [
      { priority: 20, type: "LOWERCASE" },
      { priority: 10, type: "BASE64_DECODE" },
    ];
    const { inspect } = inspectorOf([
      rule(byteMatch("attack", { query_string: {} }, { text_transformation })),
    ]);

    const queryString = Buffer.from("ATTACK").toString("base64");

    expect(inspect({ queryString }).action).toBe("BLOCK");
  });

  it("defeats the disguise that it is for: without it the attack passes", () => {
    const disguised = { path: "/%2e%2e/ETC/passwd" };
    const types = [
      { priority: 0, type: "URL_DECODE" },
      { priority: 1, type: "LOWERCASE" },
    ];
    const guarded = inspectorOf([
      rule(byteMatch("../etc", { uri_path: {} }, { text_transformation: types })),
    ]);
    const bare = inspectorOf([rule(byteMatch("../etc"))]);

    expect(guarded.inspect(disguised).action).toBe("BLOCK");
    expect(bare.inspect(disguised).action).toBe("ALLOW");
  });

  it.each(["CSS_DECODE", "JS_DECODE", "constructor"])("%s makes the statement not evaluated", (type) => {
    const statement = byteMatch("lambda", { uri_path: {} }, { text_transformation: { priority: 0, type } });
    const { inspect, webAcls } = inspectorOf([rule(statement, { name: "exotic" })]);

    expect(inspect().action).toBe("ALLOW");
    expect(webAcls.warnings[0]).toContain(`the text transformation ${type} is not available`);
  });

  it("stops the start where two have the same priority", () => {
    const text_transformation = [
      { priority: 0, type: "NONE" },
      { priority: 0, type: "LOWERCASE" },
    ];

    expect(() => inspectorOf([rule(byteMatch("x", { uri_path: {} }, { text_transformation }))])).toThrow(
      "text_transformation must be blocks with priorities that differ",
    );
  });

  it("gives back what was encoded, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (array) => {
        const bytes = Buffer.from(array);
        const percent = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");

        const expected = bytes.toString("latin1");
        expect(transform(["BASE64_DECODE"], bytes.toString("base64"))).toBe(expected);
        expect(transform(["HEX_DECODE"], bytes.toString("hex"))).toBe(expected);
        expect(transform(["URL_DECODE"], percent)).toBe(expected);
        expect(transform(["URL_DECODE_UNI"], percent)).toBe(expected);
      }),
    );
  });

  it("leaves no way up in a normalized absolute path", () => {
    const segment = fc.constantFrom("..", ".", "", "a", "b");

    fc.assert(
      fc.property(fc.array(segment), (segments) => {
        const normalized = transform(["NORMALIZE_PATH"], `/${segments.join("/")}`);

        expect(normalized).toMatch(/^\//);
        expect(normalized.split("/")).not.toContain("..");
        expect(normalized).not.toContain("//");
        expect(transform(["NORMALIZE_PATH"], normalized)).toBe(normalized);
      }),
    );
  });
});
