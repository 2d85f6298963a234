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
  ])("%j on %j: %s", (policy, body, expected) => {
    const accepts = compileFilterPolicy(subscription(policy, { filter_policy_scope: "MessageBody" }));

    expect(accepts(JSON.stringify(body), {})).toBe(expected);
  });

  test("does not match what is no JSON", () => {
    const accepts = compileFilterPolicy(subscription({ a: ["x"] }, { filter_policy_scope: "MessageBody" }));

    expect(accepts("x", {})).toBe(false);
  });
});

test("without a policy everything matches", () => {
  const accepts = compileFilterPolicy(new Attributes("a", { filter_policy: "" }));

  expect(accepts("anything", {})).toBe(true);
});

describe("what cannot be evaluated is refused, with the subscription's address", () => {
  test.each<[unknown, Record<string, Value>, string]>([
    [{ a: [{ suffix: "x" }] }, {}, 'cannot evaluate {"suffix":"x"}'],
    [{ a: [{ cidr: "10.0.0.0/8" }] }, {}, "cidr"],
    [{ a: [{ prefix: "x", suffix: "y" }] }, {}, "suffix"],
    [{ a: [{ "anything-but": { prefix: "x" } }] }, {}, "anything-but"],
    [{ a: [{ numeric: ["~", 1] }] }, {}, "numeric"],
    [{ a: "x" }, {}, "cannot evaluate a"],
    [{ $or: [{ a: ["x"] }, { b: ["y"] }] }, {}, "{"],
    [["x"], {}, "filter_policy must be a JSON object"],
    [{ a: ["x"] }, { filter_policy_scope: "Elsewhere" }, "filter_policy_scope"],
  ])("%j %j", (policy, more, reason) => {
    const compile = () => compileFilterPolicy(subscription(policy, more));

    expect(compile).toThrow(reason);
    expect(compile).toThrow("aws_sns_topic_subscription.S");
  });
});
