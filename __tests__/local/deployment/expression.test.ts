import path from "node:path";
import fc from "fast-check";
import { DeploymentError, type Value } from "../../../local/deployment/attributes";
import { evaluateJson, evaluateTemplate, type Scope } from "../../../local/deployment/expression";
import { anyCharacter } from "../../support/any-character";

const topic = {
  arn: "arn:aws:sns:eu-west-1:123456789012:Names",
  rules: [{ name: "a" }, { name: "b" }],
  block: { name: "only", inner: { deep: [1, 2] } },
  tags: { "a-b": "dashed" },
  nothing: null,
};

/** Knows `aws_sns_topic.Names` and nothing else. */
const scope: Scope = {
  folder: path.join(__dirname, "expression-files"),
  resolve: (path) => {
    if (path[0] === "aws_sns_topic" && path[1] === "Names") return { value: topic, used: 2 };
    throw new DeploymentError(`nothing at ${path.join(".")}`);
  },
};
const evaluate = (source: string) => evaluateTemplate(source, "aws_iam_role.R", scope);
const failureOf = (source: string) => {
  try {
    return `evaluated to ${JSON.stringify(evaluate(source))}`;
  } catch (error) {
    if (error instanceof DeploymentError) return error.message;
    throw error;
  }
};

// Every result that needs no resource is what Terraform 1.11.4 makes of the same text.
describe("evaluating a template", () => {
  it.each<[string, Value]>([
    ["", ""],
    ["no expression", "no expression"],
    ["a ${1 + 1} b", "a 2 b"],
    ["${true}x${1.50}", "truex1.5"],
    ["$${a} %%{b} $ % $$ $x", "${a} %{b} $ % $$ $x"],
    ["$$${a}", "$${a}"],
    ["$context.error.messageString", "$context.error.messageString"],
    ["\\n stays", "\\n stays"],
    ['${"\\u00e9\\n\\t\\r\\"\\\\ \\U0001f44d"}', 'é\n\t\r"\\ 👍'],
    ['${"nested ${upper("x")} $${y}"}', "nested X ${y}"],
  ])("%s", (source, expected) => {
    expect(evaluate(source)).toBe(expected);
  });

  it.each<[string, Value]>([
    ["${1e3}", 1000],
    ["${true}", true],
    ["${null}", null],
    ["${[1, 2,]}", [1, 2]],
    ["${ [\n1\n] }", [1]],
    ['${{a = 1, "b" : 2, (upper("c")) = 3}}', { a: 1, b: 2, C: 3 }],
    ["${{\n a = 1\n b = 2\n}}", { a: 1, b: 2 }],
    ['${"${[1]}"}', [1]],
    ["${{__proto__ = 1}}", JSON.parse('{"__proto__": 1}')],
  ])("keeps the type of a single expression: %s", (source, expected) => {
    expect(evaluate(source)).toEqual(expected);
  });

  it.each<[string, Value]>([
    ["${aws_sns_topic.Names.arn}", topic.arn],
    ['${aws_sns_topic.Names["arn"]}', topic.arn],
    ["${aws_sns_topic.Names.rules[1].name}", "b"],
    ["${aws_sns_topic.Names.rules.1.name}", "b"],
    ["${aws_sns_topic.Names.rules[1 - 1].name}", "a"],
    ["${aws_sns_topic.Names.rules[*].name}", ["a", "b"]],
    ["${aws_sns_topic.Names.rules.*.name}", ["a", "b"]],
    ["${aws_sns_topic.Names.rules.*.name[0]}", "a"],
    ["${aws_sns_topic.Names.block[0].name}", "only"],
    ["${aws_sns_topic.Names.block[0].inner[0].deep[1]}", 2],
    ["${aws_sns_topic.Names.block[*].name}", ["only"]],
    ["${aws_sns_topic.Names.nothing[*]}", []],
    ["${aws_sns_topic.Names.tags.a-b}", "dashed"],
    ["${[{x = [{y = 1}]}][*].x[*].y}", [[1]]],
    ["${{a = 1}.a}", 1],
    ['${{"1" = 2}[1]}', 2],
    ['${[1, 2]["1"]}', 2],
  ])("follows references: %s", (source, expected) => {
    expect(evaluate(source)).toEqual(expected);
  });

  it.each<[string, Value]>([
    ["${1 + 2 * 3 - 4 / 2}", 5],
    ["${(1 + 2) * 3}", 9],
    ["${10 - 2 - 3}", 5],
    ["${-7 % 3}", -1],
    ["${0.1 + 0.2}", 0.3],
    ['${"3" + 1}', 4],
    ['${-"3"}', -3],
    ["${!true || false && true}", false],
    ["${1 < 2 && 2 <= 2 && 3 > 2 && 2 >= 2}", true],
    ['${1 == "1"}', false],
    ["${1 == 1.0}", true],
    ["${[1] == [1] && {a = 1} != {a = 2}}", true],
    ['${true ? 1 : "x"}', "1"],
    ["${false ? [][0] : 1}", 1],
    ["${1 == 2 ? 1 : 2 == 2 ? 2 : 3}", 2],
    ["${try([][0], 1)}", 1],
  ])("calculates: %s", (source, expected) => {
    expect(evaluate(source)).toBe(expected);
  });

  it.each<[string, Value]>([
    [
      'jsonencode({b = "<&>\\u2028é", a = 1.5, c = null, d = [1, "x", true]})',
      '{"a":1.5,"b":"\\u003c\\u0026\\u003e\\u2028é","c":null,"d":[1,"x",true]}',
    ],
    ["jsonencode(1e30)", "1000000000000000000000000000000"],
    ["jsonencode(0.0000001)", "0.0000001"],
    ["jsonencode(-1.5e-7)", "-0.00000015"],
    ["jsonencode(1.25e21)", "1250000000000000000000"],
    ['jsondecode("[1,null,{\\"a\\":2}]")', [1, null, { a: 2 }]],
    ['md5("x")', "9dd4e461268c8034f5c8564e155c67a6"],
    ['sha1("x")', "11f6ad8ec52a2984abaafd7c3b516503785c2072"],
    ['sha256("x")', "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"],
    ['substr(sha512("x"), 0, 8)', "a4abd444"],
    ['base64sha256("x")', "LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE="],
    ['substr(base64sha512("x"), 0, 8)', "pKvURIxJ"],
    ['base64encode("é")', "w6k="],
    ['base64decode("w6k=")', "é"],
    ['join("-", ["a", 1], ["c"])', "a-1-c"],
    ['join("-", ["a", "b"]...)', null],
    ['split(",", "a,b")', ["a", "b"]],
    ['split(",", "")', [""]],
    ['replace("a/b/c", "/", "-")', "a-b-c"],
    ['replace("aaa", "a", "$1")', "$1$1$1"],
    ['lower("ABC")', "abc"],
    ['upper("é")', "É"],
    ['trimspace(" a ")', "a"],
    ['trimprefix("abc", "a")', "bc"],
    ['trimprefix("abc", "b")', "abc"],
    ['trimsuffix("abcc", "c")', "abc"],
    ['trimsuffix("abc", "x")', "abc"],
    ['substr("hello", -3, -1)', "llo"],
    ['substr("hello", 1, 100)', "ello"],
    ['substr("abc", -5, 2)', "ab"],
    ['substr("añb", 1, 1)', "ñ"],
    ['urlencode("a b/é~*-_.!()\'")', "a+b%2F%C3%A9~%2A-_.%21%28%29%27"],
    [
      'format("%s %v %t %d %q %v %%", 1.5, {a = 1}, true, 3, "é<", "plain")',
      '1.5 {"a":1} true 3 "é\\u003c" plain %',
    ],
    ['length("é👍")', 2],
    ["length([1, 2])", 2],
    ["length({a = 1})", 1],
    ['concat([1], ["a"])', [1, "a"]],
    ['flatten([["a"], ["b", ["c"]]])', ["a", "b", "c"]],
    ['contains(["a"], "a")', true],
    ['element(["a", "b"], 3)', "b"],
    ["one([])", null],
    ['one(["x"])', "x"],
    ['coalesce("", null, "c")', "c"],
    ['coalesce(1, "a")', "1"],
    ['toset(["b", "a", "b"])', ["a", "b"]],
    ["toset([10, 9])", [9, 10]],
    ['tolist([1, "x"])', ["1", "x"]],
    ['tomap({a = 1, b = "x"})', { a: "1", b: "x" }],
    ["tostring(1.50)", "1.5"],
    ['tonumber("1e2")', 100],
    ['tobool("true")', true],
    [
      "[tostring(null), tonumber(null), tobool(null), tolist(null), toset(null), tomap(null)]",
      Array(6).fill(null),
    ],
    ["merge({a = 1}, {a = 2, b = 3}, null)", { a: 2, b: 3 }],
    ["merge()", {}],
    ["keys({b = 1, a = 2})", ["a", "b"]],
    ['values({b = 1, a = "x"})', ["x", 1]],
    ['lookup({a = "x"}, "b", "d")', "d"],
    ['lookup({a = null}, "a", "d")', null],
    ["nonsensitive(sensitive(1))", 1],
  ])("calls functions: %s", (call, expected) => {
    if (expected === null && call.includes("...")) {
      // The items become arguments of their own, and join wants lists.
      expect(failureOf(`\${${call}}`)).toContain("join: a list is required, received a string");
      return;
    }
    expect(evaluate(`\${${call}}`)).toEqual(expected);
  });

  it("expands the last argument's items", () => {
    expect(evaluate("${concat([[1], [2]]...)}")).toEqual([1, 2]);
  });

  it("evaluates every string of a JSON value, and the names of its members", () => {
    const json = { 'a${upper("b")}': ["${1}", true, null, 2], __proto__x: undefined };

    expect(evaluateJson(json, "aws_iam_role.R", scope)).toEqual({ aB: [1, true, null, 2], __proto__x: null });
  });
});

