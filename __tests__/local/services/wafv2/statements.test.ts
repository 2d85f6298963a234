import fc from "fast-check";
import { anyCharacter } from "../../../support/any-character";
import { arnOf, type Block, byteMatch, inspectorOf, noTransformation, patternSet, rule } from "./fixture";

const actionFor = (statement: Block, path: string, others: Parameters<typeof inspectorOf>[1] = []): string =>
  inspectorOf([rule(statement)], others).inspect({ path }).action;

const regex = (regex_string: string): Block => ({
  regex_match_statement: {
    ...{ regex_string, field_to_match: [{ uri_path: [{}] }], text_transformation: [noTransformation] },
  },
});

const size = (comparison_operator: string, bytes: number): Block => ({
  size_constraint_statement: {
    ...{ comparison_operator, size: bytes, field_to_match: { uri_path: {} } },
    text_transformation: noTransformation,
  },
});

describe("a byte match statement", () => {
  it.each([
    ["EXACTLY", "/admin", "/admin", "BLOCK"],
    ["EXACTLY", "/admin", "/admin/", "ALLOW"],
    ["STARTS_WITH", "/admin", "/admin/x", "BLOCK"],
    ["STARTS_WITH", "/admin", "/x/admin", "ALLOW"],
    ["ENDS_WITH", ".php", "/x.php", "BLOCK"],
    ["ENDS_WITH", ".php", "/x.php/", "ALLOW"],
    ["CONTAINS", "admin", "/xadminx", "BLOCK"],
    ["CONTAINS", "admin", "/xADMINx", "ALLOW"],
    ["CONTAINS_WORD", "admin", "/admin/x", "BLOCK"],
    ["CONTAINS_WORD", "admin", "/x-admin", "BLOCK"],
    ["CONTAINS_WORD", "admin", "/xadmin/admin", "BLOCK"],
    ["CONTAINS_WORD", "admin", "/xadmin", "ALLOW"],
    ["CONTAINS_WORD", "admin", "/admin_", "ALLOW"],
    ["CONTAINS_WORD", "admin", "admin", "BLOCK"],
  ])("%s %j takes %j: %s", (positional_constraint, search, path, action) => {
    const statement = byteMatch(search, { uri_path: {} }, { positional_constraint });

    expect(actionFor(statement, path)).toBe(action);
  });

  it("compares bytes: a search string beyond ASCII is found in UTF-8", () => {
    const statement = byteMatch("naïve", { body: {} });
    const { inspect } = inspectorOf([rule(statement)]);

    expect(inspect({ body: "so naïve" }).action).toBe("BLOCK");
    expect(inspect({ body: Buffer.from("so naïve", "latin1") }).action).toBe("ALLOW");
  });

  it("refuses a positional constraint that AWS does not have", () => {
    const statement = byteMatch("x", { uri_path: {} }, { positional_constraint: "SOMEWHERE" });

    expect(() => inspectorOf([rule(statement)])).toThrow(
      /positional_constraint must be EXACTLY, .* received "SOMEWHERE"/,
    );
  });
});

describe("a regex statement", () => {
  it.each([
    ["^/dev[a-z]+/lambda\\d$", "/development/lambda1", "BLOCK"],
    ["^/dev[a-z]+/lambda\\d$", "/development/lambdas", "ALLOW"],
    ["lambda", "/development/lambda1", "BLOCK"],
    ["LAMBDA", "/development/lambda1", "ALLOW"],
    ["(?i)LAMBDA", "/development/lambda1", "BLOCK"],
    ["^/a$", "/a\n", "BLOCK"],
    ["^/a\\z", "/a\n", "ALLOW"],
    ["^/a$", "/a\nb", "ALLOW"],
  ])("%j takes %j: %s", (pattern, path, action) => {
    expect(actionFor(regex(pattern), path)).toBe(action);
  });

  it("takes time linear to the request, so that nobody can stop the edge with a crafted value", () => {
    const { inspect } = inspectorOf([rule(regex("^(a+)+$"))]);

    expect(inspect({ path: `${"a".repeat(20_000)}!` }).action).toBe("ALLOW");
  });

  it("matches when one pattern of a set does, and not when none does", () => {
    const statement: Block = {
      regex_pattern_set_reference_statement: {
        ...{ arn: arnOf("regexpatternset", "Bad"), field_to_match: { uri_path: {} } },
        text_transformation: noTransformation,
      },
    };
    const set = [patternSet("Bad", ["^/etc/", "\\.git(/|$)"])];

    expect(actionFor(statement, "/x/.git/config", set)).toBe("BLOCK");
    expect(actionFor(statement, "/x/git", set)).toBe("ALLOW");
  });

  it("is not evaluated where the pattern needs what a linear engine lacks, and says so", () => {
    const { inspect, webAcls } = inspectorOf([rule(regex("(?=a)b"), { name: "ahead" })]);

    expect(inspect({ path: "ab" }).action).toBe("ALLOW");
    expect(webAcls.counts()).toContainEqual({
      ...{ webAcl: "SecureApi", rule: "ahead", action: "NOT_EVALUATED", count: 1 },
    });
    expect(webAcls.warnings).toEqual([
      expect.stringMatching(
        /^web ACL SecureApi, rule ahead: regex_match_statement is not evaluated here .*\(\?=a\)b/,
      ),
    ]);
  });
});

