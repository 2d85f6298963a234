import {
  BatchGetSecretValueCommand,
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  type ListSecretsCommandInput,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { bindService } from "../../../../local/aws-api/service";
import { Resource } from "../../../../local/deployment/deployment";
import type { AccessControl } from "../../../../local/iam/access-control";
import { AwsError } from "../../../../local/kernel/aws-error";
import { Input } from "../../../../local/kernel/input";
import { Kept } from "../../../../local/kernel/kept";
import { loadSynthesized } from "../../../../local/load";
import { putSecretValue } from "../../../../local/services/secretsmanager/put-value";
import { readSecrets } from "../../../../local/services/secretsmanager/resources";
import { secretsManager } from "../../../../local/services/secretsmanager/service";
import {
  deploymentOf,
  type Resources,
  resourceAt,
  type Unnamed,
  type Values,
} from "../../../support/deployment";
import { administrator, allowAll, type RunningEndpoint, startEndpoint } from "../../aws-api/running-endpoint";
import { removeSynthesizedFolders, stackJson, synthesizedFolder } from "../../deployment/synthesized-app";

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
    version_id: "terraform-20260101000000000000000002",
  }),
  resourceAt("aws_secretsmanager_secret_version.Pending", {
    secret_id: "LambdaSNSTopicARN",
    secret_string: "pending",
    version_id: "terraform-20260101000000000000000003",
    version_stages: ["AWSPENDING"],
  }),
  resourceAt("aws_secretsmanager_secret.Binary", { arn: binaryArn, name: "Binary", description: "bytes" }),
  resourceAt("aws_secretsmanager_secret_version.Binary", {
    secret_id: binaryArn,
    secret_binary: "aGk=",
    version_id: "terraform-20260101000000000000000004",
  }),
  resourceAt("aws_secretsmanager_secret.Empty", { arn: `${binaryArn}2`, name: "Empty" }),
);

const callContext = {
  principal: { kind: "anonymous" as const },
  requestId: "r",
  sourceIp: "127.0.0.1",
};

