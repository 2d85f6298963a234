import { type HeaderList, headerValues } from "../../kernel/headers";
import type { TokenVerifier } from "../../kernel/token-verification";
import { claimsForEvent } from "./claims";
import { failure, type GatewayFailure, KINDS } from "./failures";
import type { MethodAuthorization } from "./rest-api";

/**
 * Lets a request through only with a token that one of the authorizer's user pools signed, that has not expired and that
 * is of the right kind: an ID token, or with scopes an access token with one of them.
 *
 * @returns the claims, as the integration gets them
 * @throws GatewayFailure 401 otherwise
 */
export function authorize(
  { authorizer, scopes }: MethodAuthorization,
  headers: HeaderList,
  tokens: TokenVerifier,
): Record<string, string> {
  const refuse = (detail: string, kind = KINDS.unauthorized): GatewayFailure =>
    failure(kind, "authorizer", `${authorizer.name}: ${detail}`);
  const token = tokenOf(headers, authorizer.header);
  if (token === "") throw refuse("no token");
  const tokenUse = scopes.length > 0 ? "access" : "id";
  const verifications = authorizer.userPoolArns.map((arn) => tokens.verify(arn, token, tokenUse));
  const verified = verifications.find((verification) => verification.ok);
  if (verified === undefined || !verified.ok) {
    const expired = verifications.some(
      (verification) => !verification.ok && verification.reason === "expired",
    );
    if (expired) throw refuse("expired token", KINDS.expiredToken);
    throw refuse(
      verifications.flatMap((verification) => (verification.ok ? [] : [verification.detail])).join("; "),
    );
  }
  const { claims } = verified;
  // Only `aud` is matched, so with an expression every access token is refused: it has none (Developer Guide, "Control
  // access to REST APIs using Amazon Cognito user pools as an authorizer").
  if (authorizer.audience !== undefined && !matchesAudience(claims.aud, authorizer.audience)) {
    throw refuse("another audience");
  }
  // AWS re:Post, "Why do I get API Gateway 401 Unauthorized errors from a Cognito user pool authorizer": 401, and no 403.
  if (scopes.length > 0 && !hasScope(claims.scope, scopes)) throw refuse("no scope of the method");
  return claimsForEvent(claims);
}

/**
 * The token without `Bearer`. A header that is sent twice is one value with a comma in between (RFC 9110, 5.3), which no
 * token is: API Gateway documents duplicated headers as not supported, and to pick one of two would let a proxy in front
 * see another token than the one that counts.
 */
function tokenOf(headers: HeaderList, name: string): string {
  return headerValues(headers, name)
    .join(", ")
    .trim()
    .replace(/^Bearer(?: +|$)/i, "");
}

function matchesAudience(audience: unknown, expression: RegExp): boolean {
  const audiences: unknown[] = Array.isArray(audience) ? audience : [audience];
  return audiences.some((value) => typeof value === "string" && expression.test(value));
}

function hasScope(claim: unknown, scopes: readonly string[]): boolean {
  const claimed = typeof claim === "string" ? claim.split(" ") : [];
  return scopes.some((scope) => claimed.includes(scope));
}
