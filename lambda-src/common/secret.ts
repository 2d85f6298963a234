import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { dependencyError } from "./dependency-error";

export const GET_SECRET_VALUE = "secretsmanager:GetSecretValue";

/**
 * The secret's text as it is now; `undefined` for one that holds bytes.
 *
 * @throws DependencyError
 */
export async function readSecret(
  client: SecretsManagerClient,
  secretArn: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const secret = await client
    .send(new GetSecretValueCommand({ SecretId: secretArn }), { abortSignal: signal })
    .catch((error: unknown) => {
      throw dependencyError(GET_SECRET_VALUE, error);
    });
  return secret.SecretString;
}
