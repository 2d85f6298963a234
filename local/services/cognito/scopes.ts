import { randomUUID } from "node:crypto";
import { DeploymentError } from "../../deployment/attributes";
import type { Deployment, Resource } from "../../deployment/deployment";
import type { ClientSettings, OAuthSettings } from "./client-settings";
import { customizeClientToken } from "./token-customization";
import { OWN_ACCOUNT_SCOPE } from "./tokens";
import type { UserPool } from "./user-pool";

/** An API that asks for scopes of its own in access tokens. */
export interface ResourceServer {
  readonly userPoolId: string;
  readonly identifier: string;
  readonly name: string;
  readonly scopes: readonly { readonly name: string; readonly description: string }[];
}

/** The constraints are those of the API model (botocore 1.43.11, ResourceServerType and what it refers to). */
export function readResourceServer(server: Resource): ResourceServer {
  const scopes = server.blocks("scope");
  if (scopes.length > 100) server.fail("scope", "at most 100 blocks");
  return {
    userPoolId: server.string("user_pool_id"),
    identifier: server.string("identifier", { max: 256, pattern: "[\\x21\\x23-\\x5B\\x5D-\\x7E]+" }),
    name: server.string("name", { max: 256, pattern: "[\\w\\s+=,.@-]+" }),
    scopes: scopes.map((scope) => ({
      name: scope.string("scope_name", { max: 256, pattern: "[\\x21\\x23-\\x2E\\x30-\\x5B\\x5D-\\x7E]+" }),
      description: scope.string("scope_description", { max: 256 }),
    })),
  };
}

/** What a client asks for: `com.example.photos/read` ("Scopes, M2M, and resource servers", Developer Guide). */
export function fullScopes({ identifier, scopes }: ResourceServer): string[] {
  return scopes.map(({ name }) => `${identifier}/${name}`);
}

/** Those that every pool has (API reference, CreateUserPoolClient, AllowedOAuthScopes). */
const standardScopes = ["openid", "email", "phone", "profile", OWN_ACCOUNT_SCOPE];

/** What an authorization request for `email`, `phone` or `profile` must ask for too (Developer Guide, Authorize endpoint). */
const needOpenId = ["email", "phone", "profile"];

/**
 * Holds a client to what AWS takes of it: scopes that exist, and `client_credentials` alone and with a secret. The errors
 * are AWS's, `ScopeDoesNotExistException` (awsdocs/aws-cloudformation-user-guide#564) and `InvalidOAuthFlowException`.
 *
 * @throws DeploymentError
 */
export function checkOAuth(
  client: Resource,
  { flows, scopes }: OAuthSettings,
  hasSecret: boolean,
  deployment: Deployment,
): void {
  const refuse = (code: string, message: string): never => {
    throw new DeploymentError(`${client.address} is refused by Cognito: ${code}: ${message}`);
  };
  const poolId = client.string("user_pool_id");
  const servers = deployment.ofType("aws_cognito_resource_server").map(readResourceServer);
  const known = [
    ...standardScopes,
    ...servers.filter(({ userPoolId }) => userPoolId === poolId).flatMap(fullScopes),
  ];
  const unknown = scopes.find((scope) => !known.includes(scope));
  if (unknown !== undefined) {
    refuse(
      "ScopeDoesNotExistException",
      `Invalid scope requested: ${unknown}; the user pool has ${known.join(", ")}`,
    );
  }
  if (!flows.includes("client_credentials")) return;
  const code = "InvalidOAuthFlowException";
  if (!hasSecret)
    refuse(code, "client_credentials flow can not be selected if client does not have a client secret.");
  if (flows.length > 1)
    refuse(code, "client_credentials flow can not be selected along with code flow or implicit flow.");
}

/**
 * The scopes of an authorization request, all of the client's where it names none; `undefined` for one that it may not
 * have. The guide says on one page that such a scope is ignored and on another that the answer is `invalid_scope`; nobody
 * gets less than was asked for without a word here.
 */
export function scopesForUser(client: ClientSettings, asked: string | undefined): string[] | undefined {
  const scopes = named(asked) ?? client.oauth.scopes;
  const isAllowed = scopes.every((scope) => client.oauth.scopes.includes(scope));
  const needs = !scopes.includes("openid") && scopes.some((scope) => needOpenId.includes(scope));
  return isAllowed && !needs ? [...scopes] : undefined;
}

/**
 * The scopes of a client that asks for itself, with `client_credentials`: custom ones alone, all of the client's where it
 * names none (Developer Guide, Token endpoint, `scope`); `undefined` where it may not have them, or has none. "If a client
 * requests a disallowed scope at runtime, an error is returned" (Developer Guide, Resource servers); the page of the token
 * endpoint says that it is ignored.
 */
export function scopesForClient(client: ClientSettings, asked: string | undefined): string[] | undefined {
  const own = client.oauth.scopes.filter((scope) => !standardScopes.includes(scope));
  const scopes = named(asked) ?? own;
  return scopes.length > 0 && scopes.every((scope) => own.includes(scope)) ? [...scopes] : undefined;
}

function named(asked: string | undefined): string[] | undefined {
  const names = (asked ?? "").split(" ").filter((name) => name !== "");
  return names.length === 0 ? undefined : [...new Set(names)];
}

/** The answer of the token endpoint to a client that asks for itself: no ID token, no refresh token. */
export interface ClientToken {
  readonly access_token: string;
  readonly expires_in: number;
  readonly token_type: "Bearer";
}

/**
 * An access token of a client itself: `sub` is the client's id, and nothing in it names a user. Seen in
 * Lokicoule/nestjs-cognito#1400 (no `username`) and in tokens of the token endpoint elsewhere (`version` 2).
 */
export async function issueClientToken(
  pool: UserPool,
  client: ClientSettings,
  scopes: readonly string[],
): Promise<ClientToken> {
  const iat = Math.floor(pool.clock.now() / 1000);
  const claims = await customizeClientToken(pool, client, {
    sub: client.id,
    token_use: "access",
    scope: scopes.join(" "),
    auth_time: iat,
    iss: pool.settings.issuer,
    exp: iat + client.accessToken.seconds,
    iat,
    version: 2,
    jti: randomUUID(),
    client_id: client.id,
  });
  const access_token = pool.keyPair.sign(claims);
  return { access_token, expires_in: client.accessToken.seconds, token_type: "Bearer" };
}
