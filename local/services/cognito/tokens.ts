import { randomUUID } from "node:crypto";
import type { ClientSettings } from "./client-settings";
import type { SignInSession } from "./sign-in-sessions";
import { isReadable } from "./user-attributes";
import type { UserPool } from "./user-pool";
import type { User } from "./users";

/** The scope of tokens from the API: with it an access token is its owner's key to the operations on the own account. */
export const OWN_ACCOUNT_SCOPE = "aws.cognito.signin.user.admin";

const booleanAttributes = new Set(["email_verified", "phone_number_verified"]);

/** `AuthenticationResult` without the refresh token: an ID token and an access token as Cognito issues them. */
export function issueTokens(
  pool: UserPool,
  client: ClientSettings,
  user: User,
  session: SignInSession,
): Record<string, unknown> {
  const iat = Math.floor(pool.clock.now() / 1000);
  const common = {
    iss: pool.settings.issuer,
    origin_jti: session.originJti,
    event_id: randomUUID(),
    auth_time: session.authTime,
    iat,
  };
  const groups = pool.groups.claimsOf(user);
  return {
    AccessToken: pool.keyPair.sign({
      sub: user.sub,
      ...groups.access,
      ...common,
      client_id: client.id,
      token_use: "access",
      scope: OWN_ACCOUNT_SCOPE,
      exp: iat + client.accessToken.seconds,
      jti: randomUUID(),
      username: user.username,
    }),
    ExpiresIn: client.accessToken.seconds,
    IdToken: pool.keyPair.sign({
      ...readableAttributes(client, user),
      sub: user.sub,
      ...groups.id,
      ...common,
      "cognito:username": user.username,
      aud: client.id,
      token_use: "id",
      exp: iat + client.idToken.seconds,
      jti: randomUUID(),
    }),
    TokenType: "Bearer",
  };
}

/** The attributes that the client may read; the flags of verification as booleans, all else as text. */
function readableAttributes(client: ClientSettings, user: User): Record<string, string | boolean> {
  return Object.fromEntries(
    [...user.attributes]
      .filter(([name]) => isReadable(client, name))
      .map(([name, value]) => [name, booleanAttributes.has(name) ? value === "true" : value]),
  );
}
