import {
  association,
  type Block,
  byteMatch,
  inspect,
  inspectorOf,
  type RequestParts,
  rule,
  webAcl,
  webAclsOf,
} from "./fixture";

const blocks = (field: Block, sent: RequestParts): boolean =>
  inspectorOf([rule(byteMatch("needle", field))]).inspect(sent).action === "BLOCK";

const header = (name: string, value: string): RequestParts => ({ headers: [[name, value]] });
const pairs = (kind: "headers" | "cookies", more: Block = {}): Block => ({
  [kind]: { match_scope: "ALL", oversize_handling: "CONTINUE", match_pattern: { all: {} }, ...more },
});
const json = (more: Block = {}): Block => ({
  json_body: { match_scope: "ALL", match_pattern: { all: {} }, ...more },
});

describe("the inspected part of a request", () => {
  it.each<[string, Block, RequestParts, RequestParts]>([
    ["uri_path", { uri_path: {} }, { path: "/needle" }, { queryString: "needle" }],
    ["query_string", { query_string: {} }, { queryString: "needle=" }, { path: "/needle" }],
    ["method", { method: {} }, { method: "needle" }, { path: "/needle" }],
    ["single_header", { single_header: { name: "X-A" } }, header("x-a", "needle"), header("x-b", "needle")],
    [
      "single_query_argument",
      { single_query_argument: { name: "Q" } },
      { queryString: "a=1&q=needle" },
      { queryString: "a=needle&q=1" },
    ],
    [
      "all_query_arguments",
      { all_query_arguments: {} },
      { queryString: "a&b=needle" },
      { queryString: "needle=1" },
    ],
    ["body", { body: {} }, { body: "a needle" }, header("x", "needle")],
    ["headers", pairs("headers"), header("x", "needle"), { body: "needle" }],
    [
      "headers, names",
      pairs("headers", { match_scope: "KEY" }),
      header("needle", "x"),
      header("x", "needle"),
    ],
    [
      "headers, values",
      pairs("headers", { match_scope: "VALUE" }),
      header("x", "needle"),
      header("needle", "x"),
    ],
    [
      "headers, included",
      pairs("headers", { match_pattern: { included_headers: ["X-A"] } }),
      header("x-a", "needle"),
      header("x-b", "needle"),
    ],
    [
      "headers, excluded",
      pairs("headers", { match_pattern: { excluded_headers: ["X-A"] } }),
      header("x-b", "needle"),
      header("x-a", "needle"),
    ],
    ["cookies", pairs("cookies"), header("Cookie", "a=1; b=needle"), header("X", "b=needle")],
    [
      "cookies, included",
      pairs("cookies", { match_pattern: { included_cookies: ["b"] } }),
      header("Cookie", "a=1;b=needle"),
      header("Cookie", "a=needle;b=1"),
    ],
    ["json_body", json(), { body: '{"a":["needle"]}' }, { queryString: "needle" }],
    ["json_body, keys", json({ match_scope: "KEY" }), { body: '{"needle":1}' }, { body: '{"a":"needle"}' }],
    [
      "json_body, values",
      json({ match_scope: "VALUE" }),
      { body: '{"a":"needle"}' },
      { body: '{"needle":1}' },
    ],
    [
      "json_body, paths",
      json({ match_pattern: { included_paths: ["/a/0/b"] } }),
      { body: '{"a":[{"b":"needle"}]}' },
      { body: '{"a":[{"c":"needle"},{"b":"needle"}]}' },
    ],
  ])("%s is looked at, and nothing else", (_, field, matching, other) => {
    expect(blocks(field, matching)).toBe(true);
    expect(blocks(field, other)).toBe(false);
  });

  it("includes every header of a name, so that a second one is no way around", () => {
    const headers: RequestParts["headers"] = [
      ["X-A", "harmless"],
      ["x-a", "needle"],
    ];

    expect(blocks({ single_header: { name: "x-a" } }, { headers })).toBe(true);
  });

  it.each(["header_order", "ja3_fingerprint", "ja4_fingerprint", "uri_fragment"])(
    "is not evaluated where it is %s, with a warning",
    (field) => {
      const { webAcls, inspect: send } = inspectorOf([rule(byteMatch("needle", { [field]: {} }))]);

      expect(send().action).toBe("ALLOW");
      expect(webAcls.warnings[0]).toContain(`the field ${field} is not available`);
    },
  );

  it.each<[string, Block, string]>([
    ["an unknown field", { moon: {} }, "field_to_match must be a block with one of uri_path"],
    ["an unknown scope", pairs("headers", { match_scope: "SOME" }), "match_scope must be ALL, KEY or VALUE"],
    [
      "an unknown oversize handling",
      { body: { oversize_handling: "STOP" } },
      "oversize_handling must be CONTINUE",
    ],
    [
      "an unknown fallback",
      json({ invalid_fallback_behavior: "PANIC" }),
      "invalid_fallback_behavior must be MATCH",
    ],
  ])("stops the start where it is %s", (_, field, message) => {
    expect(() => inspectorOf([rule(byteMatch("needle", field))])).toThrow(message);
  });
});

