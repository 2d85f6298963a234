import { rmSync } from "node:fs";
import { join } from "node:path";
import { DeploymentError } from "../../../local/deployment/attributes";
import { loadSynthesized } from "../../../local/load";
import { functionCode } from "../../../local/services/lambda/function-code";
import {
  greetingFiles,
  greetingStacks,
  removeSynthesizedFolders,
  type StackJson,
  stackJson,
  synthesizedFolder,
  write,
} from "./synthesized-app";

afterEach(removeSynthesizedFolders);

const loadStack = (json: StackJson) => loadSynthesized(synthesizedFolder({ only: stackJson(json) }));
const failureOf = (load: () => unknown): string => {
  try {
    load();
  } catch (error) {
    if (error instanceof DeploymentError) return error.message;
    throw error;
  }
  return "";
};

const orphan: StackJson = {
  resource: { aws_api_gateway_resource: { R: { parent_id: "nowhere", path_part: "a", rest_api_id: "x" } } },
};

describe("loading a synthesized folder", () => {
  it("resolves every reference, within a stack and from stack to stack", () => {
    const folder = synthesizedFolder(greetingStacks, greetingFiles);

    const deployment = loadSynthesized(folder);

    const [api] = deployment.ofType("aws_api_gateway_rest_api");
    const [fn] = deployment.ofType("aws_lambda_function");
    const [secret] = deployment.ofType("aws_secretsmanager_secret");
    expect(JSON.stringify(deployment.resources)).not.toContain("${");
    expect(fn?.block("environment")?.stringMap("variables")).toEqual({ SECRET_ARN: secret?.string("arn") });
    expect(deployment.find("aws_api_gateway_resource", "path", "/v1/greet")?.string("rest_api_id")).toBe(
      api?.string("id"),
    );
    expect(deployment.ofType("aws_cloudwatch_log_group")[0]?.string("name")).toBe("/aws/lambda/Greeter");
  });

  it("takes the region from the provider, and leaves out what only carries references between stacks", () => {
    const folder = synthesizedFolder(greetingStacks, greetingFiles);

    const deployment = loadSynthesized(folder);

    expect(deployment.region).toBe("eu-west-1");
    expect(deployment.accountId).toBe("123456789012");
    expect(deployment.outputs).toEqual({
      messages: { topic_arn: "arn:aws:sns:eu-west-1:123456789012:Names" },
      edge: {
        account: "123456789012",
        invoke_url: expect.stringMatching(
          /^https:\/\/[a-z0-9]{10}\.execute-api\.eu-west-1\.amazonaws\.com\/test$/,
        ),
      },
    });
    expect(deployment.ofType("terraform_remote_state")).toEqual([]);
  });

  it("gives the same deployment on every run", () => {
    const folder = synthesizedFolder(greetingStacks, greetingFiles);

    const [first, second] = [loadSynthesized(folder), loadSynthesized(folder)];

    expect(second).toEqual(first);
  });

  it("finds the stacks without a manifest", () => {
    const folder = synthesizedFolder(greetingStacks, greetingFiles);
    const withManifest = loadSynthesized(folder);

    rmSync(join(folder, "manifest.json"));

    expect(loadSynthesized(folder).resources.length).toBe(withManifest.resources.length);
  });

  it("finds the folder that a function's archive is created from", () => {
    const folder = synthesizedFolder(greetingStacks, greetingFiles);
    const deployment = loadSynthesized(folder);
    const [fn] = deployment.ofType("aws_lambda_function");

    const code = fn && functionCode(deployment, fn);

    expect(code).toEqual({ kind: "folder", path: join(folder, "stacks/edge/assets/greeter") });
  });

  it("matches a remote state in S3 by its bucket and key", () => {
    const backend = { bucket: "states", key: "messages.tfstate", region: "eu-west-1" };
    const deployment = loadSynthesized(
      synthesizedFolder({
        messages: stackJson({
          terraform: { backend: { s3: backend } },
          output: { name: { value: "Names" } },
        }),
        edge: stackJson({
          terraform: { backend: { s3: { ...backend, key: "edge.tfstate" } } },
          data: { terraform_remote_state: { messages: { backend: "s3", config: backend } } },
          output: { copy: { value: '${data.terraform_remote_state.messages.outputs["name"]}' } },
        }),
      }),
    );

    expect(deployment.outputs.edge).toEqual({ copy: "Names" });
  });

  it("evaluates locals, variables' defaults and whole resources", () => {
    const { outputs } = loadStack({
      locals: { suffix: "-${var.environment}" },
      variable: { environment: { default: "test", type: "string" } },
      data: { aws_region: { here: {} } },
      resource: { aws_iam_role: { Role: { name: "role${local.suffix}", path: null } } },
      output: {
        role: { value: '${lookup(aws_iam_role.Role, "name")} in ${data.aws_region.here.name}' },
        folders: { value: "${path.module}${path.root}${terraform.workspace}" },
      },
    });

    expect(outputs.only).toEqual({ role: "role-test in eu-west-1", folders: "..default" });
  });

  it("passes over a depends_on whose resource was taken out of the JSON, because it carries no value", () => {
    const folder = synthesizedFolder({ only: stackJson(dependsOn("aws_sns_topic.Gone")) });

    const { resources } = loadSynthesized(folder);

    expect(resources.map(({ address }) => address)).toEqual(["aws_sns_topic.T"]);
  });

  it("gives a whole remote state all outputs of its stack", () => {
    const deployment = loadSynthesized(
      synthesizedFolder(
        {
          ...greetingStacks,
          edge: stackJson({
            terraform: { backend: { local: { path: "../../../state/edge.tfstate" } } },
            data: greetingStacks.edge.data,
            output: {
              topic: { value: '${data.terraform_remote_state.messages[join("", ["outputs"])].topic_arn}' },
            },
          }),
        },
        greetingFiles,
      ),
    );

    expect(deployment.outputs.edge?.topic).toBe("arn:aws:sns:eu-west-1:123456789012:Names");
  });
});

