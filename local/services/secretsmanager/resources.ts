import { apiModel } from "../../deployment/api-model";
import { DeploymentError } from "../../deployment/attributes";
import type { Deployment, Resource } from "../../deployment/deployment";
import {
  type ComputedAttributes,
  nameOf,
  type ResourceType,
  refused,
  served,
  uniqueSuffix,
} from "../../deployment/resource-type";
import { formatArn } from "../../kernel/arn";
import { ALPHANUMERIC, seededId } from "../../kernel/ids";
import { Kept } from "../../kernel/kept";

export interface SecretVersion {
  readonly id: string;
  /** Empty for a deprecated version. */
  readonly stages: readonly string[];
  readonly content: { readonly SecretString: string } | { /** base64 */ readonly SecretBinary: string };
}

export interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly kmsKeyId: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** As JSON text, for `GetResourcePolicy`. */
  readonly policy: string | undefined;
  /** As they were created, the newest last; a new value adds one. */
  versions: readonly SecretVersion[];
  /** The new values alone, which outlive a restart. */
  readonly put: SecretVersion[];
}

/** "This value can be `0` to force deletion without recovery or range from `7` to `30` days" (provider, the resource's page). */
function refuseRecoveryWindow(secret: Resource): void {
  const days = secret.number("recovery_window_in_days", 30);
  if (days !== 0 && (days < 7 || days > 30))
    secret.fail("recovery_window_in_days", "0, or a number from 7 to 30");
}

/** Every secret with its versions. A version of a secret of somebody else is read too, and served to nobody. */
export function readSecrets(deployment: Deployment, kept = new Kept()): Secret[] {
  const policies = new Map(
    deployment
      .ofType("aws_secretsmanager_secret_policy")
      .map((resource) => [resource.string("secret_arn"), resource.string("policy")]),
  );
  const versions = deployment
    .ofType("aws_secretsmanager_secret_version")
    .map((resource) => ({ secretId: resource.string("secret_id"), version: readVersion(resource) }));
  return deployment.ofType("aws_secretsmanager_secret").map((resource) => {
    const arn = resource.string("arn");
    const name = resource.string("name", { pattern: "[A-Za-z0-9/_+=.@!-]+" });
    const policy = resource.optionalString("policy");
    refuseRecoveryWindow(resource);
    const own = versions.filter(({ secretId }) => secretId === arn || secretId === name);
    const put = kept.of<SecretVersion[]>(`new values of ${arn}`, () => []);
    return {
      arn,
      name,
      description: resource.optionalString("description"),
      kmsKeyId: resource.optionalString("kms_key_id"),
      tags: resource.tags(),
      policy: policies.get(arn) ?? policy,
      versions: withStages([...own.map(({ version }) => version).sort(byAge), ...put]),
      put,
    };
  });
}

interface DeployedVersion extends SecretVersion {
  /** The first version of a secret is the current one whatever it says; a state has what came of that. */
  readonly isCurrentWhereFirst?: boolean;
}

/** No message has its value. */
function readVersion(resource: Resource): DeployedVersion {
  const { given } = resource;
  const text = secretText(resource, "secret_string") ?? secretText(resource, "secret_string_wo");
  const binary = secretText(resource, "secret_binary");
  if (text === undefined && binary === undefined)
    throw new DeploymentError(
      `${resource.location}: the secret's value is not there; set secret_string or secret_binary, a state never has a value that is write-only`,
    );
  const stages = resource.strings("version_stages");
  const named = stages.length > 0 && (given === undefined || given.version_stages !== undefined);
  return {
    id: resource.string("version_id"),
    stages: named ? stages : ["AWSCURRENT"],
    isCurrentWhereFirst: given !== undefined,
    content: text === undefined ? { SecretBinary: binary ?? "" } : { SecretString: text },
  };
}

function secretText(resource: Resource, key: string): string | undefined {
  const value = resource.value(key);
  if (value === undefined || value === "") return undefined;
  if (typeof value !== "object") return String(value);
  throw new DeploymentError(`${resource.location}: ${key} must be a string`);
}

