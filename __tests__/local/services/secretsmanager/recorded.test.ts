import { bindService } from "../../../../local/aws-api/service";
import type { Members } from "../../../../local/kernel/input";
import { readSecrets } from "../../../../local/services/secretsmanager/resources";
import { secretsManager } from "../../../../local/services/secretsmanager/service";
import { deploymentOf, type Resources } from "../../../support/deployment";
import { RecordedAnswers } from "../../../support/recorded-answers";
import { allowAll } from "../../aws-api/running-endpoint";
import { administrator, caught } from "../lambda/support";

/**
 * What AWS answered, by the names of localstack's AWS-validated tests (tests/aws/services/secretsmanager and its recordings).
 * docs/local-runtime.md counts them. Filters of ListSecrets are in service.test.ts.
 */

const facts = new RecordedAnswers("Secrets Manager, as far as it is read", {});
const context = { principal: administrator, requestId: "r", sourceIp: "127.0.0.1" };
const arnOf = (name: string) => `arn:aws:secretsmanager:us-east-1:123456789012:secret:${name}-AbCdEf`;
const one = `terraform-2026010100000000000000000${1}`;
const two = `terraform-2026010100000000000000000${2}`;

function setUp(name = "S", more: Resources = {}) {
  const secret = { "aws_secretsmanager_secret.S": { name, arn: arnOf(name) } };
  const all = readSecrets(deploymentOf(secret, more));
  const service = bindService(secretsManager, { all, created: 1, access: allowAll });
  return async (operation: string, input: Members = {}): Promise<Members> =>
    (await service.operations[operation]?.handle({ SecretId: name, ...input }, context)) ?? {};
}

const versions: Resources = {
  "aws_secretsmanager_secret_version.A": { secret_id: "S", secret_string: "one", version_id: one },
  "aws_secretsmanager_secret_version.B": { secret_id: "S", secret_string: "two", version_id: two },
};

const invalidName =
  "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!";
const cannotFind = "Secrets Manager can't find the specified secret";
const missing = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";

test.each(
  facts.rows<[string, string, Members, string, string]>([
    ...["Inv Name", " Inv Name", " Inv*Name? ", " Inv *?!]Name\\-"].flatMap((SecretId) =>
      ["GetSecretValue", "DescribeSecret", "ListSecretVersionIds", "GetResourcePolicy"].map(
        (operation): [string, string, Members, string, string] => [
          `invalid_secret_name[${SecretId}]`,
          operation,
          { SecretId },
          "ValidationException",
          invalidName,
        ],
      ),
    ),
    ["secret_not_found", "GetSecretValue", { SecretId: "s" }, "ResourceNotFoundException", `${cannotFind}.`],
    [
      "secret_not_found",
      "ListSecretVersionIds",
      { SecretId: "s" },
      "ResourceNotFoundException",
      `${cannotFind}.`,
    ],
    [
      "secret_version_not_found",
      "GetSecretValue",
      {},
      "ResourceNotFoundException",
      `${cannotFind} value for staging label: AWSCURRENT`,
    ],
    [
      "secret_version_not_found, id",
      "GetSecretValue",
      { VersionId: missing },
      "ResourceNotFoundException",
      `${cannotFind} value for VersionId: ${missing}`,
    ],
    [
      "secret_version_not_found, stage",
      "GetSecretValue",
      { VersionStage: "AWSPENDING" },
      "ResourceNotFoundException",
      `${cannotFind} value for staging label: AWSPENDING`,
    ],
  ]),
)("%s: %s %j", async (_test, operation, input, code, message) => {
  const error = await caught(setUp()(operation, input));

  expect([error.code, error.message, error.status]).toEqual([code, message, 400]);
});

facts.fact("get_secret_value_errors: a stage of another version is an invalid request", async () => {
  const error = await caught(
    setUp("S", versions)("GetSecretValue", { VersionId: one, VersionStage: "AWSCURRENT" }),
  );

  expect([error.code, error.message]).toEqual([
    "InvalidRequestException",
    "You provided a VersionStage that is not associated to the provided VersionId.",
  ]);
});

facts.fact("update_secret_version_stages_current_previous", async () => {
  expect(await setUp("S", versions)("ListSecretVersionIds")).toEqual({
    ARN: arnOf("S"),
    Name: "S",
    Versions: [
      { CreatedDate: 1, KmsKeyIds: ["DefaultEncryptionKey"], VersionId: one, VersionStages: ["AWSPREVIOUS"] },
      { CreatedDate: 1, KmsKeyIds: ["DefaultEncryptionKey"], VersionId: two, VersionStages: ["AWSCURRENT"] },
    ],
  });
});

facts.fact("create_secret_version_from_empty_secret: what is not there has no member", async () => {
  const described = await setUp()("DescribeSecret");

  expect(JSON.parse(JSON.stringify(described))).toEqual({
    ARN: arnOf("S"),
    Name: "S",
    CreatedDate: 1,
    LastChangedDate: 1,
  });
});

facts.fact("get_secret_value: a binary value is base64 on the wire", async () => {
  const get = setUp("S", {
    "aws_secretsmanager_secret_version.A": { secret_id: "S", secret_binary: "Zm9vdGVzdA==", version_id: one },
  });

  expect(await get("GetSecretValue")).toEqual({
    ARN: arnOf("S"),
    CreatedDate: 1,
    Name: "S",
    SecretBinary: "Zm9vdGVzdA==",
    VersionId: one,
    VersionStages: ["AWSCURRENT"],
  });
});

facts.fact("resource_policy", async () => {
  const policy = '{"Version":"2012-10-17","Statement":[]}';
  const get = setUp("S", { "aws_secretsmanager_secret_policy.P": { secret_arn: arnOf("S"), policy } });

  expect(await get("GetResourcePolicy")).toEqual({ ARN: arnOf("S"), Name: "S", ResourcePolicy: policy });
});

test.each(
  facts.rows([
    ["s-c64bdc03", true],
    ["Valid/_+=.@-Name", true],
    ["Valid/_+=.@-Name-a1b2", true],
    ["Valid/_+=.@-Name-a1b2c3-", true],
    ["Invalid/_+=.@-Name-a1b2c3", false],
  ]),
)("create_and_update_secret[%s]: found by a partial ARN: %s", async (name, found) => {
  const SecretId = arnOf(name).replace(/-AbCdEf$/, "");
  const described = setUp(name)("DescribeSecret", { SecretId });

  if (found) await expect(described).resolves.toMatchObject({ Name: name });
  else expect((await caught(described)).message).toBe(`${cannotFind}.`);
});

facts.holdInDocs("secretsmanager");
