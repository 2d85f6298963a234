import { Attributes, type Value } from "../../../../local/deployment/attributes";
import type { MessageAttributes } from "../../../../local/kernel/message-attributes";
import { compileFilterPolicy } from "../../../../local/services/sns/filter-policy";

const subscription = (policy: unknown, more: Record<string, Value> = {}) =>
  new Attributes("aws_sns_topic_subscription.S", { filter_policy: JSON.stringify(policy), ...more });

const text = (StringValue: string): MessageAttributes => ({ a: { DataType: "String", StringValue } });
const number = (StringValue: string): MessageAttributes => ({ a: { DataType: "Number", StringValue } });
const list = (StringValue: string): MessageAttributes => ({ a: { DataType: "String.Array", StringValue } });

describe("a filter policy on the attributes", () => {
  test.each<[unknown, MessageAttributes, boolean]>([
    [{ a: ["x", "y"] }, text("y"), true],
    [{ a: ["x", "y"] }, text("z"), false],
    [{ a: ["x"] }, {}, false],
    [{ a: ["x"], b: ["y"] }, text("x"), false],
    [{ a: [5] }, number("5.0"), true],
    [{ a: [5] }, text("5"), false],
    [{ a: ["x"] }, list('["w","x"]'), true],
    [{ a: ["x"] }, list("x"), true],
    [{ a: ["AQ=="] }, { a: { DataType: "Binary", BinaryValue: "AQ==" } }, true],
    [{ a: [{ exists: true }] }, text("x"), true],
    [{ a: [{ exists: true }] }, {}, false],
    [{ a: [{ exists: false }] }, {}, true],
    [{ a: [{ prefix: "he" }] }, text("hello"), true],
    [{ a: [{ prefix: "he" }] }, number("1"), false],
    [{ a: [{ "anything-but": ["x", "y"] }] }, text("z"), true],
    [{ a: [{ "anything-but": "x" }] }, text("x"), false],
    [{ a: [{ "anything-but": "x" }] }, {}, false],
    [{ a: [{ numeric: [">", 1, "<=", 3] }] }, number("3"), true],
    [{ a: [{ numeric: [">", 1, "<=", 3] }] }, number("1"), false],
    [{ a: [{ numeric: ["<", 1] }, { numeric: [">=", 9] }] }, number("9"), true],
    [{ a: [{ numeric: ["=", 2] }] }, number("2"), true],
    [{ a: [{ numeric: ["=", 2] }] }, text("2"), false],
    [{ a: [{ suffix: "lo" }] }, text("hello"), true],
    [{ a: [{ suffix: "he" }] }, text("hello"), false],
    [{ a: [{ "equals-ignore-case": "HELLO" }] }, text("hello"), true],
    [{ a: [{ "equals-ignore-case": "HELLO" }] }, text("hello2"), false],
    [{ a: [{ "anything-but": { prefix: "he" } }] }, text("hello"), false],
    [{ a: [{ "anything-but": { prefix: "he" } }] }, text("ohe"), true],
    [{ a: [{ "anything-but": { prefix: "he" } }] }, {}, false],
    [{ a: [{ cidr: "10.0.0.0/8" }] }, text("10.1.2.3"), true],
    [{ a: [{ cidr: "10.0.0.0/8" }] }, text("11.1.2.3"), false],
    [{ a: [{ cidr: "2001:db8::/32" }] }, text("2001:db8::1"), true],
    [{ a: [{ cidr: "10.0.0.0/8" }] }, text("not an address"), false],
    [{ $or: [{ a: ["x"] }, { b: ["y"] }] }, text("x"), true],
    [{ $or: [{ a: ["x"] }, { b: ["y"] }] }, text("y"), false],
  ])("%j on %j: %s", (policy, attributes, expected) => {
    const accepts = compileFilterPolicy(subscription(policy));

    expect(accepts("", attributes)).toBe(expected);
  });
});