describe("patterns whose search would take too long", () => {
  const thousand = "(a{1,30}){1,30}$";
  const warning = /is not evaluated here .*its patterns take \d{4} instructions, and more than 1000/;

  it("are not evaluated, and the start says so", () => {
    const { inspect, webAcls } = inspectorOf([rule(regex(thousand))]);

    expect(inspect({ path: "/aaa" }).action).toBe("ALLOW");
    expect(webAcls.warnings).toEqual([expect.stringMatching(warning)]);
  });

  it("count together where they are in one set", () => {
    const statement: Block = {
      regex_pattern_set_reference_statement: {
        ...{ arn: arnOf("regexpatternset", "Long"), field_to_match: { uri_path: {} } },
        text_transformation: noTransformation,
      },
    };
    const few = [patternSet("Long", ["a{1,200}$"])];
    const many = [
      patternSet(
        "Long",
        Array.from({ length: 4 }, (_, index) => `${index}a{1,200}$`),
      ),
    ];

    expect(inspectorOf([rule(statement)], few).webAcls.warnings).toEqual([]);
    expect(inspectorOf([rule(statement)], many).webAcls.warnings).toEqual([expect.stringMatching(warning)]);
  });
});

describe("a size constraint", () => {
  it.each([
    ["EQ", 3, [false, true, false]],
    ["NE", 3, [true, false, true]],
    ["LE", 3, [true, true, false]],
    ["LT", 3, [true, false, false]],
    ["GE", 3, [false, true, true]],
    ["GT", 3, [false, false, true]],
  ])("%s %d is decided by the number of bytes", (operator, bytes, expected) => {
    const { inspect } = inspectorOf([rule(size(operator, bytes))]);

    const blocked = ["/a", "/ab", "/abc"].map((path) => inspect({ path }).action === "BLOCK");

    expect(blocked).toEqual(expected);
  });

  it("refuses an operator that AWS does not have", () => {
    expect(() => inspectorOf([rule(size("ABOUT", 3))])).toThrow("comparison_operator must be EQ, NE");
  });
});

describe("and, or, not", () => {
  const a = byteMatch("a");
  const b = byteMatch("b");

  it.each([
    ["and", { and_statement: { statement: [a, b] } }, ["/ab"]],
    ["or", { or_statement: { statement: [a, b] } }, ["/a", "/b", "/ab"]],
    ["not", { not_statement: { statement: [a] } }, ["/", "/b"]],
  ])("%s matches what it should of all four requests", (_, statement, blocked) => {
    const { inspect } = inspectorOf([rule(statement)]);

    const paths = ["/", "/a", "/b", "/ab"].filter((path) => inspect({ path }).action === "BLOCK");

    expect(paths).toEqual(blocked);
  });

  it.each([
    ["two statements in one block", { ...a, sqli_match_statement: {} }],
    ["no statement", {}],
    ["a statement in CDKTF's spelling", { byteMatchStatement: {} }],
    ["a rate-based statement inside another", { not_statement: { statement: { rate_based_statement: {} } } }],
    ["two operands of a not", { not_statement: { statement: [a, b] } }],
    ["an and without operands", { and_statement: { statement: [] } }],
  ])("stop the start at %s, naming the place", (_, statement) => {
    expect(() => inspectorOf([rule(statement)])).toThrow(
      /^aws_wafv2_web_acl\.SecureApi\.rule\[0\]\.statement/,
    );
  });
});

