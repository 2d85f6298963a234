import { DeploymentError } from "../../../local/deployment/attributes";
import { loadSynthesized } from "../../../local/load";
import { removeSynthesizedFolders, type StackJson, stackJson, synthesizedFolder } from "./synthesized-app";

/** `count`, `for_each` and `dynamic`: as Terraform expands them. */

afterEach(removeSynthesizedFolders);

const load = (json: StackJson) => loadSynthesized(synthesizedFolder({ only: stackJson(json) }));
const outputsOf = (resource: object, outputs: Readonly<Record<string, string>>, more: StackJson = {}) => {
  const output = Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, { value }]));
  return load({ resource, output, ...more }).outputs.only;
};
const queues = (body: object) => ({ aws_sqs_queue: { Q: body } });

describe("a resource with count", () => {
  const two = queues({ count: 2, name: "queue-${count.index}" });

  it("is as many resources, at addresses with their index, each with an id of its own", () => {
    const { resources } = load({ resource: two });

    expect(resources.map(({ address, values }) => [address, values.name])).toEqual([
      ["aws_sqs_queue.Q[0]", "queue-0"],
      ["aws_sqs_queue.Q[1]", "queue-1"],
    ]);
    expect(new Set(resources.map(({ values }) => values.arn)).size).toBe(2);
  });

  it("is referred to by index, by a splat, or as a list", () => {
    expect(
      outputsOf(two, {
        second: "${aws_sqs_queue.Q[1].name}",
        all: "${aws_sqs_queue.Q[*].name}",
        some: "${[for queue in aws_sqs_queue.Q : upper(queue.name)]}",
        many: "${length(aws_sqs_queue.Q)}",
      }),
    ).toEqual({ second: "queue-1", all: ["queue-0", "queue-1"], some: ["QUEUE-0", "QUEUE-1"], many: 2 });
  });

  it("may be one that is switched off", () => {
    const off = queues({ count: "${var.on ? 1 : 0}", name: "q" });
    const variable = { on: { default: false } };

    expect(load({ resource: off, variable }).resources).toEqual([]);
    expect(outputsOf(off, { name: "${one(aws_sqs_queue.Q[*].name)}" }, { variable })).toEqual({ name: null });
    expect(outputsOf(off, { name: '${try(aws_sqs_queue.Q[0].name, "none")}' }, { variable })).toEqual({
      name: "none",
    });
  });

  it("refers to another by its own index", () => {
    const pairs = {
      aws_sns_topic: { T: { count: 2, name: "topic-${count.index}" } },
      aws_sqs_queue: { Q: { count: 2, name: "${aws_sns_topic.T[count.index].name}-queue" } },
    };

    expect(outputsOf(pairs, { names: "${aws_sqs_queue.Q[*].name}" })).toEqual({
      names: ["topic-0-queue", "topic-1-queue"],
    });
  });
});

describe("a resource with for_each", () => {
  it("is one resource an entry of the map, in the order of the keys", () => {
    const resource = queues({
      for_each: { orders: 60, audit: 30 },
      name: "${each.key}",
      delay_seconds: "${each.value}",
    });

    expect(
      load({ resource }).resources.map(({ address, values }) => [address, values.delay_seconds]),
    ).toEqual([
      ['aws_sqs_queue.Q["audit"]', 30],
      ['aws_sqs_queue.Q["orders"]', 60],
    ]);
    expect(
      outputsOf(resource, {
        one: '${aws_sqs_queue.Q["orders"].name}',
        all: "${{ for key, queue in aws_sqs_queue.Q : key => queue.delay_seconds }}",
      }),
    ).toEqual({ one: "orders", all: { audit: 30, orders: 60 } });
  });

  it("is one resource an item of the set, which is its own key", () => {
    const resource = queues({ for_each: '${toset(["b", "a"])}', name: "${each.value}" });

    expect(load({ resource }).resources.map(({ address }) => address)).toEqual([
      'aws_sqs_queue.Q["a"]',
      'aws_sqs_queue.Q["b"]',
    ]);
  });

  it("may go over another's resources", () => {
    const resource = {
      aws_sns_topic: { T: { for_each: '${toset(["a", "b"])}', name: "${each.key}" } },
      aws_sqs_queue: { Q: { for_each: "${aws_sns_topic.T}", name: "for-${each.value.name}" } },
    };

    expect(outputsOf(resource, { names: "${[for q in aws_sqs_queue.Q : q.name]}" })).toEqual({
      names: ["for-a", "for-b"],
    });
  });
});

describe("a dynamic block", () => {
  const rule = { name: "written", priority: 0 };

  it("is a block for each item, after those that are written", () => {
    const [resource] = load({
      resource: {
        aws_wafv2_ip_set: {
          A: {
            name: "a",
            scope: "REGIONAL",
            ip_address_version: "IPV4",
            addresses: [],
            rule: [rule],
            dynamic: {
              rule: {
                for_each: ["x", "y"],
                content: { name: "rule-${rule.value}", priority: '${rule.key == "x" ? 1 : 2}' },
              },
            },
          },
        },
      },
    }).resources;

    expect(resource?.values.rule).toEqual([
      rule,
      { name: "rule-x", priority: 1 },
      { name: "rule-y", priority: 2 },
    ]);
  });

  it("may be in another, each with a name of its own", () => {
    const [resource] = load({
      resource: queues({
        name: "q",
        dynamic: {
          outer: [
            {
              for_each: { a: [1, 2] },
              iterator: "group",
              content: [
                {
                  name: "${group.key}",
                  dynamic: {
                    inner: { for_each: "${group.value}", content: { at: "${group.key}${inner.value}" } },
                  },
                },
              ],
            },
          ],
        },
      }),
    }).resources;

    expect(resource?.values.outer).toEqual([{ name: "a", inner: [{ at: "a1" }, { at: "a2" }] }]);
  });
});

describe("refuses", () => {
  it.each<[string, StackJson, RegExp]>([
    [
      "a count that is not a number",
      { resource: queues({ count: "many", name: "q" }) },
      /^aws_sqs_queue\.Q \(stack only\): count must be a whole number from 0, received "many"/,
    ],
    [
      "a for_each over a number",
      { resource: queues({ for_each: 3, name: "q" }) },
      /^aws_sqs_queue\.Q \(stack only\): for_each must be a map or a set of texts, received 3/,
    ],
    [
      "a reference to one that is not there",
      {
        resource: queues({ count: 1, name: "q" }),
        output: { a: { value: "${aws_sqs_queue.Q[3].arn}" } },
      },
      /there is no aws_sqs_queue\.Q\["3"\]: there are 1 of it \(0\)/,
    ],
    [
      "each without for_each",
      { resource: queues({ name: "${each.key}" }) },
      /refers to each\.key, which only a resource with for_each has/,
    ],
    [
      "a dynamic block without content",
      { resource: queues({ name: "q", dynamic: { rule: { for_each: ["a"] } } }) },
      /^aws_sqs_queue\.Q \(stack only\): the dynamic block rule has no content/,
    ],
  ])("%s", (_what, json, message) => {
    expect(() => load(json)).toThrow(DeploymentError);
    expect(() => load(json)).toThrow(message);
  });
});

it("reads a body that Terraform's JSON has as a list of one", () => {
  const { resources } = load({ resource: { aws_sqs_queue: { Q: [{ name: "q" }] } } });

  expect(resources.map(({ values }) => values.name)).toEqual(["q"]);
});
