import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { bindService } from "../../../../local/aws-api/service";
import { SecretStore } from "../../../../local/services/secretsmanager/secret-store";
import { secretsManager } from "../../../../local/services/secretsmanager/service";
import { deploymentOf, resourceAt } from "../../../support/deployment";
import { administrator, allowAll, type RunningEndpoint, startEndpoint } from "../../aws-api/running-endpoint";

const arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:LambdaSNSTopicARN-AbCdEf";
const binaryArn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:Binary-aaaaaa";
const deployment = deploymentOf(
  resourceAt("aws_secretsmanager_secret.Topic", {
    arn,
    name: "LambdaSNSTopicARN",
    description: "",
    tags: { a: "b" },
  }),
  resourceAt("aws_secretsmanager_secret_version.Old", {
    secret_id: arn,
    secret_string: "old",
    version_id: "terraform-20260101000000000000000001",
  }),
  resourceAt("aws_secretsmanager_secret_version.Topic", {
    secret_id: arn,
    secret_string: '{"TOPIC_ARN":"t"}',
  }),
  resourceAt("aws_secretsmanager_secret_version.Pending", {
    secret_id: "LambdaSNSTopicARN",
    secret_string: "pending",
    version_stages: ["AWSPENDING"],
  }),
  resourceAt("aws_secretsmanager_secret.Binary", { arn: binaryArn, name: "Binary", description: "bytes" }),
  resourceAt("aws_secretsmanager_secret_version.Binary", { secret_id: binaryArn, secret_binary: "aGk=" }),
  resourceAt("aws_secretsmanager_secret.Empty", { arn: `${binaryArn}2`, name: "Empty" }),
);

describe("Secrets Manager", () => {
  let endpoint: RunningEndpoint;
  let client: SecretsManagerClient;
  const asked: unknown[] = [];

  beforeAll(async () => {
    endpoint = await startEndpoint(
      [bindService(secretsManager, { store: new SecretStore(deployment), created: 1_700_000_000 })],
      {
        accessControl: {
          ...allowAll,
          authorize: async ({ action, resource: on }) => void asked.push([action, on]),
        },
      },
    );
    client = new SecretsManagerClient({
      endpoint: endpoint.url,
      region: "us-east-1",
      credentials: administrator,
      maxAttempts: 1,
    });
  });
  afterAll(() => endpoint.close());

  test.each(["LambdaSNSTopicARN", arn, arn.slice(0, -7)])("gives the current value of %s", async (id) => {
    asked.length = 0;

    const value = await client.send(new GetSecretValueCommand({ SecretId: id }));

    expect(value).toMatchObject({
      ARN: arn,
      Name: "LambdaSNSTopicARN",
      SecretString: '{"TOPIC_ARN":"t"}',
      VersionStages: ["AWSCURRENT"],
      CreatedDate: new Date(1_700_000_000_000),
      VersionId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    });
    expect(asked).toEqual([["secretsmanager:GetSecretValue", arn]]);
  });

  test("gives a value by stage, by version, and by both", async () => {
    const get = async (selection: { VersionId?: string; VersionStage?: string }) =>
      (await client.send(new GetSecretValueCommand({ SecretId: arn, ...selection }))).SecretString;
    const old = "terraform-20260101000000000000000001";

    expect(await get({ VersionStage: "AWSPENDING" })).toBe("pending");
    expect(await get({ VersionStage: "AWSPREVIOUS" })).toBe("old");
    expect(await get({ VersionId: old })).toBe("old");
    await expect(get({ VersionId: old, VersionStage: "AWSCURRENT" })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });

  test("gives a binary value as bytes", async () => {
    const value = await client.send(new GetSecretValueCommand({ SecretId: "Binary" }));

    expect(value.SecretString).toBeUndefined();
    expect(Buffer.from(value.SecretBinary ?? []).toString()).toBe("hi");
  });

  test.each([
    ["Unknown", {}, "Secrets Manager can't find the specified secret."],
    ["Empty", {}, "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT"],
    [
      arn,
      { VersionId: "x".repeat(32) },
      `Secrets Manager can't find the specified secret value for VersionId: ${"x".repeat(32)}`,
    ],
  ])("what %s does not have is not found", async (id, selection, message) => {
    const sent = client.send(new GetSecretValueCommand({ SecretId: id, ...selection }));

    await expect(sent).rejects.toMatchObject({ name: "ResourceNotFoundException", message });
  });

  test("a call without a secret's id is the client's error", async () => {
    const sent = client.send(new GetSecretValueCommand({ SecretId: "" }));

    await expect(sent).rejects.toMatchObject({ name: "InvalidParameterException" });
  });

  test("describes and lists secrets without their values", async () => {
    const described = await client.send(new DescribeSecretCommand({ SecretId: "LambdaSNSTopicARN" }));
    const listed = await client.send(new ListSecretsCommand({}));

    expect(described).toMatchObject({ ARN: arn, Tags: [{ Key: "a", Value: "b" }] });
    expect(
      Object.values(described.VersionIdsToStages ?? {})
        .flat()
        .sort(),
    ).toEqual(["AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"]);
    expect(listed.SecretList?.map(({ Name }) => Name)).toEqual(["LambdaSNSTopicARN", "Binary", "Empty"]);
    expect(JSON.stringify([described, listed])).not.toContain("TOPIC_ARN");
  });
});