describe("the limit on the body", () => {
  const body = (before: number) => `${" ".repeat(before)}needle${" ".repeat(20)}`;
  const limit = 16 * 1024;

  it("lets a rule see the first 16 KB, to the byte", () => {
    expect(blocks({ body: {} }, { body: body(limit - 6) })).toBe(true);
    expect(blocks({ body: {} }, { body: body(limit - 5) })).toBe(false);
  });

  it.each([
    ["CONTINUE", false],
    ["MATCH", true],
    ["NO_MATCH", false],
  ])("is handled as configured where the body is larger: %s", (oversize_handling, blocked) => {
    const field = { body: { oversize_handling } };

    expect(blocks(field, { body: " ".repeat(limit + 1) })).toBe(blocked);
    expect(blocks(field, { body: " ".repeat(limit) })).toBe(false);
    expect(blocks(field, { body: `needle${" ".repeat(limit)}` })).toBe(oversize_handling !== "NO_MATCH");
  });

  it("holds for JSON bodies too", () => {
    const large = `{"a":"${" ".repeat(limit)}","b":"needle"}`;

    expect(blocks(json(), { body: large })).toBe(false);
    expect(blocks(json({ oversize_handling: "MATCH" }), { body: large })).toBe(true);
    expect(blocks(json({ invalid_fallback_behavior: "MATCH" }), { body: large })).toBe(true);
  });

  it.each([
    ["KB_16", 16],
    ["KB_32", 32],
    ["KB_48", 48],
    ["KB_64", 64],
  ])("is what the association config sets: %s", (default_size_inspection_limit, kilobytes) => {
    const association_config = { request_body: [{ api_gateway: [{ default_size_inspection_limit }] }] };
    const resource = webAcl([rule(byteMatch("needle", { body: {} }))], { association_config });
    const webAcls = webAclsOf([resource]);

    expect(inspect(webAcls, { body: body(kilobytes * 1024 - 6) }).action).toBe("BLOCK");
    expect(inspect(webAcls, { body: body(kilobytes * 1024 - 5) }).action).toBe("ALLOW");
  });

  it("stops the start at a limit that AWS does not offer", () => {
    const association_config = {
      request_body: { api_gateway: { default_size_inspection_limit: "KB_17" } },
    };

    expect(() => webAclsOf([webAcl([], { association_config }), association("other")])).toThrow(
      'default_size_inspection_limit must be KB_16, KB_32, KB_48 or KB_64, received "KB_17"',
    );
  });
});

describe("the limits on headers and cookies", () => {
  const many = (count: number): RequestParts["headers"] => [
    ...Array.from({ length: count }, (_, index) => [`h${index}`, "x"] as const),
    ["x-last", "needle"],
  ];

  it("let a rule see the first 200 headers", () => {
    expect(blocks({ single_header: { name: "x-last" } }, { headers: many(199) })).toBe(true);
    expect(blocks({ single_header: { name: "x-last" } }, { headers: many(200) })).toBe(false);
  });

  it("let a rule see the first 8 KB of headers, to the byte", () => {
    const first = (bytes: number): RequestParts["headers"] => [
      ["a", "x".repeat(bytes)],
      ["b", "needle"],
    ];

    expect(blocks(pairs("headers"), { headers: first(8192 - 8) })).toBe(true);
    expect(blocks(pairs("headers"), { headers: first(8192 - 7) })).toBe(false);
  });

  it.each([
    ["CONTINUE", false],
    ["MATCH", true],
    ["NO_MATCH", false],
  ])("are handled as configured: %s", (oversize_handling, blocked) => {
    const cookie = Array.from({ length: 201 }, (_, index) => `c${index}=x`).join("; ");

    expect(blocks(pairs("headers", { oversize_handling }), { headers: many(200) })).toBe(blocked);
    expect(blocks(pairs("cookies", { oversize_handling }), header("cookie", cookie))).toBe(blocked);
    expect(blocks(pairs("cookies", { oversize_handling }), header("cookie", "a=b"))).toBe(false);
  });
});

describe("a JSON body that is not valid", () => {
  const broken = '{"a":1,"b" needle';

  it.each([
    ["MATCH", true],
    ["NO_MATCH", false],
    ["EVALUATE_AS_STRING", true],
  ])("is taken as configured: %s", (invalid_fallback_behavior, blocked) => {
    const field = json({ invalid_fallback_behavior });

    expect(blocks(field, { body: broken })).toBe(blocked);
    expect(blocks(field, { body: '{"a":1}' })).toBe(false);
    expect(blocks(field, { body: "" })).toBe(false);
  });

  it("is looked at up to the first failure without a setting", () => {
    expect(blocks(json(), { body: '{"a":"needle","b" oops' })).toBe(true);
    expect(blocks(json(), { body: broken })).toBe(false);
  });
});
