import { createAccessControl } from "../../../../local/iam/policy-access-control";
import { ledger, resourceTypes } from "../../../../local/load";
import { readFunctions } from "../../../../local/services/lambda/function-settings";
import { deploymentOf, type Resources } from "../../../support/deployment";
import { roleArn } from "./support";

const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
});
const policy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sns:Publish", Resource: "*" }],
});

const given = (): Resources => ({
  "aws_iam_role.R": { name: "R", arn: roleArn("R"), assume_role_policy: trust },
  "aws_lambda_function.F": {
    function_name: "F",
    arn: "arn:aws:lambda:us-east-1:123456789012:function:F",
    handler: "index.handler",
    role: roleArn("R"),
    runtime: "nodejs22.x",
    filename: "F.zip",
  },
  "data.archive_file.F": { type: "zip", output_path: "F.zip", source_dir: __dirname },
});

/** What a start does with the resources of Lambda and IAM; the lines that it names. */
async function start(resources: Resources): Promise<string[]> {
  const deployment = deploymentOf(resources);
  ledger.requireAcceptable(deployment);
  await createAccessControl(deployment, resourceTypes, new Map());
  readFunctions(deployment);
  // The archive's own attributes are data.
  ledger.requireEverythingRead(deployment);
  return ledger.notEnforced(deployment);
}

const withFunction = (values: Resources[string]): Resources => {
  const resources = given();
  return { ...resources, "aws_lambda_function.F": { ...resources["aws_lambda_function.F"], ...values } };
};

test("a function with what the stacks of this project set starts without a word", async () => {
  expect(await start(given())).toEqual([]);
});

describe("the start stops, with address, attribute, value and remedy, for", () => {
  test.each<[string, Resources]>([
    [
      "aws_lambda_function_url.U",
      { "aws_lambda_function_url.U": { function_name: "F", authorization_type: "NONE" } },
    ],
    ["aws_lambda_invocation.I", { "aws_lambda_invocation.I": { function_name: "F", input: "{}" } }],
    ["aws_iam_role_policies_exclusive.E", { "aws_iam_role_policies_exclusive.E": { role_name: "R" } }],
    ["data.aws_iam_role.D", { "data.aws_iam_role.D": { name: "Other" } }],
  ])("%s", async (address, resources) => {
    await expect(start({ ...given(), ...resources })).rejects.toThrow(`${address} (stack secure-edge): `);
    await expect(start({ ...given(), ...resources })).rejects.toThrow("take it out of what is served");
  });

  test.each<[string, Resources[string], string]>([
    ["image_config", { image_config: [{ command: ["a"] }] }, '[{"command":["a"]}]'],
    ["snap_start", { snap_start: [{ apply_on: "PublishedVersions" }] }, '[{"apply_on":"PublishedVersions"}]'],
    [
      "logging_config.application_log_level",
      { logging_config: [{ log_format: "Text", application_log_level: "WARN" }] },
      '"WARN"',
    ],
  ])("a function's %s", async (path, values, shown) => {
    await expect(start(withFunction(values))).rejects.toThrow(
      `aws_lambda_function.F (stack secure-edge): ${path} is set, received ${shown}, and nothing in the local runtime reads it`,
    );
  });

  test("an alias that sends a share of its events to another version", async () => {
    const alias = {
      function_name: "F",
      name: "live",
      function_version: "$LATEST",
      routing_config: [{ additional_version_weights: { "2": 0.1 } }],
    };

    await expect(start({ ...given(), "aws_lambda_alias.A": alias })).rejects.toThrow(
      'routing_config is set, received [{"additional_version_weights":{"2":0.1}}]',
    );
  });
});

describe("the start names", () => {
  test.each<[string, Resources]>([
    [
      "aws_lambda_function.F: vpc_config",
      withFunction({ vpc_config: [{ subnet_ids: ["s"], security_group_ids: ["g"] }] }),
    ],
    ["aws_lambda_function.F: ephemeral_storage.size", withFunction({ ephemeral_storage: [{ size: 1024 }] })],
    ["aws_lambda_function.F: tracing_config.mode", withFunction({ tracing_config: [{ mode: "Active" }] })],
    [
      "aws_lambda_function.F: code_signing_config_arn",
      withFunction({
        code_signing_config_arn:
          "arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-0123456789abcdefg",
      }),
    ],
    ["aws_iam_user.U", { "aws_iam_user.U": { name: "U" } }],
    [
      "aws_iam_openid_connect_provider.P",
      { "aws_iam_openid_connect_provider.P": { url: "https://example.com" } },
    ],
    ["aws_kms_key.K", { "aws_kms_key.K": { description: "k" } }],
    ["aws_cloudwatch_metric_alarm.A", { "aws_cloudwatch_metric_alarm.A": { alarm_name: "A" } }],
  ])("%s", async (line, resources) => {
    const named = await start({ ...given(), ...resources });

    expect(named).toEqual([expect.stringContaining(`${line}: `)]);
  });

  test.each<[string, Resources]>([
    ["a dashboard", { "aws_cloudwatch_dashboard.D": { dashboard_name: "D" } }],
    ["an alias of a key", { "aws_kms_alias.A": { name: "alias/a", target_key_id: "k" } }],
    ["a sampling rule", { "aws_xray_sampling_rule.S": { rule_name: "S" } }],
    ["provisioned concurrency", { "aws_lambda_provisioned_concurrency_config.P": { function_name: "F" } }],
    ["tags", withFunction({ tags: { a: "b" } })],
    ["plain tracing", withFunction({ tracing_config: [{ mode: "PassThrough" }] })],
  ])("not %s, which makes no difference", async (_, resources) => {
    expect(await start({ ...given(), ...resources })).toEqual([]);
  });
});

describe("what belongs to a role that is elsewhere is read, and harms nobody", () => {
  test.each<[string, Resources]>([
    ["an inline policy", { "aws_iam_role_policy.P": { name: "P", role: "Other", policy } }],
    [
      "an attachment",
      { "aws_iam_role_policy_attachment.A": { role: "Other", policy_arn: "arn:aws:iam::aws:policy/X" } },
    ],
    [
      "an attachment to several",
      {
        "aws_iam_policy_attachment.A": {
          name: "A",
          roles: ["Other"],
          policy_arn: "arn:aws:iam::aws:policy/X",
        },
      },
    ],
    [
      "a policy",
      { "aws_iam_policy.P": { name: "P", arn: "arn:aws:iam::123456789012:policy/P", policy, path: "/" } },
    ],
  ])("%s", async (_, resources) => {
    expect(await start({ ...given(), ...resources })).toEqual([]);
  });
});

test("a policy that is attached to several roles at once counts for each", async () => {
  const arn = "arn:aws:iam::123456789012:policy/P";
  const deployment = deploymentOf({
    ...given(),
    "aws_iam_policy.P": { name: "P", arn, policy },
    "aws_iam_policy_attachment.A": { name: "A", roles: ["Other", "R"], policy_arn: arn },
  });
  const access = await createAccessControl(deployment, resourceTypes, new Map());
  const principal = {
    kind: "role",
    roleArn: roleArn("R"),
    arn: "arn:aws:sts::123456789012:assumed-role/R/F",
    accountId: "123456789012",
    userId: "AROA:F",
  } as const;

  const topic = "arn:aws:sns:us-east-1:123456789012:T";
  expect(await access.isAllowed({ principal, action: "sns:Publish", resource: topic })).toBe(true);
  expect(await access.isAllowed({ principal, action: "sns:Subscribe", resource: topic })).toBe(false);
});
