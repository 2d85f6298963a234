import type { Deployment, Resource } from "../../deployment/deployment";
import type { Clock } from "../../kernel/clock";
import type { FunctionInvoker } from "../../kernel/function-invoker";
import { Kept } from "../../kernel/kept";
import { KeyPair } from "../../kernel/key-pair";
import type { UsersPort } from "../ports";
import { type ClientSettings, readClientSettings } from "./client-settings";
import { createDeclaredUsers } from "./declared-users";
import type { CodeMessage } from "./messages";
import type { Directory } from "./operations/access";
import { checkPassword } from "./password";
import { type PoolSettings, readPoolSettings } from "./pool-settings";
import { usernameExists } from "./registration";
import { PoolTokenVerifier } from "./token-verifier";
import { attributesOfNewUser, exampleAttributes } from "./user-attributes";
import { UserPool, UserPools } from "./user-pool";

export interface UserDirectoryOptions {
  readonly clock: Clock;
  /** Runs the functions of the pools' triggers. */
  readonly functions: Pick<FunctionInvoker, "invoke">;
  /** Called with each message that Cognito would send by e-mail. */
  readonly onCode: (message: CodeMessage) => void;
  /** Told what the user should know about what the runtime did by itself. */
  readonly notice?: (text: string) => void;
  /** Where browsers reach the runtime. */
  readonly browserUrl: () => string;
  /**
   * Creates the key pair of a pool; called once a pool.
   * @default a new one, which takes some tenths of a second
   */
  readonly makeKeyPair?: () => KeyPair;
  /** Users and keys of an earlier run, to go on with. @default none */
  readonly kept?: Kept;
}

/** The deployment's user pools, and the verification of their tokens. */
export interface UserDirectory extends Directory, UsersPort {
  readonly domains: readonly LoginDomain[];
  /** A line for each setting that this runtime does not act on. */
  readonly warnings: readonly string[];
}

/** A host name at which AWS has the login page of a pool. */
export interface LoginDomain {
  readonly userPoolId: string;
  readonly host: string;
}

/**
 * A domain with a dot is the owner's, any other a prefix of AWS's ("Configuring a user pool domain", Developer Guide), in which some
 * words are reserved (aws-amplify/amplify-cli#3854, #1513). Without a certificate, AWS takes such a domain for a prefix
 * (mineiros-io/terraform-aws-cognito-user-pool#69).
 */
export function readDomain(resource: Resource, { region }: Pick<Deployment, "region">): LoginDomain {
  const domain = resource.string("domain");
  const isOwners = domain.includes(".");
  if (resource.optionalString("certificate_arn") === undefined && isOwners)
    resource.refuse(
      "domain",
      "The domain name contains an invalid character. Domain names can only contain lower-case letters, numbers, and hyphens; one of your own has a certificate_arn.",
    );
  const reserved = isOwners ? null : /aws|amazon|cognito/.exec(domain);
  if (reserved !== null) resource.refuse("domain", `Domain cannot contain reserved word: ${reserved[0]}`);
  const suffix = `${region.startsWith("us-gov-") ? "auth-fips" : "auth"}.${region}.amazoncognito.com`;
  const host = isOwners ? domain : `${domain}.${suffix}`;
  return { userPoolId: resource.string("user_pool_id"), host };
}