/** The provider's version ids carry the time; those of a synthesized folder do not, and come in the order of creation. */
function byAge(a: DeployedVersion, b: DeployedVersion): number {
  const bothHaveTime = [a, b].every(({ id }) => /^terraform-2\d{17}[0-9a-f]{8}$/.test(id));
  return bothHaveTime && a.id !== b.id ? (a.id < b.id ? -1 : 1) : 0;
}

/**
 * Moves the staging labels as Secrets Manager does with each new version: a label is at one version only, a version that
 * names none gets `AWSCURRENT`, and where `AWSCURRENT` leaves a version, `AWSPREVIOUS` moves to that version (AWS Secrets Manager API
 * Reference, PutSecretValue).
 */
export function withStages(versions: readonly DeployedVersion[]): SecretVersion[] {
  const holders = new Map<string, DeployedVersion>();
  for (const version of versions) {
    const first = version.isCurrentWhereFirst && holders.size === 0 ? ["AWSCURRENT"] : [];
    for (const stage of new Set([...version.stages, ...first])) {
      const former = holders.get("AWSCURRENT");
      if (stage === "AWSCURRENT" && former !== undefined) holders.set("AWSPREVIOUS", former);
      holders.set(stage, version);
    }
  }
  return versions.map((version) => ({
    id: version.id,
    content: version.content,
    stages: [...holders].flatMap(([stage, holder]) => (holder === version ? [stage] : [])),
  }));
}

const secret: ComputedAttributes = (own, place) => {
  const name = nameOf(own);
  const suffix = seededId(own.seed("arn"), 6, ALPHANUMERIC);
  const arn = formatArn(place, "secretsmanager", `secret:${name}-${suffix}`);
  return { arn, id: arn, name, recovery_window_in_days: 30 };
};

const secretVersion: ComputedAttributes = (own) => {
  const secretId = own.string("secret_id");
  // The provider sends a request token, and Secrets Manager makes it the version's id. A real one starts with a year.
  const versionId = `terraform-0${uniqueSuffix(own, "version").slice(1)}`;
  return {
    arn: secretId,
    id: `${secretId}|${versionId}`,
    version_id: versionId,
    version_stages: ["AWSCURRENT"],
  };
};

const takes = apiModel(__dirname);

export const secretsManagerResourceTypes: readonly ResourceType[] = [
  served("aws_secretsmanager_secret", {
    inputs: takes(["CreateSecret", "PutResourcePolicy"], { policy: "ResourcePolicy" }),
    providerOnly: ["replica.last_accessed_date", "replica.status", "replica.status_message"],
    defaults: { force_overwrite_replica_secret: false },
    computed: secret,
    inert: {
      recovery_window_in_days: "secrets are not deleted here",
      force_overwrite_replica_secret: "what Terraform may overwrite in another region",
    },
    notEnforced: {
      replica: "the runtime serves one region",
      kms_key_id: "nothing is encrypted here, and the key's policy does not decide who may read",
    },
    policy: { attribute: "policy", guards: (resource) => resource.string("arn") },
  }),
  served("aws_secretsmanager_secret_version", {
    parent: { attribute: "secret_id", type: "aws_secretsmanager_secret" },
    inputs: takes(["PutSecretValue"]),
    providerOnly: ["has_secret_string_wo", "version_id"],
    computed: secretVersion,
    inert: { secret_string_wo_version: "when Terraform writes the value again" },
  }),
  served("aws_secretsmanager_secret_policy", {
    parent: { attribute: "secret_arn", type: "aws_secretsmanager_secret" },
    inputs: takes(["PutResourcePolicy"], { policy: "ResourcePolicy" }),
    computed: (own) => ({ id: own.string("secret_arn") }),
    inert: { block_public_policy: "AWS checks the policy with it when it is set" },
    policy: { attribute: "policy", guards: (resource) => resource.string("secret_arn") },
  }),
  refused("aws_secretsmanager_secret_rotation", "a function replaces the secret's value again and again"),
];
