import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadStateFile } from "../../local/state-file";

const folder = mkdtempSync(path.join(tmpdir(), "state-file-"));

afterAll(() => rmSync(folder, { recursive: true }));

function written(content: unknown): string {
  const file = path.join(folder, "terraform.tfstate");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

const topic = (name: string) => ({ arn: `arn:aws:sns:eu-west-1:123456789012:${name}`, name });

it("reads what terraform show -json prints", () => {
  const values = {
    outputs: {},
    root_module: {
      resources: [
        { address: "aws_sns_topic.one", mode: "managed", type: "aws_sns_topic", values: topic("one") },
      ],
    },
  };

  const { region, resources } = loadStateFile(written({ format_version: "1.0", values }), "/somewhere");

  expect(region).toBe("eu-west-1");
  expect(resources.map(({ address }) => address)).toEqual(["aws_sns_topic.one"]);
});

it("reads a state file as terraform show -json shows it", () => {
  const file = written({
    version: 4,
    terraform_version: "1.11.4",
    outputs: { url: { value: "https://api.example.com", type: "string" } },
    resources: [
      {
        mode: "managed",
        type: "aws_sns_topic",
        name: "one",
        provider: 'provider["registry.terraform.io/hashicorp/aws"]',
        instances: [{ attributes: topic("one") }, { deposed: "a1b2c3d4", attributes: topic("former") }],
      },
      {
        module: 'module.orders["eu"]',
        mode: "managed",
        type: "aws_sns_topic",
        name: "many",
        instances: [
          { index_key: 0, attributes: topic("first") },
          { index_key: "b", attributes: topic("second") },
        ],
      },
      {
        mode: "data",
        type: "aws_region",
        name: "here",
        instances: [{ attributes: { name: "eu-west-1" } }],
      },
    ],
  });

  const deployment = loadStateFile(file);

  expect(deployment.region).toBe("eu-west-1");
  expect(deployment.ofType("aws_sns_topic").map(({ address }) => address)).toEqual([
    "aws_sns_topic.one",
    'module.orders["eu"].aws_sns_topic.many[0]',
    'module.orders["eu"].aws_sns_topic.many["b"]',
  ]);
  expect(deployment.ofType("data.aws_region")).toHaveLength(1);
  expect(deployment.outputs["terraform.tfstate"]).toEqual({ url: "https://api.example.com" });
  expect(deployment.stackFolders["terraform.tfstate"]).toBe(folder);
});

it.each([
  ["the JSON of a plan", JSON.stringify({ format_version: "1.2", planned_values: {}, prior_state: {} })],
  ["a plan file", "PK\u0003\u0004\u0014"],
])("refuses %s, and says what can be served", (_what, content) => {
  expect(() => loadStateFile(written(content))).toThrow(
    /is a plan, which cannot be served: ids, ARNs and policies are not known before they are applied; apply it/,
  );
});

it.each([
  ["text", "resource {}", "is not JSON; a state is what `terraform show -json` prints"],
  ["a state of another version", { version: 3, modules: [] }, "is not a state, its version is 3;"],
  ["an empty state", { version: 4, resources: [] }, "its state is empty"],
])("refuses %s", (_what, content, message) => {
  expect(() => loadStateFile(written(content))).toThrow(message);
});

it("refuses a file that is not there", () => {
  expect(() => loadStateFile(path.join(folder, "none.json"))).toThrow("none.json: ENOENT; a state is");
});