/** Creates the pools of the deployment, each with a key pair of its own. */
export function createUserDirectory(
  deployment: Deployment,
  {
    clock,
    functions,
    onCode,
    notice = () => {},
    browserUrl,
    makeKeyPair = () => new KeyPair(),
    kept = new Kept(),
  }: UserDirectoryOptions,
): UserDirectory {
  const clients = deployment
    .ofType("aws_cognito_user_pool_client")
    .map((client) => readClientSettings(client, deployment));
  const domains = deployment
    .ofType("aws_cognito_user_pool_domain")
    .map((domain) => readDomain(domain, deployment));
  const pools = new UserPools(
    deployment.ofType("aws_cognito_user_pool").map((resource) => {
      const settings = readPoolSettings(resource, deployment);
      const own = clients.filter(({ userPoolId }) => userPoolId === settings.id);
      const keyPair = kept.of(`key pair of ${settings.id}`, makeKeyPair);
      return new UserPool(settings, own, keyPair, clock, onCode, functions, kept);
    }),
  );
  createDeclaredUsers(deployment, pools, kept);
  const verified = pools.all.map(({ settings, keyPair }) => ({
    arn: settings.arn,
    issuer: settings.issuer,
    keyPair,
  }));
  return {
    pools,
    verifier: new PoolTokenVerifier(verified, clock),
    warnings: pools.all.flatMap(({ settings, clients: own }) => [
      ...settings.warnings,
      ...own.flatMap((client) => openAttributes(settings, client)),
    ]),
    sign: (userPoolId, claims) => pools.byId(userPoolId).keyPair.sign(claims),
    domains,
    wellKnownDocument: (path) => wellKnownDocument(pools, domains, browserUrl(), path),
    nameOf: (userPoolId, sub) => {
      const user = pools.all.find(({ settings }) => settings.id === userPoolId)?.users.find(sub);
      return user?.attributes.get("email") ?? user?.username;
    },
    createConfirmedUser: ({ userPoolId, email, password }) => {
      const pool = pools.byId(userPoolId);
      const examples = exampleAttributes(pool.settings, new Map([["email", email]]));
      createConfirmedUser(pool, email, password, examples);
      if (examples.size === 0) return;
      const names = [...examples.keys()].join(", ");
      notice(`${pool.settings.name}: the schema requires ${names}; ${email} got example values`);
    },
  };
}

function createConfirmedUser(
  pool: UserPool,
  email: string,
  password: string,
  examples: ReadonlyMap<string, string>,
): void {
  const { settings, users, clock } = pool;
  checkPassword(password, settings.passwordPolicy, "password policy");
  const given = new Map([["email", email], ["email_verified", "true"], ...examples]);
  const attributes = attributesOfNewUser(settings, email, given);
  if (users.find(email) !== undefined) throw usernameExists(pool, "User account already exists");
  users.create({ username: email, attributes, status: "CONFIRMED", password }, clock.now());
}

/** Custom attributes that users may write themselves through the client. See `checkWritable` for the evidence. */
function openAttributes({ schema }: PoolSettings, client: ClientSettings): string[] {
  const custom = [...schema].filter(([name, { mutable }]) => mutable && name.startsWith("custom:"));
  if (client.writeAttributes !== undefined || custom.length === 0) return [];
  const names = custom.map(([name]) => name).join(", ");
  return [
    `client ${client.name} has no write_attributes: users may write ${names} themselves (public evidence conflicts)`,
  ];
}

/**
 * What Cognito publishes below a pool's issuer; `undefined` for every other path. The issuer is AWS's, because tokens have it
 * and verifiers compute it from the pool's id; every address in the discovery document leads here.
 */
function wellKnownDocument(
  pools: UserPools,
  domains: readonly LoginDomain[],
  url: string,
  path: string,
): object | undefined {
  const [, poolId, document] =
    /^\/([^/]+)\/\.well-known\/(jwks\.json|openid-configuration)$/.exec(path) ?? [];
  const pool = pools.all.find(({ settings }) => settings.id === poolId);
  if (pool === undefined) return undefined;
  if (document === "jwks.json") return { keys: [pool.keyPair.jwk] };
  const { issuer, id } = pool.settings;
  const domain = domains.find(({ userPoolId }) => userPoolId === id);
  return {
    ...(domain === undefined ? {} : loginEndpoints(`${url}/${domain.host}`)),
    id_token_signing_alg_values_supported: ["RS256"],
    issuer,
    jwks_uri: `${url}/${id}/.well-known/jwks.json`,
    response_types_supported: ["code", "token"],
    scopes_supported: ["openid", "email", "phone", "profile"],
    subject_types_supported: ["public"],
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
  };
}

function loginEndpoints(base: string): Record<string, string> {
  return {
    authorization_endpoint: `${base}/oauth2/authorize`,
    end_session_endpoint: `${base}/logout`,
    revocation_endpoint: `${base}/oauth2/revoke`,
    token_endpoint: `${base}/oauth2/token`,
    userinfo_endpoint: `${base}/oauth2/userInfo`,
  };
}
