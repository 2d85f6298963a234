import { createHash, randomBytes } from "node:crypto";
import { isObject, parseJson } from "../kernel/json";
import type { CallbackClient } from "./callback-clients";
import type { Attempt, SignedIn } from "./callback-sessions";

/** Begins the code flow of a client: where the browser goes, and what its answer is held to. */
export function beginFlow(
  client: CallbackClient,
  callback: URL,
): { readonly attempt: Attempt; readonly url: string } {
  const attempt: Attempt = {
    poolId: client.poolId,
    state: randomBytes(16).toString("base64url"),
    nonce: randomBytes(16).toString("base64url"),
    verifier: randomBytes(32).toString("base64url"),
  };
  const query = new URLSearchParams({
    response_type: "code",
    client_id: client.clientId,
    redirect_uri: callback.href,
    scope: client.scopes.join(" "),
    state: attempt.state,
    nonce: attempt.nonce,
    code_challenge: createHash("sha256").update(attempt.verifier).digest("base64url"),
    code_challenge_method: "S256",
  });
  return { attempt, url: `${client.browserLoginUrl}/oauth2/authorize?${query}` };
}

/**
 * Exchanges a code for tokens at the client's token endpoint.
 *
 * @param attempt the flow that the code answers; `undefined` for a code that was not asked for from here
 */
export async function exchangeCode(
  client: CallbackClient,
  callback: URL,
  code: string,
  attempt?: Attempt,
): Promise<SignedIn | { readonly failure: string }> {
  const answer = await fetch(`${client.loginUrl}/oauth2/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id: client.clientId,
      redirect_uri: callback.href,
      code,
      ...(attempt === undefined ? {} : { code_verifier: attempt.verifier }),
    }),
  });
  const tokens = parseJson(await answer.text());
  if (!answer.ok || !isObject(tokens)) {
    const error = isObject(tokens) ? tokens.error : "not JSON";
    const advice = error === "invalid_grant" ? ` ${adviceFor(client.poolName, attempt)}` : "";
    return { failure: `The token endpoint answered ${answer.status}: ${error}.${advice}` };
  }
  const { id_token: idToken, access_token: accessToken } = tokens;
  if (typeof accessToken !== "string" || typeof idToken !== "string")
    return { failure: "the client's scopes have no openid, so there is no ID token to show" };
  if (attempt !== undefined && claimsOf(idToken).nonce !== attempt.nonce)
    return { failure: "the ID token is of another sign-in: its nonce is not the one that was sent" };
  return { poolId: client.poolId, idToken, accessToken };
}

/** The token endpoint says the same of a code that is of another pool, was used, or is too old. */
function adviceFor(poolName: string, attempt: Attempt | undefined): string {
  const age = "A code is good once, and for five minutes";
  return attempt === undefined
    ? `${age}, at the pool whose login page gave it: if that was not ${poolName}, sign in again, and press the button of your pool.`
    : `${age}: sign in again.`;
}

/**
 * What an ID token says. It came from the token endpoint itself, so that nobody can have forged it and its signature need not be
 * checked (OpenID Connect Core 1.0, 3.1.3.7).
 */
export function claimsOf(token: string): Readonly<Record<string, unknown>> {
  const claims = parseJson(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
  return isObject(claims) ? claims : {};
}