describe("a filter policy on the body", () => {
  test.each<[unknown, unknown, boolean]>([
    [{ name: ["Ada"] }, { name: "Ada" }, true],
    [{ user: { name: ["Ada"] } }, { user: { name: "Ada" } }, true],
    [{ user: { name: ["Ada"] } }, { user: "Ada" }, false],
    [{ users: { name: ["Ada"] } }, { users: [{ name: "Bob" }, { name: "Ada" }] }, true],
    [{ on: [true, null] }, { on: null }, true],
    [{ on: [true] }, { on: "true" }, false],
    [{ name: ["Ada"] }, "Ada", false],
    [{ "a.b": ["x"] }, { a: { b: "x" } }, true],
    [{ "a.b": ["x"] }, { "a.b": "x" }, true],
    [{ "a.b.c": ["x"] }, { a: { "b.c": "x" } }, true],
    [{ "a.b": ["x"] }, { a: { b: "y" } }, false],
    [{ headers: { to: ["q1"] } }, { headers: { to: ["q1", "q2"] } }, true],
    [{ headers: { to: ["q1"] } }, { headers: { to: ["q3"] } }, false],
    [
      { Records: { s3: { key: [{ prefix: "a-" }] }, name: ["Put"] } },
      { Records: [{ s3: [[{ key: "a-1" }]], name: "Put" }] },
      true,
    ],
    // Each key may be met by another item of the list.
    [
      { Records: { key: ["a"], name: ["Put"] } },
      {
        Records: [
          { key: "a", name: "Del" },
          { key: "b", name: "Put" },
        ],
      },
      true,
    ],
    [{ detail: { version: [""] } }, { resources: [], detail: { version: "", elements: null } }, true],
    [
      {
        $or: [{ metric: ["CPU"] }, { space: ["EC2"] }],
        detail: { scope: ["S"], $or: [{ source: ["cw"] }, { type: ["Alarm"] }] },
      },
      { space: "EC2", detail: { scope: "S", type: "Alarm" } },
      true,
    ],
    [
      {
        $or: [{ metric: ["CPU"] }, { space: ["EC2"] }],
        detail: { scope: ["S"], $or: [{ source: ["cw"] }, { type: ["Alarm"] }] },
      },
      { metric: "CPU", detail: { scope: "S" } },
      false,
    ],
  ])("%j on %j: %s", (policy, body, expected) => {
    const accepts = compileFilterPolicy(subscription(policy, { filter_policy_scope: "MessageBody" }));

    expect(accepts(JSON.stringify(body), {})).toBe(expected);
  });

  test("does not match what is not JSON", () => {
    const accepts = compileFilterPolicy(subscription({ a: ["x"] }, { filter_policy_scope: "MessageBody" }));

    expect(accepts("x", {})).toBe(false);
  });
});

test("without a policy everything matches", () => {
  const accepts = compileFilterPolicy(new Attributes("a", { filter_policy: "" }));

  expect(accepts("anything", {})).toBe(true);
});

