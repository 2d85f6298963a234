import { differencesBetween, reasonFor } from "../../../cli/commands/portability";

describe("the differences between two syntheses", () => {
  const stack = {
    "//": { metadata: { version: "0.21.0" } },
    resource: { aws_sns_topic: { T: { name: "T", policies: ["a", "b"] } } },
    terraform: { required_providers: { aws: { source: "aws", version: "5.100.0" } } },
  };

  it("are none between equal stacks, whatever the order of their members", () => {
    const { terraform, resource, ...rest } = structuredClone(stack);

    expect(differencesBetween(stack, { terraform, resource, ...rest })).toEqual([]);
  });

  it("name the innermost path, with what is missing on either side", () => {
    const after = {
      ...stack,
      resource: { aws_sns_topic: { T: { name: "U", policies: ["a", "c"], fifo_topic: false } } },
    };

    expect(differencesBetween(stack, after)).toEqual([
      { path: "resource.aws_sns_topic.T.fifo_topic", before: undefined, after: false },
      { path: "resource.aws_sns_topic.T.name", before: "T", after: "U" },
      { path: "resource.aws_sns_topic.T.policies[1]", before: "b", after: "c" },
    ]);
  });

  it("are expected for versions alone", () => {
    const reasons = [
      "//.metadata.version",
      "terraform.required_providers.aws.source",
      "terraform.required_providers.archive.version",
      "terraform.required_version",
      "resource.aws_sns_topic.T.name",
      "resource.terraform.required_providers.aws.version",
    ].map((path) => reasonFor({ path, before: 1, after: 2 }) !== undefined);

    expect(reasons).toEqual([true, true, true, false, false, false]);
  });
});
