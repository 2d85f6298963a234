import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { DependencyError } from "../common/dependency-error";
import { GET_SECRET_VALUE, readSecret } from "../common/secret";

/**
 * The provider's key as the secret has it now.
 *
 * @throws DependencyError that says what is wrong with the secret and repeats nothing of it
 */
export async function readProviderKey(
  client: SecretsManagerClient,
  secretArn: string,
  signal: AbortSignal,
): Promise<string> {
  const text = await readSecret(client, secretArn, signal);
  // It goes into a header: nothing in it may end that.
  if (text === undefined || !/^[\x21-\x7e]{1,512}$/.test(text)) {
    throw new DependencyError("refused", {
      operation: GET_SECRET_VALUE,
      reason: "The secret is not a key of 1 to 512 printable characters",
    });
  }
  return text;
}
