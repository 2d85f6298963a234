import { DeploymentError } from "../../../local/deployment/attributes";
import { Deployment, Resource } from "../../../local/deployment/deployment";

const addresses = [
  "aws_sqs_queue.Orders",
  'aws_sqs_queue.Orders2["a"]',
  "module.api.aws_sns_topic.T",
  'module.api["eu"].module.more.aws_sns_topic.T',
  "module.apis.aws_sns_topic.T",
];
const deployment = new Deployment(
  "us-east-1",
  "123456789012",
  { s: "/s" },
  addresses.map((address) => new Resource("s", address, "aws_sns_topic", {})),
  {},
);
const left = (...without: string[]) => deployment.without(without).resources.map(({ address }) => address);

describe("a deployment without some of its resources", () => {
  test.each<[string, readonly string[], readonly number[]]>([
    ["one", ["aws_sqs_queue.Orders"], [1, 2, 3, 4]],
    ["all of one address", ["aws_sqs_queue.Orders2"], [0, 2, 3, 4]],
    ["a module, with the modules in it", ["module.api"], [0, 1, 4]],
    ["several", ["module.api", "module.apis"], [0, 1]],
    ["none", [], [0, 1, 2, 3, 4]],
  ])("lacks %s", (_name, without, expected) => {
    expect(left(...without)).toEqual(expected.map((index) => addresses[index]));
  });

  test("is refused for an address that nothing has, with those that are like it", () => {
    expect(() => left("sns_topic.T")).toThrow(DeploymentError);
    expect(() => left("sqs_queue")).toThrow(
      'no resource has the address sqs_queue: there are aws_sqs_queue.Orders, aws_sqs_queue.Orders2["a"]',
    );
    expect(() => left("nothing")).toThrow("`terraform state list` lists them");
  });
});