describe("refusing what cannot be resolved", () => {
  it("names the resource that refers to what is not declared", () => {
    const message = failureOf(() =>
      loadStack({
        resource: { aws_sns_topic_policy: { P: { arn: "${aws_sns_topic.Gone.arn}", policy: "{}" } } },
      }),
    );

    expect(message).toBe(
      "aws_sns_topic_policy.P (stack only): refers to aws_sns_topic.Gone, which stack only does not declare; declare it, or correct the reference",
    );
  });

  it.each<[string, StackJson, RegExp]>([
    [
      "an attribute of a type that is not known, of a service that is served",
      { resource: { aws_sns_thing: { V: {} } }, output: { id: { value: "${aws_sns_thing.V.id}" } } },
      /^output\.id \(stack only\): refers to aws_sns_thing\.V\.id, which is not set there/,
    ],
    [
      "an attribute that the resource does not set",
      {
        resource: { aws_iam_role: { R: { name: "r" } } },
        output: { d: { value: "${aws_iam_role.R.description}" } },
      },
      /refers to aws_iam_role\.R\.description, which is not set there/,
    ],
    [
      "an inherited member",
      { locals: { a: "${local.constructor}" } },
      /local\.constructor, which stack only does not/,
    ],
    [
      "a reference in replace_triggered_by",
      {
        resource: {
          aws_sns_topic: { T: { name: "t", lifecycle: { replace_triggered_by: ["aws_sqs_queue.Q"] } } },
        },
      },
      /^aws_sns_topic\.T \(stack only\): refers to aws_sqs_queue\.Q/,
    ],
    [
      "a reference in a branch that is not taken",
      { output: { a: { value: "${true ? 1 : aws_sns_topic.Gone.arn}" } } },
      /refers to aws_sns_topic\.Gone/,
    ],
    [
      "a variable without default",
      { variable: { v: {} }, locals: { a: "${var.v}" } },
      /var\.v, which has no default/,
    ],
    [
      "a module's output",
      { locals: { a: "${module.m.x}" } },
      /refers to module\.m\.x, which the local runtime does not/,
    ],
    ["a path it has not", { locals: { a: "${path.cwd}" } }, /refers to path\.cwd/],
    [
      "something of Terraform it has not",
      { locals: { a: "${terraform.applying}" } },
      /refers to terraform\.applying/,
    ],
    ["an output without value", { output: { a: {} } }, /output a, which stack only does not have/],
    [
      "an output of a remote state it does not have",
      ownState("outputs.gone"),
      /the output gone, which stack only/,
    ],
    [
      "something else of a remote state",
      ownState("defaults"),
      /defaults, which the local runtime does not support/,
    ],
    [
      "a module",
      { module: { m: { source: "./m" } } },
      /^module\.m \(stack only\): modules are not supported/,
    ],
    [
      "a provisioner",
      { resource: { aws_sns_topic: { T: { provisioner: [] } } } },
      /provisioner is not supported/,
    ],
    [
      "an aliased provider",
      { resource: { aws_sns_topic: { T: { provider: "aws.us" } } } },
      /provider aws\.us is not/,
    ],
    ["a parent that is not a resource", orphan, /parent_id is nowhere, which is neither a resource/],
    ["a section that is not an object", { resource: [] }, /^stack only: "resource" must be an object/],
    [
      "a type that is not an object",
      { resource: { aws_sns_topic: 1 } },
      /^aws_sns_topic \(stack only\): must be an object/,
    ],
    [
      "a resource that is not an object",
      { data: { aws_region: { r: 1 } } },
      /^data\.aws_region\.r \(stack only\): must be/,
    ],
    [
      "a resource without its name",
      { resource: { aws_lambda_function: { F: {} } } },
      /F: function_name must be a str/,
    ],
  ])("refuses %s", (_what, json, expected) => {
    expect(failureOf(() => loadStack(json))).toMatch(expected);
  });

  it("names every address of a cycle, also where the attributes alone have none", () => {
    const message = failureOf(() =>
      loadStack({
        resource: {
          aws_sns_topic: { T: { name: "t", display_name: "${aws_sqs_queue.Q.arn}" } },
          aws_sqs_queue: { Q: { name: "q", tags: { topic: "${local.topic}" } } },
        },
        locals: { topic: "${aws_sns_topic.T.arn}" },
      }),
    );

    expect(message).toContain(
      "local.topic (stack only) → aws_sns_topic.T (stack only) → aws_sqs_queue.Q (stack only) → local.topic (stack only)",
    );
  });

  it("refuses a remote state that no stack writes, as a relative path that differs between the folders does", () => {
    const message = failureOf(() =>
      loadSynthesized(
        synthesizedFolder({
          messages: stackJson({ terraform: { backend: { local: { path: "state/m.tfstate" } } } }),
          edge: stackJson({
            data: {
              terraform_remote_state: { m: { backend: "local", config: { path: "state/m.tfstate" } } },
            },
          }),
        }),
      ),
    );

    expect(message).toMatch(
      /^data\.terraform_remote_state\.m \(stack edge\): reads .*stacks\/edge\/state\/m\.tfstate/,
    );
    expect(message).toMatch(/messages writes .*stacks\/messages\/state\/m\.tfstate/);
  });

  it("refuses a remote state of a backend that it does not know", () => {
    const json = { data: { terraform_remote_state: { m: { backend: "gcs", config: { bucket: "b" } } } } };

    expect(failureOf(() => loadStack(json))).toMatch(/reads a state of the backend "gcs"/);
  });

  it("refuses stacks in two regions, a provider without region and stacks without provider", () => {
    const load = (stacks: Record<string, unknown>) =>
      failureOf(() => loadSynthesized(synthesizedFolder(stacks)));

    expect(load({ a: stackJson({}), b: stackJson({}, "us-east-1") })).toMatch(
      /a in eu-west-1, b in us-east-1/,
    );
    expect(load({ a: { provider: { aws: [{}] } } })).toMatch(/^provider\.aws \(stack a\): .* set region/);
    expect(load({ a: {}, b: {} })).toMatch(/no stack has an AWS provider \(stacks: a, b\)/);
  });

  it("does not mistake a tag called dynamic for a dynamic block, nor another provider's alias for the default", () => {
    const deployment = loadSynthesized(
      synthesizedFolder({
        only: {
          provider: { aws: [{ alias: "us", region: "us-east-1" }, { region: "eu-west-1" }] },
          resource: { aws_sns_topic: { T: { name: "t", tags: { dynamic: "yes" } } } },
        },
      }),
    );

    expect(deployment.region).toBe("eu-west-1");
  });
});

