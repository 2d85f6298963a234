import type { UserPools } from "./user-pool";

/** What Cognito publishes below a pool's issuer; `undefined` for a path that is no such document of a pool here. */
export function wellKnownDocument(pools: UserPools, path: string): object | undefined {
  const [, poolId, document] =
    /^\/([^/]+)\/\.well-known\/(jwks\.json|openid-configuration)$/.exec(path) ?? [];
  const pool = pools.all.find(({ settings }) => settings.id === poolId);
  if (pool === undefined) return undefined;
  if (document === "jwks.json") return { keys: [pool.keyPair.jwk] };
  const { domain, issuer, region } = pool.settings;
  return {
    ...(domain === undefined ? {} : loginEndpoints(`https://${domain}.auth.${region}.amazoncognito.com`)),
    id_token_signing_alg_values_supported: ["RS256"],
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    response_types_supported: ["code", "token"],
    scopes_supported: ["openid", "email", "phone", "profile"],
    subject_types_supported: ["public"],
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
  };
}

/** Those of the hosted login page, which AWS alone serves. */
function loginEndpoints(base: string): Record<string, string> {
  return {
    authorization_endpoint: `${base}/oauth2/authorize`,
    end_session_endpoint: `${base}/logout`,
    revocation_endpoint: `${base}/oauth2/revoke`,
    token_endpoint: `${base}/oauth2/token`,
    userinfo_endpoint: `${base}/oauth2/userInfo`,
  };
}
