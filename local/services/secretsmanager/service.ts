import type { Operation } from "../../aws-api/service";
import { AwsError } from "../../kernel/aws-error";
import { type Members, validation } from "../../kernel/input";
import type { ServiceDefinition } from "../service";
import { secretsManagerResourceTypes } from "./resources";
import { type Secret, SecretStore, type SecretVersion } from "./secret-store";

export interface Secrets {
  readonly store: SecretStore;
  /** In seconds, as JSON timestamps of this service are. Terraform does not say when a secret was created: at this run's start. */
  readonly created: number;
}

/** Secrets Manager, as far as secrets are read. They are created by Terraform alone. */
export const secretsManager: ServiceDefinition<Secrets> = {
  name: "secretsmanager",
  title: "AWS Secrets Manager",
  wire: { protocol: "json", version: "1.1", targetPrefix: "secretsmanager", messageKey: "Message" },
  errors: {
    denied: { code: "AccessDeniedException", status: 400 },
    internal: { code: "InternalServiceError", message: "An error occurred on the server side.", status: 500 },
    throttled: { code: "ThrottlingException", message: "Rate exceeded", status: 400 },
    input: { error: validation("ValidationException", { shows: false }) },
  },
  resourceTypes: secretsManagerResourceTypes,
  operations: {
    GetSecretValue: onSecret("GetSecretValue", (secret, input, { created }) => ({
      ...readValue(secret, input),
      CreatedDate: created,
    })),
    DescribeSecret: onSecret("DescribeSecret", (secret, _input, { created }) => ({
      ...describe(secret, created),
      VersionIdsToStages: stagesById(secret),
    })),
    ListSecrets: {
      permission: { action: "secretsmanager:ListSecrets" },
      handle: (_input, { store, created }) => ({
        SecretList: store.secrets.map((secret) => ({
          ...describe(secret, created),
          SecretVersionsToStages: stagesById(secret),
        })),
      }),
    },
  },
  create: ({ deployment, clock }) => ({ store: new SecretStore(deployment), created: clock.now() / 1000 }),
};

function onSecret(
  name: string,
  handle: (secret: Secret, input: Members, secrets: Secrets) => Members,
): Operation<Secrets> {
  return {
    permission: {
      action: `secretsmanager:${name}`,
      resource: ({ members }, { store }) => store.find(secretId(members)).arn,
    },
    handle: ({ members }, secrets) => handle(secrets.store.find(secretId(members)), members, secrets),
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