describe("refusing a folder", () => {
  const oneLine = (message: string) => expect(message.split("\n")).toHaveLength(1);

  it("says in one line that a folder is not there", () => {
    const message = failureOf(() => loadSynthesized("/nowhere/cdktf.out"));

    expect(message).toMatch(/^\/nowhere\/cdktf\.out is not there; synthesize the stacks/);
    oneLine(message);
  });

  it("says in one line that a folder holds no stacks", () => {
    const folder = synthesizedFolder({});
    rmSync(join(folder, "manifest.json"));

    const message = failureOf(() => loadSynthesized(folder));

    expect(message).toMatch(/holds no synthesized stacks/);
    oneLine(message);
  });

  it.each([
    ['{\n  "a": x }', ":2:8: not JSON", '"x }"'],
    ['{\n  "a": [1, 2,\n  true', ":3:7: not JSON", "the file ends there"],
    ['{"a": "b" "c"}', ":1:11: not JSON", '"\\"c\\"}"'],
    ["", ":1:1: not JSON", "the file ends there"],
    ['{"a": {}, "b": [], "c": -1.5e3, "d": null,\n}', ":2:1: not JSON", '"}"'],
    ['{"a": "line\nend"}', ":1:7: not JSON", '"\\"line\\nend\\"'],
  ])("says where JSON is broken: %j", (text, place, found) => {
    const folder = synthesizedFolder(greetingStacks, greetingFiles);
    write(folder, "stacks/edge/cdk.tf.json", text);

    const message = failureOf(() => loadSynthesized(folder));

    expect(message).toContain(`stacks/edge/cdk.tf.json${place}`);
    expect(message).toContain(found);
    oneLine(message);
  });

  it.each([
    ["manifest.json", "{}", /manifest\.json: "stacks" is missing/],
    ["manifest.json", '{"stacks": {"a": {}}}', /manifest\.json: stack a has no "synthesizedStackPath"/],
    [
      "manifest.json",
      '{"stacks": {"a": {"synthesizedStackPath": "gone.json"}}}',
      /cannot read .*gone\.json: ENOENT/,
    ],
    ["stacks/edge/cdk.tf.json", "[]", /cdk\.tf\.json: must hold an object/],
  ])("refuses a %s that is %s", (file, text, expected) => {
    const folder = synthesizedFolder(greetingStacks, greetingFiles);
    write(folder, file, text);

    const message = failureOf(() => loadSynthesized(folder));

    expect(message).toMatch(expected);
    oneLine(message);
  });

  it("says which archive's folder is not there", () => {
    const message = failureOf(() => loadSynthesized(synthesizedFolder(greetingStacks)));

    expect(message).toMatch(
      /^data\.archive_file\.Greeter \(stack edge\): source_dir .*assets\/greeter is not there; synthesize/,
    );
    oneLine(message);
  });

  it.each([
    [{ filename: "other.zip" }, /filename .*other\.zip is not there, and no archive_file creates it/],
    [
      { filename: "index.mjs" },
      /AWS refuses filename .*Could not unzip uploaded file.*it is not a zip archive/,
    ],
    [{ filename: "one.zip" }, /data\.archive_file\.One has none of source_dir, source_file/],
  ])("says that a function's code is nowhere: %j", (fn, expected) => {
    const deployment = loadSynthesized(
      synthesizedFolder(
        {
          only: stackJson({
            data: {
              archive_file: {
                One: { output_path: "one.zip" },
              },
            },
            resource: { aws_lambda_function: { F: { function_name: "F", ...fn } } },
          }),
        },
        { "stacks/only/index.mjs": "" },
      ),
    );
    const [resource] = deployment.ofType("aws_lambda_function");

    expect(failureOf(() => resource && functionCode(deployment, resource))).toMatch(expected);
  });
});

function dependsOn(address: string): StackJson {
  return { resource: { aws_sns_topic: { T: { name: "t", depends_on: [address] } } } };
}

function ownState(reference: string): StackJson {
  return {
    data: { terraform_remote_state: { self: { backend: "local", config: { path: "terraform.tfstate" } } } },
    locals: { a: `\${data.terraform_remote_state.self.${reference}}` },
  };
}
