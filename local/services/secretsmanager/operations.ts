import type { CallContext, Operation, Operations } from "../../aws-api/service";
import type { AccessControl } from "../../iam/access-control";
import { AwsError } from "../../kernel/aws-error";
import type { Input, Members } from "../../kernel/input";
import { pageOf } from "../../kernel/paging";
import { putSecretValue } from "./put-value";
import type { Secret, SecretVersion } from "./resources";
import { readFilters } from "./secret-filter";

export interface Secrets {
  readonly all: readonly Secret[];
  /** In seconds, as JSON timestamps of this service are. Terraform does not say when a secret was created: at this run's start. */
  readonly created: number;
  readonly access: AccessControl;
}

export const secretsOperations: Operations<Secrets> = {
  GetSecretValue: onSecret("GetSecretValue", (secret, input, { created }) =>
    secretValue(secret, findVersion(secret, input), created),
  ),
  DescribeSecret: onSecret("DescribeSecret", (secret, _input, { created }) => ({
    ...describe(secret, created),
    ...stagesById("VersionIdsToStages", secret),
  })),
  ListSecretVersionIds: onSecret("ListSecretVersionIds", listVersions),
  PutSecretValue: onSecret("PutSecretValue", putSecretValue),
  GetResourcePolicy: onSecret("GetResourcePolicy", ({ arn, name, policy }) => ({
    ARN: arn,
    Name: name,
    ...(policy === undefined ? {} : { ResourcePolicy: policy }),
  })),
  ListSecrets: { permission: { action: "secretsmanager:ListSecrets" }, handle: listSecrets },
  BatchGetSecretValue: {
    permission: { action: "secretsmanager:BatchGetSecretValue" },
    handle: batchGet,
  },
};

function onSecret(
  name: string,
  handle: (secret: Secret, input: Input, secrets: Secrets) => Members,
): Operation<Secrets> {
  const secretOf = (input: Input, secrets: Secrets) => findSecret(secrets, secretId(input));
  return {
    permission: {
      action: `secretsmanager:${name}`,
      resource: (input, secrets) => secretOf(input, secrets).arn,
    },
    handle: (input, secrets) => handle(secretOf(input, secrets), input, secrets),
  };
}

function secretId(input: Input): string {
  const id = input.optionalText("SecretId") ?? "";
  if (id === "")
    throw new AwsError(
      "InvalidParameterException",
      "You must provide a SecretId: the name or the ARN of the secret.",
    );
  if (!/^[A-Za-z0-9/_+=.@!:-]+$/.test(id))
    throw new AwsError(
      "ValidationException",
      "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
    );
  return id;
}

const RANDOM_SUFFIX = /-[A-Za-z0-9]{6}$/;

/**
 * By name, ARN, or the ARN without the six random characters at its end. What looks like these characters is taken for them:
 * a name that ends so is not found by a partial ARN (recorded in localstack's test_create_and_update_secret).
 */
function findSecret({ all }: Secrets, id: string): Secret {
  const found =
    all.find(({ arn, name }) => id === arn || id === name) ??
    all.find(({ arn }) => !RANDOM_SUFFIX.test(id) && id === arn.replace(RANDOM_SUFFIX, ""));
  if (found !== undefined) return found;
  throw notFound("Secrets Manager can't find the specified secret.");
}

function notFound(message: string): AwsError {
  return new AwsError("ResourceNotFoundException", message);
}

function findVersion(secret: Secret, input: Input): SecretVersion {
  const id = input.optionalText("VersionId");
  const stage = input.optionalText("VersionStage") ?? (id === undefined ? "AWSCURRENT" : undefined);
  const byId = id === undefined ? secret.versions : secret.versions.filter((version) => version.id === id);
  const found = byId.find(({ stages }) => stage === undefined || stages.includes(stage));
  if (found !== undefined) return found;
  if (id !== undefined && byId.length > 0)
    throw new AwsError(
      "InvalidRequestException",
      "You provided a VersionStage that is not associated to the provided VersionId.",
    );
  throw notFound(
    `Secrets Manager can't find the specified secret value for ${id === undefined ? `staging label: ${stage}` : `VersionId: ${id}`}`,
  );
}

