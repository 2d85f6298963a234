import { AwsError } from "../../kernel/aws-error";
import type { AwsService, Members, Operation } from "../../aws-api/service";
import type { Clock } from "../../kernel/clock";
import type { Deployment } from "../../deployment/deployment";
import { type Secret, SecretStore, type SecretVersion } from "./secret-store";

/** Secrets Manager, as far as secrets are read. They are made by Terraform alone. */
export function createSecretsService(deployment: Deployment, clock: Clock): AwsService {
  const store = new SecretStore(deployment);
  // JSON timestamps of this service are seconds. Terraform does not say when a secret was made: at this run's start.
  const created = clock.now() / 1000;
  return {
    name: "secretsmanager",
    wire: { protocol: "json", version: "1.1", targetPrefix: "secretsmanager", messageKey: "Message" },
    operations: {
      GetSecretValue: onSecret("GetSecretValue", store, (secret, input) => ({
        ...readValue(secret, input),
        CreatedDate: created,
      })),
      DescribeSecret: onSecret("DescribeSecret", store, (secret) => ({
        ...describe(secret, created),
        VersionIdsToStages: stagesById(secret),
      })),
      ListSecrets: {
        permission: () => ({ action: "secretsmanager:ListSecrets", resource: "*" }),
        handle: () => ({
          SecretList: store.secrets.map((secret) => ({
            ...describe(secret, created),
            SecretVersionsToStages: stagesById(secret),
          })),
        }),
      },
    },
  };
}

function onSecret(
  name: string,
  store: SecretStore,
  handle: (secret: Secret, input: Members) => Members,
): Operation {
  return {
    permission: (input) => ({ action: `secretsmanager:${name}`, resource: store.find(secretId(input)).arn }),
    handle: (input) => handle(store.find(secretId(input)), input),
  };
}

function secretId(input: Members): string {
  const id = input.SecretId;
  if (typeof id === "string" && id.length > 0) return id;
  throw new AwsError(
    "InvalidParameterException",
    "You must provide a SecretId: the name or the ARN of the secret.",
  );
}

function readValue(secret: Secret, input: Members): Members {
  const version = findVersion(secret, input);
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.id,
    ...version.content,
    VersionStages: version.stages,
  };
}

function findVersion(secret: Secret, { VersionId, VersionStage }: Members): SecretVersion {
  const stage = VersionStage ?? (VersionId === undefined ? "AWSCURRENT" : undefined);
  const found = secret.versions.find(
    ({ id, stages }) =>
      (VersionId === undefined || id === VersionId) &&
      (stage === undefined || stages.includes(String(stage))),
  );
  if (found !== undefined) return found;
  const missing = stage === undefined ? `VersionId: ${VersionId}` : `staging label: ${stage}`;
  throw new AwsError(
    "ResourceNotFoundException",
    `Secrets Manager can't find the specified secret value for ${missing}`,
  );
}

function describe(secret: Secret, created: number): Members {
  return {
    ARN: secret.arn,
    Name: secret.name,
    Description: secret.description,
    Tags: Object.entries(secret.tags).map(([Key, Value]) => ({ Key, Value })),
    CreatedDate: created,
    LastChangedDate: created,
  };
}

function stagesById(secret: Secret): Record<string, readonly string[]> {
  return Object.fromEntries(secret.versions.map(({ id, stages }) => [id, stages]));
}