/** As SNS words them: recorded in localstack's AWS-validated test_sns_filter_policy.py. */
describe("what SNS refuses stops the start, with the subscription's address and SNS's reason", () => {
  const key = (condition: unknown) => ({ key: [condition] });
  const numeric = (...operand: unknown[]) => key({ numeric: operand });
  const body = { filter_policy_scope: "MessageBody" };

  test.each<[unknown, Record<string, Value>, string]>([
    [key(["value"]), {}, "Match value must be String, number, true, false, or null"],
    [key({ "wrong-operator": true }), {}, "Unrecognized match type wrong-operator"],
    [key({ suffix: "value", prefix: "value2" }), {}, "Only one key allowed in match expression"],
    [{ key: [] }, {}, "Empty arrays are not allowed"],
    [key({ suffix: 100 }), {}, "suffix match pattern must be a string"],
    [key({ suffix: null }), {}, "suffix match pattern must be a string"],
    [key({ suffix: ["test", "test2"] }), {}, "suffix match pattern must be a string"],
    [{ key: { suffix: "value" } }, body, '"suffix" must be an object or an array'],
    [{ key_a: "value_one" }, {}, '"key_a" must be an object or an array'],
    [key({ cidr: ["bad-filter"] }), {}, "prefix match pattern must be a string"],
    [key({ cidr: "bad-filter" }), {}, "Malformed CIDR, one '/' required"],
    [key({ cidr: "bad-filter/64" }), {}, "Nonstandard IP address: bad-filter"],
    [key({ cidr: "bad-filter/bad-filter" }), {}, "Malformed CIDR, mask bits must be an integer"],
    [key({ cidr: "xx.11.xx/8" }), {}, "Nonstandard IP address: xx.11.xx"],
    [key({ cidr: "xxxx:db8:1234:1a00::/64" }), {}, "Nonstandard IP address: xxxx:db8:1234:1a00::"],
    [numeric(), {}, "Invalid member in numeric match: ]"],
    [numeric("operator"), {}, "Unrecognized numeric range operator: operator"],
    [numeric(1, "<="), {}, "Invalid member in numeric match: 1"],
    [numeric("=", "000"), {}, "Value of equals must be numeric"],
    [numeric(">="), {}, "Value of >= must be numeric"],
    [numeric("<", 100, ">", 10), {}, "Too many elements in numeric expression"],
    [numeric(">=", 1, ">", 2), {}, "Bad numeric range operator: >"],
    [numeric(">", 3, "<", 1), {}, "Bottom must be less than top"],
    [numeric(">", 20, "<="), {}, "Value of <= must be numeric"],
    [numeric(">", 20, 30), {}, "Bad value in numeric range: 30"],
    [numeric(">", 20, "test"), {}, "Bad numeric range operator: test"],
    [numeric(">", "20", "<", "30"), {}, "Value of > must be numeric"],
    [numeric(">", 20, "<", "30"), {}, "Value of < must be numeric"],
    [numeric(">", 20, "<", 30, "<", 50), {}, "Too many terms in numeric range expression"],
    [key({ exists: null }), {}, "exists match pattern must be either true or false."],
    [key({ exists: "no" }), {}, "exists match pattern must be either true or false."],
    [
      key({ "anything-but": { "wrong-operator": null } }),
      {},
      "Unsupported anything-but pattern: wrong-operator",
    ],
    [key({ "anything-but": { suffix: "test" } }), {}, "Unsupported anything-but pattern: suffix"],
    [key({ "anything-but": { exists: false } }), {}, "Unsupported anything-but pattern: exists"],
    [key({ "anything-but": { prefix: false } }), {}, "prefix match pattern must be a string"],
    [{ a: { b: ["c"] } }, {}, "Filter policy scope MessageAttributes does not support nested filter policy"],
    [
      Object.fromEntries(["a", "b", "c", "d", "e", "f"].map((name) => [name, ["x"]])),
      {},
      "Filter policy can not have more than 5 keys",
    ],
    [{ key: Array.from({ length: 151 }, (_, index) => `${index}`) }, {}, "Filter policy is too complex"],
    [
      { a: { b: { c: ["1", "2", "3", "4"] } }, d: { e: ["1", "2", "3", "4", "5", "6", "7"] } },
      body,
      "Filter policy is too complex",
    ],
    [
      { a: ["x"] },
      { filter_policy_scope: "RandomValue" },
      "enum value set: [MessageAttributes, MessageBody]",
    ],
    [["x"], {}, "filter_policy must be a JSON object"],
  ])("%j %j", (policy, more, reason) => {
    const compile = () => compileFilterPolicy(subscription(policy, more));

    expect(compile).toThrow(reason);
    expect(compile).toThrow("aws_sns_topic_subscription.S");
  });
});
