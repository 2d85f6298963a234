import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DeploymentError } from "../../../local/deployment/attributes";
import type { Deployment } from "../../../local/deployment/deployment";
import { loadSynthesized, readStates } from "../../../local/load";
import { functionCode } from "../../../local/services/lambda/function-code";
import {
  greetingFiles,
  greetingStacks,
  removeSynthesizedFolders,
  synthesizedFolder,
} from "./synthesized-app";

/**
 * `terraform show -json` of the greeting stacks: Terraform 1.11.4 and AWS provider 5.100.0, applied to moto; the
 * archive's entry is written after the schema of archive provider 2.7.1.
 */
const recorded: Record<string, unknown> = JSON.parse(
  readFileSync(join(__dirname, "terraform-show.json"), "utf8"),
);
const folders = { messages: "/checkout/stacks/messages", edge: "/checkout/stacks/edge" };

const stateWith = (rootModule: unknown, outputs: unknown = {}) => ({
  format_version: "1.0",
  values: { root_module: rootModule, outputs },
});
const topicIn = (region: string, account = "123456789012") => ({
  resources: [
    {
      address: "aws_sns_topic.T",
      type: "aws_sns_topic",
      values: { arn: `arn:aws:sns:${region}:${account}:T` },
    },
  ],
});

afterEach(removeSynthesizedFolders);

describe("reading Terraform's states", () => {
  it("takes region, account and outputs from them", () => {
    const deployment = readStates(recorded, folders);

    expect([deployment.region, deployment.accountId]).toEqual(["eu-west-1", "123456789012"]);
    expect(deployment.outputs.messages).toEqual({ topic_arn: "arn:aws:sns:eu-west-1:123456789012:Names" });
    expect(Object.keys(deployment.outputs.edge ?? {})).toEqual(["account", "invoke_url"]);
  });

  it("has the resources and the data sources at the addresses that the synthesized folder has", () => {
    const synthesized = loadSynthesized(synthesizedFolder(greetingStacks, greetingFiles));

    const deployment = readStates(recorded, folders);

    expect(addresses(deployment)).toEqual(addresses(synthesized));
  });

  it("routes as the synthesized folder does, ids apart", () => {
    const synthesized = loadSynthesized(synthesizedFolder(greetingStacks, greetingFiles));

    const deployment = readStates(recorded, folders);

    expect(routes(deployment)).toEqual(routes(synthesized));
    expect(routes(deployment)).toEqual([
      {
        path: "/v1/greet",
        method: "POST",
        authorization: "COGNITO_USER_POOLS",
        authorizer: "Users",
        pools: ["Users"],
        function: "Greeter",
        permitted: true,
        stage: "test",
      },
    ]);
  });

  it("finds the folder that a function's archive is created from", () => {
    const folder = synthesizedFolder(greetingStacks, greetingFiles);
    const deployment = readStates(recorded, { ...folders, edge: join(folder, "stacks/edge") });
    const [fn] = deployment.ofType("aws_lambda_function");

    expect(fn && functionCode(deployment, fn)).toEqual({
      kind: "folder",
      path: join(folder, "stacks/edge/assets/greeter"),
    });
  });

  it("says that a function's code is no longer where it was deployed from", () => {
    const deployment = readStates(recorded, folders);
    const [fn] = deployment.ofType("aws_lambda_function");

    expect(() => fn && functionCode(deployment, fn)).toThrow(
      "aws_lambda_function.Greeter (stack edge): its code /checkout/stacks/edge/assets/greeter is not there",
    );
  });

  it("takes an account for an account where AWS owns a resource, and a region where a global one has none", () => {
    const resources = [
      ...topicIn("eu-west-1").resources,
      {
        address: "data.aws_iam_policy.A",
        mode: "data",
        type: "aws_iam_policy",
        values: { arn: "arn:aws:iam::aws:policy/A" },
      },
    ];

    const deployment = readStates({ s: stateWith({ resources }) }, { s: "/s" });

    expect([deployment.region, deployment.accountId]).toEqual(["eu-west-1", "123456789012"]);
  });

  it("does not take the region from what belongs to other services", () => {
    const certificate = {
      address: "aws_acm_certificate.C",
      type: "aws_acm_certificate",
      values: { arn: "arn:aws:acm:us-east-1:123456789012:certificate/1" },
    };
    const resources = [certificate, ...topicIn("eu-west-1").resources];

    expect(readStates({ s: stateWith({ resources }) }, { s: "/s" }).region).toBe("eu-west-1");
  });

  it("has its account from an API without a function, whose own ARN does not name it", () => {
    const values = {
      arn: "arn:aws:apigateway:eu-west-1::/restapis/a1",
      execution_arn: "arn:aws:execute-api:eu-west-1:210987654321:a1",
    };
    const address = "aws_api_gateway_rest_api.A";
    const resources = [{ address, mode: "managed", type: "aws_api_gateway_rest_api", values }];

    const { accountId, region } = readStates({ s: stateWith({ resources }) }, { s: "/s" });
    expect([accountId, region]).toEqual(["210987654321", "eu-west-1"]);
  });

  it("has the resources of modules, and of modules in them, at addresses that name the module", () => {
    const state = stateWith({
      ...topicIn("eu-west-1"),
      child_modules: [
        {
          address: "module.api",
          resources: [
            {
              address: "module.api.data.aws_region.here",
              mode: "data",
              type: "aws_region",
              values: { name: "eu-west-1" },
            },
          ],
          child_modules: [
            {
              address: 'module.api.module.queue["a"]',
              resources: [
                {
                  address: 'module.api.module.queue["a"].aws_sqs_queue.Q[0]',
                  mode: "managed",
                  type: "aws_sqs_queue",
                  values: { name: "Q" },
                },
              ],
            },
          ],
        },
      ],
    });

    expect(addresses(readStates({ s: state }, { s: "/s" }))).toEqual([
      "s aws_sns_topic.T aws_sns_topic",
      "s module.api.data.aws_region.here data.aws_region",
      's module.api.module.queue["a"].aws_sqs_queue.Q[0] aws_sqs_queue',
    ]);
  });
});

