import * as v from "valibot";
import { headerOf, readBody, readHeaders, readPath, readQuery } from "../../../lambda-src/common/request";

const word = (name: string) =>
  v.pipe(v.string(`"${name}" is missing.`), v.regex(/^\w+$/, `"${name}" is wrong.`));
const idSchema = v.object({ id: word("id") });

describe("A parameter", () => {
  it("of the path is decoded and checked", () => {
    const percent = v.object({ id: v.string() });

    expect(readPath({ pathParameters: { id: "a%2Fb" } }, percent)).toEqual({
      ok: true,
      value: { id: "a/b" },
    });
    expect(readPath({ pathParameters: { id: "%E0%A4%A" } }, idSchema)).toEqual({
      ok: false,
      reason: '"id" is missing.',
    });
  });

  it("of the query string is checked, and so are headers, whatever the case of their names", () => {
    expect(readQuery({ queryStringParameters: { id: "7" } }, idSchema)).toEqual({
      ok: true,
      value: { id: "7" },
    });
    expect(readHeaders({ headers: { ID: "7" } }, idSchema)).toEqual({ ok: true, value: { id: "7" } });
  });

  it.each([readPath, readQuery, readHeaders])("is missing where the event has none: %p", (read) => {
    const nothing = { pathParameters: null, queryStringParameters: null, headers: null };

    expect(read(nothing, idSchema)).toEqual({ ok: false, reason: '"id" is missing.' });
    expect(read({}, idSchema)).toEqual({ ok: false, reason: '"id" is missing.' });
  });

  it("that is refused is not repeated, whether the schema has a message or not", () => {
    const request = { queryStringParameters: { id: "<script>" } };

    expect(readQuery(request, idSchema)).toEqual({ ok: false, reason: '"id" is wrong.' });
    for (const schema of [v.object({ id: v.literal("7") }), v.strictObject({})])
      expect(readQuery(request, schema)).toEqual({ ok: false, reason: "The request is not valid." });
  });
});

describe("A body", () => {
  it("is read with any schema", () => {
    const schema = v.strictObject({ count: v.number() });

    expect(readBody({ body: '{"count":2}' }, schema)).toEqual({ ok: true, value: { count: 2 } });
    expect(readBody({ body: "count=2" }, schema)).toEqual({
      ok: false,
      reason: "The body must be JSON in UTF-8.",
    });
  });
});

describe("A header", () => {
  it("is found whatever the case of its name", () => {
    expect(headerOf({ headers: { ORIGIN: "https://a.example" } }, "origin")).toBe("https://a.example");
  });

  it("is missing when there are none, as in API Gateway's method test", () => {
    expect(headerOf({ headers: null }, "origin")).toBeUndefined();
    expect(headerOf({}, "origin")).toBeUndefined();
  });
});
