import { nameFromArn } from "../../../kernel/arn";
import { type HeaderList, headerValues } from "../../../kernel/headers";
import type { Verification } from "../../../kernel/token-verification";
import type { ClaimCheck } from "../../../kernel/trace";
import type { CognitoAuthorizer } from "../authorizers";
import type { AtMethod } from "./exchange";
import { KINDS } from "./failures";
import { askFunction } from "./lambda-authorizer";
import { type EdgeContext, type Outcome, pass, refuse, skip } from "./layer";
import { formatJavaDate } from "./request-time";

/** Asks the method's authorizer: a user pool's tokens are verified here, a function is invoked. */
export function authorize(exchange: AtMethod, edge: EdgeContext): Outcome | Promise<Outcome> {
  const { authorization } = exchange.route.method;
  if (authorization === undefined) return skip("the method is open to everybody");
  const { authorizer, scopes } = authorization;
  return authorizer.type === "COGNITO_USER_POOLS"
    ? verifyToken(exchange, authorizer, scopes, edge)
    : askFunction(exchange, authorizer, edge);
}

/**
 * Lets a request through only with a token that one of the authorizer's user pools signed, that has not expired and that
 * is of the right kind: an ID token, or with scopes an access token with one of them.
 */
function verifyToken(
  exchange: AtMethod,
  authorizer: CognitoAuthorizer,
  scopes: readonly string[],
  { ports }: EdgeContext,
): Outcome {
  const checks: ClaimCheck[] = [];
  const fails = (name: string, detail: string, refusal = KINDS.unauthorized): Outcome =>
    refuse(refusal, `${authorizer.name}: ${detail}`, { claims: [...checks, { name, ok: false, detail }] });

  const token = tokenOf(exchange.headers, authorizer.header);
  if (token === "") return fails("token", "no token");
  checks.push({ name: "token", ok: true });
  const tokenUse = scopes.length > 0 ? "access" : "id";
  const tried = authorizer.userPoolArns.map((arn) => ({ arn, ...ports.tokens.verify(arn, token, tokenUse) }));
  const verified = tried.find((verification) => verification.ok);
  if (!verified?.ok) return fails("signature, issuer, expiry and token_use", ...whyNot(tried));
  const { claims, arn } = verified;
  checks.push({ name: "signature, issuer, expiry and token_use", ok: true });
  if (authorizer.audience !== undefined) {
    // Only `aud` is matched, so with an expression every access token is refused: it has none (Developer Guide, "Control
    // access to REST APIs using Amazon Cognito user pools as an authorizer").
    if (!matchesAudience(claims.aud, authorizer.audience)) return fails("aud", "another audience");
    checks.push({ name: "aud", ok: true });
  }
  if (scopes.length > 0) {
    // AWS re:Post, "Why do I get API Gateway 401 Unauthorized errors from a Cognito user pool authorizer": 401, not 403.
    if (!hasScope(claims.scope, scopes)) return fails("scope", "no scope of the method");
    checks.push({ name: "scope", ok: true });
  }
  exchange.claims = claimsForEvent(claims);
  exchange.caller = { pool: nameFromArn(arn).replace(/^userpool\//, ""), sub: String(claims.sub) };
  return pass(authorizer.name, { claims: checks });
}

/**
 * The token without `Bearer`. A header that is sent twice is one value with a comma in between (RFC 9110, 5.3), which is
 * not a token: API Gateway documents duplicated headers as not supported, and to pick one of two would let a proxy in front
 * see another token than the one that counts.
 */
function tokenOf(headers: HeaderList, name: string): string {
  return headerValues(headers, name)
    .join(", ")
    .trim()
    .replace(/^Bearer(?: +|$)/i, "");
}

/** A token that is only expired has its own message. */
function whyNot(tried: readonly Verification[]): [detail: string, refusal?: typeof KINDS.unauthorized] {
  const failed = tried.flatMap((verification) => (verification.ok ? [] : [verification]));
  if (failed.some(({ reason }) => reason === "expired")) return ["expired token", KINDS.expiredToken];
  return [failed.map(({ detail }) => detail).join("; ")];
}

function matchesAudience(audience: unknown, matches: (text: string) => boolean): boolean {
  const audiences: unknown[] = Array.isArray(audience) ? audience : [audience];
  return audiences.some((value) => typeof value === "string" && matches(value));
}

function hasScope(claim: unknown, scopes: readonly string[]): boolean {
  const claimed = typeof claim === "string" ? claim.split(" ") : [];
  return scopes.some((scope) => claimed.includes(scope));
}

/** Claims that API Gateway passes on as dates; `auth_time` stays a number in digits. */
const DATES = new Set(["exp", "iat", "nbf"]);

/**
 * A token's claims as API Gateway hands them to a function: every value a string.
 *
 * `exp` and `iat` as Java prints a date, lists joined with commas, `true` and numbers as text: as recorded in
 * amazon-archives/amazon-cognito-identity-js, issue 92, and in AWS re:Post, "AWS Cognito Group".
 */
export function claimsForEvent(claims: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(claims).map(([name, value]) => [
      name,
      DATES.has(name) && typeof value === "number" ? formatJavaDate(value * 1000) : claimText(value),
    ]),
  );
}

function claimText(value: unknown): string {
  if (Array.isArray(value)) return value.map(claimText).join(",");
  if (typeof value === "object" && value !== null) return JSON.stringify(value);
  return String(value);
}
