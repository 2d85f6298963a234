import { isObject, parseJson } from "../kernel/json";

/**
 * What an ID token says. It came from the token endpoint itself, so that nobody can have forged it and its signature need not be
 * checked (OpenID Connect Core 1.0, 3.1.3.7).
 */
export function claimsOf(token: string): Readonly<Record<string, unknown>> {
  const claims = parseJson(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
  return isObject(claims) ? claims : {};
}
