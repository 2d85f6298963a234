import { createHash } from "node:crypto";
import type { Deployment, Resource } from "../../deployment/deployment";
import { AwsError } from "../../kernel/aws-error";

export interface SecretVersion {
  readonly id: string;
  readonly stages: readonly string[];
  readonly content: { readonly SecretString: string } | { /** base64 */ readonly SecretBinary: string };
}

export interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** As Terraform creates them, the newest last. */
  readonly versions: readonly SecretVersion[];
}

/** The deployment's secrets, found the way Secrets Manager finds them. */
export class SecretStore {
  readonly secrets: readonly Secret[];

  constructor(deployment: Deployment) {
    this.secrets = deployment
      .ofType("aws_secretsmanager_secret")
      .map((secret) => toSecret(secret, deployment));
  }

  /**
   * By name, ARN, or the ARN without the six random characters at its end.
   *
   * @throws AwsError `ResourceNotFoundException`
   */
  find(id: string): Secret {
    const found =
      this.secrets.find(({ arn, name }) => id === arn || id === name) ??
      this.secrets.find(({ arn }) => id === arn.replace(/-[A-Za-z0-9]{6}$/, ""));
    if (found !== undefined) return found;
    throw new AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
  }
}

function toSecret(secret: Resource, deployment: Deployment): Secret {
  const arn = secret.string("arn");
  const names = [arn, secret.string("name")];
  const versions = deployment
    .ofType("aws_secretsmanager_secret_version")
    .filter((version) => names.includes(version.string("secret_id")))
    .map(toVersion);
  return {
    arn,
    name: secret.string("name"),
    description: secret.optionalString("description"),
    tags: secret.stringMap("tags"),
    versions: withStages(versions),
  };
}

function toVersion(version: Resource): SecretVersion {
  const text = version.optionalString("secret_string");
  const content =
    text === undefined ? { SecretBinary: version.string("secret_binary") } : { SecretString: text };
  return {
    id: version.optionalString("version_id") ?? versionId(version.address, JSON.stringify(content)),
    stages: version.strings("version_stages"),
    content,
  };
}

/** Terraform makes the version that names no stage the current one; the one before it becomes the previous one. */
function withStages(versions: readonly SecretVersion[]): SecretVersion[] {
  const unnamed = versions.filter(({ stages }) => stages.length === 0);
  const defaults = new Map([
    [unnamed.at(-2), "AWSPREVIOUS"],
    [unnamed.at(-1), "AWSCURRENT"],
  ]);
  return versions.map((version) => {
    const stage = defaults.get(version);
    return stage === undefined ? version : { ...version, stages: [stage] };
  });
}

/** A UUID of the version, the same in every run for the same content. */
function versionId(address: string, content: string): string {
  const hash = createHash("sha256").update(`${address}\n${content}`).digest("hex");
  return hash.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
