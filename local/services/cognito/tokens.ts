import { randomUUID } from "node:crypto";
import type { KeyPair } from "../../kernel/key-pair";
import type { ClientSettings } from "./client-settings";
import type { SignInSession } from "./sign-in-sessions";
import type { User } from "./users";

const booleanAttributes = new Set(["email_verified", "phone_number_verified"]);

/** `AuthenticationResult` without the refresh token: an ID token and an access token as Cognito issues them. */
export function issueTokens(
  pool: { readonly issuer: string; readonly keyPair: KeyPair },
  client: ClientSettings,
  user: User,
  session: SignInSession,
  nowMs: number,
): Record<string, unknown> {
  const iat = Math.floor(nowMs / 1000);
  const common = {
    iss: pool.issuer,
    origin_jti: session.originJti,
    event_id: randomUUID(),
    auth_time: session.authTime,
    iat,
  };
  return {
    AccessToken: pool.keyPair.sign({
      sub: user.sub,
      ...common,
      client_id: client.id,
      token_use: "access",
      scope: "aws.cognito.signin.user.admin",
      exp: iat + client.accessTokenSeconds,
      jti: randomUUID(),
      username: user.username,
    }),
    ExpiresIn: client.accessTokenSeconds,
    IdToken: pool.keyPair.sign({
      ...readableAttributes(client, user),
      sub: user.sub,
      ...common,
      "cognito:username": user.username,
      aud: client.id,
      token_use: "id",
      exp: iat + client.idTokenSeconds,
      jti: randomUUID(),
    }),
    TokenType: "Bearer",
  };
}

/** The attributes that the client may read; the flags of verification as booleans, all else as text. */
function readableAttributes(client: ClientSettings, user: User): Record<string, string | boolean> {
  return Object.fromEntries(
    [...user.attributes]
      .filter(([name]) => client.readAttributes?.has(name) ?? true)
      .map(([name, value]) => [name, booleanAttributes.has(name) ? value === "true" : value]),
  );
}