function secretValue(secret: Secret, version: SecretVersion, created: number): Members {
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.id,
    ...version.content,
    VersionStages: version.stages,
    CreatedDate: created,
  };
}

/** What is not there has no member (recorded in localstack's test_create_secret_version_from_empty_secret). */
function describe({ arn, name, description, kmsKeyId, tags }: Secret, created: number): Members {
  const list = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return {
    ARN: arn,
    Name: name,
    Description: description,
    KmsKeyId: kmsKeyId,
    ...(list.length > 0 ? { Tags: list } : {}),
    CreatedDate: created,
    LastChangedDate: created,
  };
}

function stagesById(member: string, { versions }: Secret): Members {
  const staged = versions.filter(({ stages }) => stages.length > 0).map(({ id, stages }) => [id, stages]);
  return staged.length > 0 ? { [member]: Object.fromEntries(staged) } : {};
}

function listVersions(secret: Secret, input: Input, { created }: Secrets): Members {
  const all = input.boolean("IncludeDeprecated");
  const versions = secret.versions.filter(({ stages }) => all || stages.length > 0);
  const { items, next } = page(versions, ({ id }) => id, input, 100);
  return {
    ARN: secret.arn,
    Name: secret.name,
    Versions: items.map(({ id, stages }) => ({
      VersionId: id,
      ...(stages.length > 0 ? { VersionStages: stages } : {}),
      KmsKeyIds: [secret.kmsKeyId ?? "DefaultEncryptionKey"],
      CreatedDate: created,
    })),
    ...next,
  };
}

function listSecrets(input: Input, { all, created }: Secrets): Members {
  const byName = input.optionalText("SortBy");
  const found = all.filter(readFilters(input));
  if (byName === "name") found.sort((a, b) => (a.name < b.name ? -1 : 1));
  if (input.optionalText("SortOrder") === "desc") found.reverse();
  const { items, next } = page(found, ({ arn }) => arn, input, 100);
  const SecretList = items.map((secret) => ({
    ...describe(secret, created),
    ...stagesById("SecretVersionsToStages", secret),
  }));
  return { SecretList, ...next };
}

/**
 * Asks for `GetSecretValue` on each secret; one that may not be read, or is not there, is in `Errors` (AWS Secrets Manager API
 * Reference, BatchGetSecretValue).
 */
async function batchGet(input: Input, secrets: Secrets, { principal }: CallContext): Promise<Members> {
  const ids = input.optionalTexts("SecretIdList");
  const filtered = input.has("Filters");
  if ((ids === undefined) === !filtered)
    throw new AwsError(
      "InvalidParameterException",
      "Either 'SecretIdList' or 'Filters' must be provided, but not both.",
    );
  if (filtered)
    await secrets.access.authorize({ principal, action: "secretsmanager:ListSecrets", resource: "*" });
  const wanted = ids ?? secrets.all.filter(readFilters(input)).map(({ arn }) => arn);
  const { items, next } = page(wanted, (id) => id, input, 20);
  const SecretValues: Members[] = [];
  const Errors: Members[] = [];
  for (const id of items) {
    try {
      const secret = findSecret(secrets, id);
      const request = { principal, action: "secretsmanager:GetSecretValue", resource: secret.arn };
      await secrets.access.authorize(request);
      const current = secret.versions.find(({ stages }) => stages.includes("AWSCURRENT"));
      if (current === undefined)
        throw notFound("Secrets Manager can't find the specified secret value for staging label: AWSCURRENT");
      SecretValues.push(secretValue(secret, current, secrets.created));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Errors.push({ SecretId: id, ErrorCode: error.code, Message: error.message });
    }
  }
  return { SecretValues, ...next, ...(Errors.length > 0 ? { Errors } : {}) };
}

function page<T>(all: readonly T[], keyOf: (item: T) => string, input: Input, most: number) {
  const { items, nextToken } = pageOf(all, {
    keyOf,
    token: input.optionalText("NextToken"),
    limit: input.optionalInteger("MaxResults") ?? most,
    invalidToken: () => new AwsError("InvalidNextTokenException", "The NextToken value is invalid."),
  });
  return { items, next: nextToken === undefined ? {} : { NextToken: nextToken } };
}
