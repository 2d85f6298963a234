import { headerValue } from "../../../kernel/headers";
import type { HttpRequest, HttpResponse } from "../../../kernel/http-message";
import type { TokenVerifier } from "../../../kernel/token-verification";
import { isInScope } from "../tokens";
import { isReadable } from "../user-attributes";
import type { UserPool } from "../user-pool";
import { json } from "./token-endpoint";

/**
 * `GET /oauth2/userInfo`: what the scopes of an access token and the client's permissions let be known of its user. A token
 * of the API has no `openid` and is refused ("The user attributes endpoint", Amazon Cognito Developer Guide).
 */
export function answerUserInfo(pool: UserPool, verifier: TokenVerifier, request: HttpRequest): HttpResponse {
  const header = headerValue(request.headers, "authorization");
  const [, token] = /^Bearer\s+(\S+)$/i.exec(header ?? "") ?? [];
  if (token === undefined) return refusal(400, "invalid_request", "Bad OAuth2 request at UserInfo Endpoint");
  const invalid = refusal(
    401,
    "invalid_token",
    "Access token is expired, disabled, or deleted, or the user has globally signed out.",
  );
  const verification = verifier.verify(pool.settings.arn, token, "access");
  if (!verification.ok) return invalid;
  const { sub, origin_jti: originJti, scope, client_id: clientId } = verification.claims;
  const user = pool.users.find(String(sub));
  const client = pool.clients.find(({ id }) => id === clientId);
  const session = pool.sessions.find(String(sub), String(originJti));
  if (user?.enabled !== true || client === undefined || session === undefined || session.revoked)
    return invalid;
  const scopes = String(scope).split(" ");
  if (!scopes.includes("openid")) {
    return refusal(401, "invalid_token", "Access token does not contain openid scope");
  }
  const attributes = [...user.attributes].filter(
    ([name]) => isReadable(client, name) && isInScope(name, scopes),
  );
  // Flags are text here, otherwise than in the ID token (zitadel/oidc#139).
  return json(200, { sub: user.sub, ...Object.fromEntries(attributes), username: user.username });
}

/** The error is in a header alone. The last text is AWS's too (simov/grant#189). */
function refusal(status: number, error: string, description: string): HttpResponse {
  const challenge = `error="${error}", error_description="${description}"`;
  return {
    status,
    headers: [
      ["WWW-Authenticate", `Bearer ${challenge}`],
      ["Cache-Control", "no-store"],
    ],
    body: Buffer.alloc(0),
  };
}
