import type { AwsService } from "../../aws-api/service";
import type { Clock } from "../../kernel/clock";
import type { Deployment } from "../../deployment/deployment";
import { readClientSettings } from "./client-settings";
import { Input } from "./input";
import { KeyPair } from "./key-pair";
import type { Directory } from "./operations/access";
import { administrationOperations, createUser, setPassword } from "./operations/administration";
import { authenticatorAppOperations } from "./operations/authenticator-app";
import { challengeOperations } from "./operations/challenge-responses";
import { inventoryOperations } from "./operations/inventory";
import { listUsersOperations } from "./operations/list-users";
import { ownAccountOperations } from "./operations/own-account";
import { passwordRecoveryOperations } from "./operations/password-recovery";
import { signInOperations } from "./operations/sign-in";
import { signUpOperations } from "./operations/sign-up";
import { notEmulated, readPoolSettings } from "./pool-settings";
import { PoolTokenVerifier } from "./token-verifier";
import { type CodeMessage, UserPool, UserPools } from "./user-pool";
import type { TokenVerifier } from "../../kernel/token-verification";
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

/** The deployment's user pools: sign-up and sign-in through the API, and the verification of their tokens. */
export interface UserDirectory {
  readonly service: AwsService;
  readonly verifier: TokenVerifier;
  /** A line for each setting that this runtime does not act on. */
  readonly warnings: readonly string[];
  /** `/<pool id>/.well-known/jwks.json` and `…/openid-configuration`; `undefined` for every other path. */
  wellKnownDocument(path: string): object | undefined;
  /** A user who can sign in at once, made by AdminCreateUser and AdminSetUserPassword. Throws what they throw. */
  createConfirmedUser(user: { userPoolId: string; email: string; password: string }): void;
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
    service: createService({ pools, verifier }),
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
      createUser(pool, new Input(created));
      const user = pool.users.find(email);
      if (user !== undefined) setPassword(pool, user, new Input({ Password: password, Permanent: true }));
    },
  };
}

function createService(directory: Directory): AwsService {
  return {
    name: "cognito-idp",
    wire: {
      protocol: "json",
      version: "1.1",
      targetPrefix: "AWSCognitoIdentityProviderService",
      messageKey: "message",
    },
    operations: {
      ...signUpOperations(directory),
      ...signInOperations(directory),
      ...challengeOperations(directory),
      ...passwordRecoveryOperations(directory),
      ...ownAccountOperations(directory),
      ...authenticatorAppOperations(directory),
      ...administrationOperations(directory),
      ...listUsersOperations(directory),
      ...inventoryOperations(directory),
    },
  };
}