describe("statements that only AWS can evaluate", () => {
  const field = { field_to_match: { body: {} }, text_transformation: noTransformation };

  it.each<[string, Block, string]>([
    ["sqli_match_statement", { ...field, sensitivity_level: "HIGH" }, "SQL injection"],
    ["xss_match_statement", field, "cross-site scripting"],
    ["geo_match_statement", { country_codes: ["US"] }, "countries"],
    ["asn_match_statement", { asn_list: [64496] }, "networks"],
    [
      "managed_rule_group_statement",
      { vendor_name: "AWS", name: "AWSManagedRulesBotControlRuleSet" },
      "AWS/AWSManagedRulesBotControlRuleSet",
    ],
  ])("%s never matches, is counted as not evaluated and warned of", (name, block, reason) => {
    const managed = name === "managed_rule_group_statement";
    const more: Block = managed ? { override_action: { none: {} } } : {};
    const { inspect, webAcls } = inspectorOf([rule({ [name]: block }, { name: "only-aws", ...more })]);

    const verdict = inspect({ body: "' OR 1=1 -- <script>alert(1)</script>" });

    expect(verdict).toEqual({ action: "ALLOW", rule: "Default_Action" });
    expect(webAcls.counts()).toContainEqual({
      ...{ webAcl: "SecureApi", rule: "only-aws", action: "NOT_EVALUATED", count: 1 },
    });
    expect(webAcls.warnings).toHaveLength(1);
    expect(webAcls.warnings[0]).toMatch(/^web ACL SecureApi, rule only-aws: /);
    expect(webAcls.warnings[0]).toContain(managed ? "that only AWS has" : `${name} is not evaluated here`);
    expect(webAcls.warnings[0]).toContain(reason);
  });

  it("do not keep the other operand of an or from matching", () => {
    const statement = { or_statement: { statement: [{ sqli_match_statement: field }, byteMatch("lambda")] } };

    expect(actionFor(statement, "/lambda1")).toBe("BLOCK");
    expect(actionFor(statement, "/other")).toBe("ALLOW");
  });
});

describe("the web ACL", () => {
  it("answers every request, whatever its bytes", () => {
    const fields: Block[] = [
      { uri_path: {} },
      { query_string: {} },
      { all_query_arguments: {} },
      { body: {} },
      { json_body: { match_scope: "ALL", match_pattern: { all: {} } } },
      { cookies: { match_scope: "ALL", oversize_handling: "CONTINUE", match_pattern: { all: {} } } },
      { headers: { match_scope: "ALL", oversize_handling: "CONTINUE", match_pattern: { all: {} } } },
    ];
    const types = ["NONE", "LOWERCASE", "URL_DECODE", "URL_DECODE_UNI", "HTML_ENTITY_DECODE", "CMD_LINE"];
    const more = ["BASE64_DECODE", "HEX_DECODE", "NORMALIZE_PATH_WIN", "REPLACE_COMMENTS", "MD5"];
    const text_transformation = [...types, ...more].map((type, priority) => ({ type, priority }));
    const rules = fields.flatMap((field_to_match, index) => [
      rule(byteMatch("x", field_to_match, { text_transformation }), {
        ...{ priority: 2 * index, action: { count: {} } },
      }),
      rule(
        { regex_match_statement: { regex_string: "a.*b$", field_to_match, text_transformation } },
        { priority: 2 * index + 1, action: { count: {} } },
      ),
    ]);
    const { inspect } = inspectorOf(rules);
    const segment = fc.string({ unit: anyCharacter }).map(encodeURIComponent);
    const webPath = fc.array(segment).map((segments) => `/${segments.join("/")}`);
    const text = fc.oneof(fc.string({ unit: anyCharacter }), webPath, fc.json());

    fc.assert(
      fc.property(
        text,
        text,
        fc.array(fc.tuple(fc.constantFrom("cookie", "host", "x"), text)),
        fc.oneof(fc.uint8Array(), fc.json()),
        text,
        (path, queryString, headers, body, sourceIp) => {
          const verdict = inspect({ path, queryString, headers, body: Buffer.from(body), sourceIp });

          expect(verdict).toEqual({ action: "ALLOW", rule: "Default_Action" });
        },
      ),
    );
  });
});
