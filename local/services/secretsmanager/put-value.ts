import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { AwsError } from "../../kernel/aws-error";
import type { Input, Members } from "../../kernel/input";
import { type Secret, type SecretVersion, withStages } from "./resources";

/**
 * Gives a secret another value. The request's token is the version's id: the same call again changes nothing (AWS Secrets
 * Manager API Reference, PutSecretValue).
 */
export function putSecretValue(secret: Secret, input: Input): Members {
  const content = contentIn(input);
  const id = input.optionalText("ClientRequestToken") ?? randomUUID();
  const known = secret.versions.find((version) => version.id === id);
  if (known !== undefined && !isDeepStrictEqual(known.content, content)) {
    throw new AwsError(
      "ResourceExistsException",
      `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.arn}.`,
    );
  }
  if (known === undefined) {
    const stages = input.optionalTexts("VersionStages") ?? ["AWSCURRENT"];
    const version = { id, stages, content };
    secret.put.push(version);
    secret.versions = withStages([...secret.versions, version]);
  }
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: id,
    VersionStages: secret.versions.find((version) => version.id === id)?.stages,
  };
}

/** No message repeats the value. */
function contentIn(input: Input): SecretVersion["content"] {
  const text = input.optionalText("SecretString");
  const binary = input.optionalText("SecretBinary");
  if (text !== undefined && binary === undefined) return { SecretString: text };
  if (binary !== undefined && text === undefined) return { SecretBinary: binary };
  throw new AwsError(
    "InvalidParameterException",
    "You must provide either SecretString or SecretBinary, and not both.",
  );
}