describe("refusing what is not supported", () => {
  it("names the address, the expression and what is not supported", () => {
    expect(failureOf('${bcrypt("a.txt")}')).toBe(
      'aws_iam_role.R: cannot evaluate "${bcrypt(\\"a.txt\\")}": the function bcrypt() is not supported. Write it with what the local runtime evaluates, or compute the value in the stack',
    );
  });

  it.each([
    ["${[for x in 1: x]}", "a list or a map is required"],
    ["${[for x of [1]: x]}", 'expected "in"'],
    ["${[for x in [1] x]}", 'expected ":"'],
    ["${{for x in [1]: x}}", 'expected "=>"'],
    ['${{for x in [1, 2]: "a" => x}}', 'two items have the key "a"; write "..." after the value'],
    ["%{ if true }x", "expected %{ endif }"],
    ["%{ endif }", "expected if, for"],
    ["%{ while true }%{ endwhile }", "expected if, for"],
    ["%{ for x in [1] }%{ else }%{ endfor }", "expected if, for, endfor"],
    ["${<<EOT\nx\nEOT\n}", "heredocs are not supported"],
    ["${1", 'expected "}" at character 4, found the end'],
    ["${}", 'expected an expression at character 3, found "}"'],
    ['${"a}', "expected a closing quote"],
    ['${"a\nb"}', "expected a closing quote"],
    ['${"\\q"}', "expected an escape sequence"],
    ['${"\\Uffffffff"}', "expected a Unicode character"],
    ["${a.}", "expected an attribute's name"],
    ["${[1 2]}", 'expected "]"'],
    ["${{a 1}}", 'expected "=" or ":"'],
    ["${{a = 1 b = 2}}", 'expected "}"'],
    ["${f(a... , b)}", 'expected ")" after "..."'],
    ["${true ? 1}", 'expected ":"'],
    ["${1e999}", "the number 1e999 is too large"],
    ["${1 / 0}", "not a number"],
    ["x${[1]}", "a string is required, received a list"],
    ["x${null}", "a string is required, received null"],
    ["${!1}", "true or false is required, received a number"],
    ['${"b" > "a"}', "a number is required, received a string"],
    ["${null ? 1 : 2}", "true or false is required, received null"],
    ["${[1][1]}", "there is no item [1] in a list of 1"],
    ["${{a = 1}.b}", 'there is no attribute "b" in the object'],
    ["${{a = 1}.constructor}", 'there is no attribute "constructor" in the object'],
    ["${(1).b}", 'there is no attribute "b" in a number'],
    ["${constructor()}", "the function constructor() is not supported"],
    ["${upper()}", "upper: called with 0 arguments"],
    ["${upper([])}", "upper: a string is required, received a list"],
    ["${upper({}...)}", 'upper: a list is required before "...", received an object'],
    ['${jsondecode("{")}', "jsondecode: the string is not JSON"],
    ["${keys([])}", "keys: an object is required, received a list"],
    ["${one([1, 2])}", "one: the list must have one item or none, it has 2"],
    ['${coalesce("", null)}', "coalesce: every argument is null or empty"],
    ["${element([], 0)}", "element: there is no item 0 in a list of 0"],
    ["${element([1], -1)}", "element: there is no item -1"],
    ["${element([1], 0.5)}", "element: a whole number is required, received 0.5"],
    ['${lookup({}, "toString")}', 'lookup: there is no key "toString" in the map'],
    ['${replace("a", "/(/", "b")}', "replace: the pattern is broken"],
    ['${regex("b", "a")}', "regex: the pattern does not match anything in the text"],
    ['${format("%z", 1)}', "format: the directive %z is not known"],
    ['${format("%x", "hi")}', "format: a number is required, received a string"],
    ['${file("gone.txt")}', "file: the file gone.txt is not there (below"],
    [
      '${templatefile("greeting.tftpl", {})}',
      "templatefile: the template refers to name, which it is not given",
    ],
    [
      '${templatestring("$${aws_sns_topic.Names.arn}", {})}',
      "refers to aws_sns_topic, which it is not given",
    ],
    ['${slice(["a"], 0, 2)}', "slice: there is no part from 0 to 2 in a list of 1"],
    ["${range(1, 5, -1)}", "range: the step -1 leads away from 5"],
    ["${range(2000)}", "range: more than 1024 values would be generated"],
    ["${sum([])}", "sum: cannot sum an empty list"],
    ['${parseint("12", 2)}', "parseint: the text is not a whole number of base 2"],
    ['${timeadd("today", "1h")}', "timeadd: a time as RFC 3339 writes it is required"],
    ['${timeadd("2026-01-01T00:00:00Z", "1 day")}', "timeadd: a duration is required"],
    ['${formatdate("YYYYY", "2026-01-01T00:00:00Z")}', "formatdate: the letters YYYYY stand for no part"],
    ['${cidrhost("10.0.0.0", 1)}', "cidrhost: a prefix in CIDR notation is required"],
    ['${cidrhost("10.0.0.0/30", 4)}', "cidrhost: a prefix of 30 bits has no host 4"],
    ['${cidrsubnet("10.0.0.0/30", 4, 0)}', "cidrsubnet: a prefix of 30 bits cannot be longer by 4"],
    ['${cidrsubnets("10.0.0.0/30", 1, 1, 1)}', "cidrsubnets: there is not enough room"],
    ['${cidrnetmask("fd00::/64")}', "cidrnetmask: IPv6 addresses have no netmask"],
    ['${yamldecode("a: [")}', "yamldecode: the text is not YAML"],
    ['${csvdecode("a,b\\n1\\n")}', "csvdecode: a line has 1 fields, the first line has 2"],
    ['${textencodebase64("a", "EBCDIC")}', "textencodebase64: the encoding EBCDIC is not supported"],
    ['${uuidv5("no", "a")}', "uuidv5: the namespace no is not a UUID"],
    ['${zipmap(["a"], [])}', "zipmap: there are 1 keys and 0 values"],
    ['${format("%s")}', "format: there is no argument for the directive %s"],
    ['${format("a", "b")}', "format: there are more arguments than directives"],
    ["${try([][0])}", "try: no argument has a value"],
    [`\${${"(".repeat(5000)}1`, "nested more than 200 deep"],
    [`\${${"!".repeat(5000)}true}`, "nested more than 200 deep"],
    [`\${[]${"[*]".repeat(5000)}}`, "more than 100 steps"],
  ])("%.40s", (source, expected) => {
    expect(failureOf(source)).toContain(expected);
  });

  it("lets the scope say what a reference lacks, also where its value is not wanted", () => {
    expect(failureOf("${aws_sqs_queue.Q.arn}")).toBe("nothing at aws_sqs_queue.Q.arn");
    expect(failureOf("${true ? 1 : foo}")).toBe("nothing at foo");
    expect(failureOf("${try(aws_sqs_queue.Q.arn, 1)}")).toBe("nothing at aws_sqs_queue.Q.arn");
  });

  it("refuses a member's name that has no value as text", () => {
    expect(() => evaluateJson({ "${null}": 1 }, "aws_iam_role.R", scope)).toThrow(DeploymentError);
  });

  it("survives a long chain of operators", () => {
    expect(evaluate(`\${0${" + 1".repeat(20_000)}}`)).toBe(20_000);
  });
});

