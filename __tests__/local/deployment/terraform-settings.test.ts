import { ledger, loadSynthesized } from "../../../local/load";
import { removeSynthesizedFolders, type StackJson, stackJson, synthesizedFolder } from "./synthesized-app";

/** What a stack says to Terraform rather than to AWS: read, without an effect here, or the load stops. */

afterEach(removeSynthesizedFolders);

const TOPIC = { aws_sns_topic: { T: { name: "T" } } };

const load = (json: StackJson) => loadSynthesized(synthesizedFolder({ only: stackJson(json) }));
const withProvider = (settings: object) =>
  load({ provider: { aws: [{ region: "eu-west-1", ...settings }] }, resource: TOPIC });
const withTopic = (settings: object, more: StackJson = {}) =>
  load({ ...more, resource: { aws_sns_topic: { T: { name: "T", ...settings } } } });

describe("the AWS provider's default tags", () => {
  it("are on every resource, and a resource's own win", () => {
    const deployment = load({
      locals: { team: "edge" },
      provider: {
        aws: [{ region: "eu-west-1", default_tags: [{ tags: { Team: "${local.team}", Stage: "test" } }] }],
      },
      resource: {
        aws_sns_topic: { T: { name: "T", tags: { Stage: "own" } } },
        aws_sqs_queue: { Q: { name: "Q" } },
      },
      output: { tags: { value: "${aws_sns_topic.T.tags_all}" } },
    });

    expect(deployment.ofType("aws_sns_topic")[0]?.tags()).toEqual({ Team: "edge", Stage: "own" });
    expect(deployment.ofType("aws_sqs_queue")[0]?.tags()).toEqual({ Team: "edge", Stage: "test" });
    expect(deployment.outputs.only?.tags).toEqual({ Team: "edge", Stage: "own" });
  });

  it("are none where the provider has none", () => {
    expect(withProvider({}).ofType("aws_sns_topic")[0]?.tags()).toEqual({});
  });
});

describe("what is said to Terraform alone", () => {
  it.each<[string, () => unknown]>([
    [
      "how it reaches AWS",
      () => withProvider({ profile: "p", assume_role: [{ role_arn: "a" }], endpoints: [] }),
    ],
    ["what becomes of a state", () => withTopic({}, { import: [], moved: [], removed: [] })],
    ["what it does to a resource that is there", () => withTopic({ lifecycle: { prevent_destroy: true } })],
    ["the same in a list", () => withTopic({ lifecycle: [{ ignore_changes: ["tags"] }] })],
    ["a comment in the provider", () => withProvider({ "//": "a comment" })],
    ["a comment in terraform", () => withTopic({}, { "//": "c", terraform: { "//": "c", backend: {} } })],
    ["a comment in a lifecycle", () => withTopic({ lifecycle: { "//": "c", prevent_destroy: true } })],
  ])("is taken: %s", (_what, start) => {
    expect(start).not.toThrow();
  });

  it.each<[string, () => unknown, string]>([
    [
      "an argument of the provider",
      () => withProvider({ shape: 1 }),
      "provider.aws (stack only): shape is set, received 1",
    ],
    [
      "a section of a stack",
      () => withTopic({}, { ephemeral: { a: {} } }),
      'stack only: ephemeral is set, received {"a":{}}',
    ],
    [
      "a member of terraform",
      () => withTopic({}, { terraform: { backend: {}, stacks: 1 } }),
      "terraform (stack only): stacks is set, received 1",
    ],
    [
      "a lifecycle",
      () => withTopic({ lifecycle: [{ action_trigger: true }] }),
      "aws_sns_topic.T (stack only): lifecycle: action_trigger is set, received true",
    ],
    [
      "another provider of the same type",
      () => withTopic({ provider: "west" }),
      "aws_sns_topic.T (stack only): the provider west is not supported",
    ],
  ])("stops the load where nothing here reads it: %s", (_what, start, message) => {
    expect(start).toThrow(message);
  });
});

describe("a condition that Terraform checks", () => {
  const condition = [{ condition: "${1 == 2}", error_message: "no" }];

  it.each<[string, () => ReturnType<typeof load>]>([
    ["aws_sns_topic.T", () => withTopic({ lifecycle: { precondition: condition } })],
    ["aws_sns_topic.T", () => withTopic({ lifecycle: [{ postcondition: condition }] })],
    [
      "data.aws_region.R",
      () => withTopic({}, { data: { aws_region: { R: { lifecycle: { postcondition: condition } } } } }),
    ],
    ["var.stage", () => withTopic({}, { variable: { stage: { default: "a", validation: condition } } })],
    ["output.url", () => withTopic({}, { output: { url: { value: 1, precondition: condition } } })],
    ["check.health", () => withTopic({}, { check: { health: { assert: condition } } })],
  ])("is named at start: that of %s", (address, start) => {
    expect(ledger.notEnforced(start())).toEqual([
      `the condition of ${address}: Terraform checks it when it deploys, and nothing does here`,
    ]);
  });
});
