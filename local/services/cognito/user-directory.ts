import type { Deployment } from "../../deployment/deployment";
import type { Clock } from "../../kernel/clock";
import { Input, type Members, validation } from "../../kernel/input";
import { KeyPair } from "../../kernel/key-pair";
import type { UsersPort } from "../ports";
import { readClientSettings } from "./client-settings";
import type { Directory } from "./operations/access";
import { createUser, setPassword } from "./operations/administration";
import { notEmulated, readPoolSettings } from "./pool-settings";
import { PoolTokenVerifier } from "./token-verifier";
import { type CodeMessage, UserPool, UserPools } from "./user-pool";
import { wellKnownDocument } from "./well-known";

export interface UserDirectoryOptions {
  readonly clock: Clock;
  /** Called with each message that Cognito would send by e-mail. */
  readonly onCode: (message: CodeMessage) => void;
  /**
   * Makes the key pair of a pool; called once a pool.
   * @default a new one, which takes some tenths of a second
   */
  readonly makeKeyPair?: () => Promise<KeyPair>;
}

/** The deployment's user pools, and the verification of their tokens. */
export interface UserDirectory extends Directory, UsersPort {
  /** A line for each setting that this runtime does not act on. */
  readonly warnings: readonly string[];
}

/** Makes the pools of the deployment, each with a key pair of its own. They start without users. */
export async function createUserDirectory(
  deployment: Deployment,
  { clock, onCode, makeKeyPair = KeyPair.generate }: UserDirectoryOptions,
): Promise<UserDirectory> {
  const resources = deployment.ofType("aws_cognito_user_pool");
  const clients = deployment.ofType("aws_cognito_user_pool_client").map(readClientSettings);
  const pools = new UserPools(
    await Promise.all(
      resources.map(async (resource) => {
        const settings = readPoolSettings(resource, deployment);
        const own = clients.filter(({ userPoolId }) => userPoolId === settings.id);
        return new UserPool(settings, own, await makeKeyPair(), clock, onCode);
      }),
    ),
  );
  const verified = pools.all.map(({ settings, keyPair }) => ({
    arn: settings.arn,
    issuer: settings.issuer,
    publicKey: keyPair.publicKey,
    jwk: keyPair.jwk,
  }));
  const verifier = new PoolTokenVerifier(verified, clock);
  return {
    pools,
    verifier,
    warnings: resources.flatMap(notEmulated),
    wellKnownDocument: (path) => wellKnownDocument(pools, path),
    createConfirmedUser: ({ userPoolId, email, password }) => {
      const pool = pools.byId(userPoolId);
      const attributes = [
        { Name: "email", Value: email },
        { Name: "email_verified", Value: "true" },
      ];
      const created = {
        Username: email,
        UserAttributes: attributes,
        TemporaryPassword: password,
        MessageAction: "SUPPRESS",
      };
      createUser(pool, inputOf(created));
      const user = pool.users.find(email);
      if (user !== undefined) setPassword(pool, user, inputOf({ Password: password, Permanent: true }));
    },
  };
}

/** An input of the runtime's own. */
function inputOf(members: Members): Input {
  return new Input(members, { error: validation("InvalidParameterException", { shows: false }) });
}
