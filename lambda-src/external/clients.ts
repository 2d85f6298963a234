import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SNSClient } from "@aws-sdk/client-sns";

/**
 * One read of the secret and one publish, each with its second attempt, take 8 seconds and the short pauses between
 * attempts at most: less than the function's usual 10. Without `throwOnRequestTimeout` the SDK would only log a warning.
 */
const clientConfig = {
  maxAttempts: 2,
  requestHandler: {
    connectionTimeout: 1_000,
    requestTimeout: 2_000,
    socketTimeout: 2_000,
    throwOnRequestTimeout: true,
  },
};

export interface Clients {
  readonly sns: SNSClient;
  readonly secretsManager: SecretsManagerClient;
}

/** Clients that give a service up while the function still has the time to answer. */
export function createClients(): Clients {
  return { sns: new SNSClient(clientConfig), secretsManager: new SecretsManagerClient(clientConfig) };
}