describe("properties of the evaluator", () => {
  const json = fc
    .jsonValue({ stringUnit: anyCharacter })
    .map((value): Value => JSON.parse(JSON.stringify(value)));
  const resolving = (value: Value): Scope => ({
    folder: "/",
    resolve: () => ({ value, used: 1 }),
  });

  it("decodes what it encoded", () => {
    fc.assert(
      fc.property(json, (value) => {
        const decoded = evaluateTemplate("${jsondecode(jsonencode(x))}", "x", resolving(value));

        expect(decoded).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("encodes the same value to the same text, whatever its members' order", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), (record) => {
        const reversed = Object.fromEntries(Object.entries(record).reverse());
        const encode = (value: Value) => evaluateTemplate("${jsonencode(x)}", "x", resolving(value));

        expect(encode(reversed)).toBe(encode(record));
      }),
    );
  });

  it("gives back any text that was escaped as a template", () => {
    fc.assert(
      fc.property(templateText(), (text) => {
        expect(evaluate(escaped(text))).toBe(text);
      }),
    );
  });

  it("gives back any text that was escaped as a quoted string", () => {
    fc.assert(
      fc.property(templateText(), (text) => {
        const quoted = JSON.stringify(text).replaceAll(
          /\\(.)/g,
          (letters, letter) => ({ b: "\\u0008", f: "\\u000c" })[String(letter)] ?? letters,
        );

        expect(evaluate(`\${${escaped(quoted)}}`)).toBe(text);
      }),
    );
  });

  it("fails with nothing but a DeploymentError, whatever the text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: anyCharacter }), expressionText()), (text) => {
        try {
          evaluate(text);
        } catch (error) {
          expect(error).toBeInstanceOf(DeploymentError);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

function escaped(text: string): string {
  return text.replaceAll(/[$%]\{/g, (opening) => `${opening.charAt(0)}${opening}`);
}

/** Text with what is special in a template, often. */
function templateText(): fc.Arbitrary<string> {
  return fc
    .array(fc.oneof(fc.constantFrom("$", "%", "{", "}", "${", "\\", '"', "\n"), fc.string()))
    .map((parts) => parts.join(""));
}

/** Text that looks like an expression, often. */
function expressionText(): fc.Arbitrary<string> {
  const words = [
    "aws_sns_topic.Names",
    "[0]",
    "[*]",
    ".*",
    ".arn",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "${",
    '"',
    "\\",
    "1",
    "-",
    "!",
  ];
  const more = [
    "==",
    "&&",
    "?",
    ":",
    "=",
    ",",
    "...",
    "jsonencode(",
    "format(",
    "try(",
    "null",
    "true",
    "for ",
    " ",
    "\n",
    "%s",
    "1e9",
  ];
  return fc.array(fc.constantFrom(...words, ...more)).map((parts) => `\${${parts.join("")}}`);
}
