import { createHash, randomUUID } from "node:crypto";
import type { ClientSettings } from "./client-settings";
import type { SignInSession } from "./sign-in-sessions";
import { customizeTokens } from "./token-customization";
import type { TokenSource } from "./trigger-settings";
import type { Metadata } from "./triggers";
import { isReadable } from "./user-attributes";
import type { UserPool } from "./user-pool";
import type { User } from "./users";

/** The scope of tokens from the API: with it an access token is its owner's key to the operations on the own account. */
export const OWN_ACCOUNT_SCOPE = "aws.cognito.signin.user.admin";

const booleanAttributes = new Set(["email_verified", "phone_number_verified"]);

/** Why tokens are issued, and what is in them besides. */
export interface TokenRequest {
  /** What the pre token generation trigger is told. */
  readonly source: TokenSource;
  readonly metadata?: Metadata | undefined;
  /** Of the authorization request; left out when tokens are refreshed (OpenID Connect Core 1.0, section 12.2). */
  readonly nonce?: string | undefined;
}

/**
 * `AuthenticationResult` without the refresh token: an access token and, unless the login page's client was not granted
 * `openid`, an ID token, as Cognito issues them.
 */
export async function issueTokens(
  pool: UserPool,
  client: ClientSettings,
  user: User,
  session: SignInSession,
  request: TokenRequest,
): Promise<Record<string, unknown>> {
  const { scopes } = session;
  const iat = Math.floor(pool.clock.now() / 1000);
  const common = {
    iss: pool.settings.issuer,
    origin_jti: session.originJti,
    event_id: randomUUID(),
    auth_time: session.authTime,
    iat,
  };
  const groups = pool.groups.claimsOf(user);
  const claims = await customizeTokens(pool, client, user, request, {
    access: {
      sub: user.sub,
      ...groups.access,
      ...(session.deviceKey === undefined ? {} : { device_key: session.deviceKey }),
      ...common,
      client_id: client.id,
      token_use: "access",
      scope: (scopes ?? [OWN_ACCOUNT_SCOPE]).join(" "),
      exp: iat + client.accessToken.seconds,
      jti: randomUUID(),
      username: user.username,
    },
    id: {
      ...(request.nonce === undefined ? {} : { nonce: request.nonce }),
      ...readableAttributes(client, user, scopes),
      sub: user.sub,
      ...groups.id,
      ...common,
      "cognito:username": user.username,
      aud: client.id,
      token_use: "id",
      exp: iat + client.idToken.seconds,
      jti: randomUUID(),
    },
  });
  const accessToken = pool.keyPair.sign(claims.access);
  const idClaims = {
    ...(scopes === undefined ? {} : { at_hash: hashOf(accessToken) }),
    ...claims.id,
  };
  return {
    AccessToken: accessToken,
    ExpiresIn: client.accessToken.seconds,
    ...(scopes?.includes("openid") === false ? {} : { IdToken: pool.keyPair.sign(idClaims) }),
    TokenType: "Bearer",
  };
}

/** OpenID Connect Core 1.0, section 3.1.3.6; seen in tokens of the hosted pages (pmill/aws-cognito#34, amplify-js#5740). */
function hashOf(accessToken: string): string {
  return createHash("sha256").update(accessToken).digest().subarray(0, 16).toString("base64url");
}

/** The attributes that the client may read; the flags of verification as booleans, all else as text. */
function readableAttributes(
  client: ClientSettings,
  user: User,
  scopes: readonly string[] | undefined,
): Record<string, string | boolean> {
  return Object.fromEntries(
    [...user.attributes]
      .filter(([name]) => isReadable(client, name) && (scopes === undefined || isInScope(name, scopes)))
      .map(([name, value]) => [name, booleanAttributes.has(name) ? value === "true" : value]),
  );
}

const attributesOfScopes: Readonly<Record<string, (name: string) => boolean>> = {
  email: (name) => name === "email" || name === "email_verified",
  phone: (name) => name === "phone_number" || name === "phone_number_verified",
  profile: (name) => profileAttributes.has(name) || name.startsWith("custom:"),
};

const profileAttributes = new Set([
  ...["name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile"],
  ...["picture", "website", "gender", "birthdate", "zoneinfo", "locale", "updated_at"],
]);

/**
 * Whether scopes let a client of the login page see the attribute. `openid` alone lets it see all of them; beside `email`,
 * `phone` or `profile` it is limited to theirs ("The user attributes endpoint", Developer Guide; the same for the ID token:
 * "Scopes, M2M, and resource servers", there).
 */
export function isInScope(name: string, scopes: readonly string[]): boolean {
  const limits = Object.keys(attributesOfScopes).filter((scope) => scopes.includes(scope));
  if (!scopes.includes("openid")) return false;
  return limits.length === 0 || limits.some((scope) => attributesOfScopes[scope]?.(name));
}
