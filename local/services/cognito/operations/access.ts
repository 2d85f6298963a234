import { createHmac, timingSafeEqual } from "node:crypto";
import type { Operation } from "../../../aws-api/service";
import type { Input, Members } from "../../../kernel/input";
import type { TokenVerifier } from "../../../kernel/token-verification";
import type { ClientSettings } from "../client-settings";
import { notAuthorized, userDisabled, userNotFound } from "../errors";
import { OWN_ACCOUNT_SCOPE } from "../tokens";
import type { UserPool, UserPools } from "../user-pool";
import type { User } from "../users";

/** What an operation works on. */
export interface Directory {
  readonly pools: UserPools;
  readonly verifier: TokenVerifier;
}

export interface ClientCall {
  readonly pool: UserPool;
  readonly client: ClientSettings;
  readonly input: Input;
}

type Output = Members;

/** An operation that AWS lets anybody who knows the client's id call. */
export function clientOperation(
  handle: (call: ClientCall) => Output | Promise<Output>,
): Operation<Directory> {
  return {
    handle: (input, directory) => {
      const clientId = input.text("ClientId");
      const pool = directory.pools.ofClient(clientId);
      return handle({ pool, client: pool.client(clientId), input });
    },
  };
}

/** An operation that needs the permission `cognito-idp:<name>` on the pool. */
export function poolOperation(
  name: string,
  handle: (pool: UserPool, input: Input) => Output | Promise<Output>,
): Operation<Directory> {
  const poolOf = (input: Input, { pools }: Directory) => pools.byId(input.text("UserPoolId"));
  return {
    permission: {
      action: `cognito-idp:${name}`,
      resource: (input, directory) => poolOf(input, directory).settings.arn,
    },
    handle: (input, directory) => handle(poolOf(input, directory), input),
  };
}

/** An operation that works on one user of the pool. */
export function userOperation(
  name: string,
  handle: (pool: UserPool, user: User, input: Input) => Output | Promise<Output>,
): Operation<Directory> {
  return poolOperation(name, (pool, input) => {
    const user = pool.users.find(input.text("Username"));
    if (user === undefined) throw userNotFound();
    return handle(pool, user, input);
  });
}

/** A signed-in user and the client through which. */
export interface Owner {
  readonly pool: UserPool;
  readonly user: User;
  readonly client: ClientSettings;
}

/** An operation that signed-in users do on their own account: the access token is all the authorization there is. */
export function ownOperation(
  handle: (owner: Owner, input: Input) => Output | Promise<Output>,
): Operation<Directory> {
  return { handle: (input, directory) => handle(ownerOf(directory, input.text("AccessToken")), input) };
}

/** The user to whom an access token was issued; the sign-in that it came from must not have been revoked. */
export function ownerOf(directory: Directory, accessToken: string): Owner {
  let expired = false;
  for (const pool of directory.pools.all) {
    const verification = directory.verifier.verify(pool.settings.arn, accessToken, "access");
    if (verification.ok) {
      const { claims } = verification;
      return { pool, user: userOf(pool, claims), client: pool.client(String(claims.client_id)) };
    }
    expired ||= verification.reason === "expired";
  }
  throw notAuthorized(expired ? "Access Token has expired" : "Invalid Access Token");
}

function userOf(pool: UserPool, claims: Readonly<Record<string, unknown>>): User {
  const { sub, origin_jti: originJti, scope } = claims;
  if (!String(scope).split(" ").includes(OWN_ACCOUNT_SCOPE)) {
    throw notAuthorized("Access Token does not have required scopes");
  }
  const user = pool.users.find(String(sub));
  if (user === undefined) throw userNotFound();
  const session = pool.sessions.find(user.sub, String(originJti));
  if (session === undefined || session.revoked) throw notAuthorized("Access Token has been revoked");
  if (!user.enabled) throw userDisabled();
  return user;
}

/** A client that has a secret and sends it as it is. */
export function checkClientSecret(client: ClientSettings, given: string | undefined): void {
  const [expected, received] = [client.secret ?? "", given ?? ""].map((secret) =>
    createHmac("sha256", "compare").update(secret).digest(),
  );
  if (expected === undefined || received === undefined || !timingSafeEqual(expected, received)) {
    throw notAuthorized(`Unable to verify secret for client ${client.id}`);
  }
}

/** A client that has a secret proves that it knows it: HMAC-SHA-256 over the user name as sent and the client's id. */
export function checkSecretHash(client: ClientSettings, username: string, given: string | undefined): void {
  if (client.secret === undefined && given === undefined) return;
  if (given === undefined) {
    throw notAuthorized(`Client ${client.id} is configured with secret but SECRET_HASH was not received`);
  }
  const expected = createHmac("sha256", client.secret ?? "")
    .update(username + client.id)
    .digest();
  const received = Buffer.from(given, "base64");
  const matches = received.length === expected.length && timingSafeEqual(received, expected);
  if (client.secret === undefined || !matches) {
    throw notAuthorized(`Unable to verify secret hash for client ${client.id}`);
  }
}