describe("Secrets Manager", () => {
  let endpoint: RunningEndpoint;
  let client: SecretsManagerClient;
  const asked: unknown[] = [];
  let denied = "";
  const access: AccessControl = {
    ...allowAll,
    async authorize({ action, resource: on }) {
      asked.push([action, on]);
      if (on === denied) throw new AwsError("AccessDeniedException", "not authorized");
    },
  };

  beforeAll(async () => {
    endpoint = await startEndpoint(
      [bindService(secretsManager, { all: readSecrets(deployment), created: 1_700_000_000, access })],
      { accessControl: access },
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
      VersionId: "terraform-20260101000000000000000002",
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
      name: "InvalidRequestException",
      message: "You provided a VersionStage that is not associated to the provided VersionId.",
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

  test("lists a secret's versions and its policy", async () => {
    const versions = await client.send(new ListSecretVersionIdsCommand({ SecretId: arn, MaxResults: 2 }));
    const rest = await client.send(
      new ListSecretVersionIdsCommand({ SecretId: arn, NextToken: versions.NextToken }),
    );
    const policy = await client.send(new GetResourcePolicyCommand({ SecretId: arn }));

    expect(versions.Versions).toMatchObject([
      { VersionStages: ["AWSPREVIOUS"], KmsKeyIds: ["DefaultEncryptionKey"] },
      { VersionStages: ["AWSCURRENT"] },
    ]);
    expect(rest.Versions).toMatchObject([{ VersionStages: ["AWSPENDING"] }]);
    expect(policy).toMatchObject({ ARN: arn, Name: "LambdaSNSTopicARN" });
    expect(policy.ResourcePolicy).toBeUndefined();
  });

  test("gives many values at once, each as its own permission says", async () => {
    denied = binaryArn;
    const batch = await client.send(
      new BatchGetSecretValueCommand({ SecretIdList: ["LambdaSNSTopicARN", "Binary", "Unknown"] }),
    );
    denied = "";

    expect(batch.SecretValues).toMatchObject([{ ARN: arn, SecretString: '{"TOPIC_ARN":"t"}' }]);
    expect(batch.Errors).toEqual([
      { SecretId: "Binary", ErrorCode: "AccessDeniedException", Message: "not authorized" },
      { SecretId: "Unknown", ErrorCode: "ResourceNotFoundException", Message: expect.any(String) },
    ]);
  });

  test("lists secrets by filter, in order and in pages", async () => {
    const list = (input: object) => client.send(new ListSecretsCommand(input));
    const names = async (input: object) => (await list(input)).SecretList?.map(({ Name }) => Name);

    const first = await list({ MaxResults: 2 });

    expect(await names({ NextToken: first.NextToken })).toEqual(["Empty"]);
    expect(await names({ Filters: [{ Key: "name", Values: ["Bin"] }] })).toEqual(["Binary"]);
    expect(await names({ Filters: [{ Key: "name", Values: ["bin"] }] })).toEqual([]);
    expect(await names({ Filters: [{ Key: "tag-key", Values: ["a"] }] })).toEqual(["LambdaSNSTopicARN"]);
    expect(await names({ Filters: [{ Key: "tag-value", Values: ["!b"] }] })).toEqual(["Binary", "Empty"]);
    expect(await names({ Filters: [{ Key: "all", Values: ["BYTES"] }] })).toEqual(["Binary"]);
    expect(await names({ Filters: [{ Key: "owning-service", Values: ["x"] }] })).toEqual([]);
    expect(await names({ SortBy: "name", SortOrder: "desc" })).toEqual([
      "LambdaSNSTopicARN",
      "Empty",
      "Binary",
    ]);
  });

  test.each([
    [{ MaxResults: 101 }, "ValidationException"],
    [{ MaxResults: 0 }, "ValidationException"],
    [{ NextToken: "nonsense" }, "InvalidNextTokenException"],
    [{ SortOrder: "up" }, "ValidationException"],
    [{ Filters: [{ Key: "size", Values: ["1"] }] }, "ValidationException"],
    [{ Filters: [{ Key: "name", Values: [] }] }, "ValidationException"],
    [{ Filters: Array.from({ length: 11 }, () => ({ Key: "name", Values: ["a"] })) }, "ValidationException"],
  ])("does not list with %j", async (input, name) => {
    const sent = client.send(new ListSecretsCommand(input as ListSecretsCommandInput));

    await expect(sent).rejects.toMatchObject({ name });
  });

  /** Recorded in localstack's AWS-validated test_list_secrets_filtering. */
  test.each<[object[], string[]]>([
    [[{ Key: "name", Values: ["/"] }], ["/testing2/two", "/testing4/four"]],
    [[{ Key: "name", Values: ["!/"] }], ["testing1/one", "testing3/three"]],
    [[{ Key: "name", Values: ["testing1 one"] }], []],
    [[{ Key: "description", Values: ["a"] }], ["testing1/one", "/testing2/two", "testing3/three"]],
    [[{ Key: "description", Values: ["!a"] }], ["/testing4/four"]],
    [[{ Key: "description", Values: ["a secret"] }], ["testing1/one", "/testing2/two"]],
    [
      [
        { Key: "description", Values: ["a"] },
        { Key: "name", Values: ["secret"] },
      ],
      [],
    ],
    [
      [
        { Key: "description", Values: ["a"] },
        { Key: "name", Values: ["an"] },
      ],
      [],
    ],
    [
      [{ Key: "description", Values: ["!c"] }],
      ["testing1/one", "/testing2/two", "testing3/three", "/testing4/four"],
    ],
  ])("filters by %j as recorded", async (Filters, expected) => {
    const recorded = deploymentOf(
      ...[
        ["testing1/one", "a secret"],
        ["/testing2/two", "an secret"],
        ["testing3/three", "asecret"],
        ["/testing4/four", "thesecret"],
      ].map(
        ([name = "", description = ""]): Unnamed => [
          "aws_secretsmanager_secret",
          { name, description, arn: `arn:aws:secretsmanager:us-east-1:123456789012:secret:${name}-abcdef` },
        ],
      ),
    );
    const service = bindService(secretsManager, { all: readSecrets(recorded), created: 0, access });

    const listed = await service.operations.ListSecrets?.handle({ Filters }, callContext);

    expect(listed).toMatchObject({ SecretList: expected.map((Name) => ({ Name })) });
    expect(Object(listed).SecretList).toHaveLength(expected.length);
  });
});

describe("the versions of one secret", () => {
  afterEach(removeSynthesizedFolders);

  test("are served in the order of what depends on what, whatever their names", async () => {
    const version = (secret_string: string, more: object = {}) => ({
      secret_id: "${aws_secretsmanager_secret.S.id}",
      secret_string,
      ...more,
    });
    const resource = {
      aws_secretsmanager_secret: { S: { name: "S" } },
      aws_secretsmanager_secret_version: {
        A: version("later", { depends_on: ["aws_secretsmanager_secret_version.B"] }),
        B: version("earlier"),
      },
    };
    const [secret] = readSecrets(loadSynthesized(synthesizedFolder({ only: stackJson({ resource }) })));

    expect(secret?.versions).toMatchObject([
      { content: { SecretString: "earlier" }, stages: ["AWSPREVIOUS"] },
      { content: { SecretString: "later" }, stages: ["AWSCURRENT"] },
    ]);
  });

  const version = (address: string, more: Values): Values => ({
    secret_id: "S",
    secret_string: address,
    ...more,
  });
  const stages = (versions: Resources, asState = false) => {
    const secret = { "aws_secretsmanager_secret.S": { arn, name: "S" } };
    const declared = Object.entries(versions).map(
      ([name, values]) =>
        new Resource(
          "s",
          `aws_secretsmanager_secret_version.${name}`,
          "aws_secretsmanager_secret_version",
          { version_id: `terraform-${name}`, version_stages: ["AWSCURRENT"], ...values },
          asState ? undefined : values,
        ),
    );
    const [read] = readSecrets(deploymentOf(secret, ...declared));
    return read?.versions.map(({ content, stages }) => [Object.values(content)[0], ...stages]);
  };

  test("the later is AWSCURRENT and the one before it AWSPREVIOUS, in the order in which they are created", () => {
    expect(stages({ A: version("one", {}), B: version("two", {}), C: version("three", {}) })).toEqual([
      ["one"],
      ["two", "AWSPREVIOUS"],
      ["three", "AWSCURRENT"],
    ]);
  });

  test("a state's come in the order of their ids' times", () => {
    const id = (second: number) => ({ version_id: `terraform-2026010100000${second}000000000001` });

    expect(stages({ A: version("later", id(2)), B: version("earlier", id(1)) }, true)).toEqual([
      ["earlier", "AWSPREVIOUS"],
      ["later", "AWSCURRENT"],
    ]);
  });

  test("a label of its own moves from version to version, and the first version is the current one too", () => {
    const blue = { version_stages: ["blue"] };

    expect(stages({ A: version("one", blue), B: version("two", blue) })).toEqual([
      ["one", "AWSCURRENT"],
      ["two", "blue"],
    ]);
  });

  test("one without a value, or with a value of a wrong type, stops the start without the value", () => {
    expect(() => stages({ A: { secret_id: "S" } })).toThrow(
      "aws_secretsmanager_secret_version.A (stack s): the secret's value is not there",
    );
    expect(() => stages({ A: { secret_id: "S", secret_string: ["hunter2"] } })).toThrow(
      /^aws_secretsmanager_secret_version.A \(stack s\): secret_string must be a string$/,
    );
  });
});

test.each([1, 6, 31])("a recovery window of %i days stops the start", (recovery_window_in_days) => {
  const values = { arn: binaryArn, name: "Binary", recovery_window_in_days };
  const secret = resourceAt("aws_secretsmanager_secret.Binary", values);

  expect(() => readSecrets(deploymentOf(secret))).toThrow("must be 0, or a number from 7 to 30");
});

describe("a new value", () => {
  const newArn = binaryArn.replaceAll("Binary", "New");
  const asked: unknown[] = [];
  let endpoint: RunningEndpoint;
  let client: SecretsManagerClient;

  beforeEach(async () => {
    const access: AccessControl = {
      ...allowAll,
      async authorize({ action, resource }) {
        asked.push([action, resource]);
      },
    };
    const secrets = readSecrets(
      deploymentOf(resourceAt("aws_secretsmanager_secret.New", { arn: newArn, name: "New" })),
    );
    endpoint = await startEndpoint(
      [bindService(secretsManager, { all: secrets, created: 1_700_000_000, access })],
      { accessControl: access },
    );
    client = new SecretsManagerClient({
      endpoint: endpoint.url,
      region: "us-east-1",
      credentials: administrator,
      maxAttempts: 1,
    });
  });
  afterEach(() => endpoint.close());

  test("takes a first value for a secret that Terraform created without one, and then another", async () => {
    const SecretId = newArn;
    const value = async (VersionStage?: string) =>
      (await client.send(new GetSecretValueCommand({ SecretId, VersionStage }))).SecretString;

    await expect(value()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    const first = await client.send(new PutSecretValueCommand({ SecretId, SecretString: "one" }));
    expect(await value()).toBe("one");
    await client.send(new PutSecretValueCommand({ SecretId, SecretString: "two" }));

    expect([await value(), await value("AWSPREVIOUS")]).toEqual(["two", "one"]);
    expect(first).toMatchObject({ ARN: SecretId, Name: "New", VersionStages: ["AWSCURRENT"] });
    const { VersionIdsToStages } = await client.send(new DescribeSecretCommand({ SecretId }));
    expect(Object.values(VersionIdsToStages ?? {}).sort()).toEqual([["AWSCURRENT"], ["AWSPREVIOUS"]]);
    expect(asked).toContainEqual(["secretsmanager:PutSecretValue", SecretId]);
  });

  test("takes the same request twice, and no other value for it", async () => {
    const request = { SecretId: newArn, ClientRequestToken: "t".repeat(32) };
    const put = (SecretString: string) =>
      client.send(new PutSecretValueCommand({ ...request, SecretString }));

    const [once, twice] = [await put("same"), await put("same")];

    expect(twice.VersionId).toBe(once.VersionId);
    await expect(put("other")).rejects.toMatchObject({ name: "ResourceExistsException" });
    await expect(client.send(new PutSecretValueCommand(request))).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
  });

  test("outlives a restart of the services", () => {
    const kept = new Kept();
    const secretIn = (values: Values) =>
      readSecrets(deploymentOf(resourceAt("aws_secretsmanager_secret.New", values)), kept)[0];
    const before = secretIn({ arn: newArn, name: "New" });
    if (before === undefined) throw new Error("the secret is not read");

    putSecretValue(before, new Input({ SecretString: "kept" }, secretsManager.errors.input));

    expect(secretIn({ arn: newArn, name: "New" })?.versions).toMatchObject([
      { content: { SecretString: "kept" }, stages: ["AWSCURRENT"] },
    ]);
    expect(secretIn({ arn: binaryArn, name: "Other" })?.versions).toEqual([]);
  });
});