describe("refusing a state", () => {
  it.each<[string, Record<string, unknown>, RegExp]>([
    [
      "that is empty",
      { s: { format_version: "1.0" } },
      /^stack s: its state is empty; apply the project first/,
    ],
    ["of another format", { s: { format_version: "2.0" } }, /format_version is "2\.0"/],
    ["that is not an object", { s: [] }, /not the output of `terraform show -json`/],
    [
      "with a resource without values in a module",
      { s: stateWith({ child_modules: [{ resources: [{ address: "module.m.a.b" }] }] }) },
      /no address, type or val/,
    ],
    [
      "with a resource without values",
      { s: stateWith({ resources: [{ address: "a.b" }] }) },
      /no address, type or val/,
    ],
    [
      "with an output that is not an object",
      { s: stateWith(topicIn("eu-west-1"), { a: 1 }) },
      /^output\.a \(stack s\): must be an object/,
    ],
    ["without any ARN", { s: stateWith({}) }, /no resource's ARN tells the region/],
    [
      "of two regions",
      { s: stateWith(topicIn("eu-west-1")), t: stateWith(topicIn("us-east-1")) },
      /of several regions \(eu-west-1, us-east-1\)/,
    ],
    [
      "of two accounts",
      { s: stateWith(topicIn("eu-west-1")), t: stateWith(topicIn("eu-west-1", "210987654321")) },
      /of several accounts \(123456789012, 210987654321\)/,
    ],
    ["of a stack whose folder is not known", { u: stateWith(topicIn("eu-west-1")) }, /^stack u: the folder/],
  ])("%s", (_what, states, expected) => {
    const read = () => readStates(states, { s: "/s", t: "/t" });

    expect(read).toThrow(DeploymentError);
    expect(read).toThrow(expected);
  });
});

function addresses({ resources }: Deployment): string[] {
  return resources.map(({ stack, address, type }) => `${stack} ${address} ${type}`).sort();
}

/** What the runtime makes of the methods, read as the runtime reads it, with names in place of ids. */
function routes(deployment: Deployment) {
  return deployment.ofType("aws_api_gateway_method").map((method) => {
    const resource = deployment.find("aws_api_gateway_resource", "id", method.string("resource_id"));
    const authorizer = deployment.find("aws_api_gateway_authorizer", "id", method.string("authorizer_id"));
    const integration = deployment.find(
      "aws_api_gateway_integration",
      "resource_id",
      method.string("resource_id"),
    );
    const fn = integration && deployment.find("aws_lambda_function", "invoke_arn", integration.string("uri"));
    const api = deployment.find("aws_api_gateway_rest_api", "id", method.string("rest_api_id"));
    const permission =
      fn && deployment.find("aws_lambda_permission", "function_name", fn.string("function_name"));
    const stage = api && deployment.find("aws_api_gateway_stage", "rest_api_id", api.string("id"));
    return {
      path: resource?.string("path"),
      method: method.string("http_method"),
      authorization: method.string("authorization"),
      authorizer: authorizer?.string("name"),
      pools: authorizer
        ?.strings("provider_arns")
        .map((arn) => deployment.find("aws_cognito_user_pool", "arn", arn)?.string("name")),
      function: fn?.string("function_name"),
      permitted: permission?.string("source_arn") === `${api?.string("execution_arn")}/*/POST/v1/greet`,
      stage: stage?.string("stage_name"),
    };
  });
}
