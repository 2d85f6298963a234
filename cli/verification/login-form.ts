import { createHash, randomBytes } from "node:crypto";
import * as v from "valibot";
import type { Credentials } from "../../local/command/credentials";
import { loginBase } from "../common/browser-sign-in";

/**
 * The access token with these scopes, from the local runtime's login page: its form is filled in as a person would, in the
 * code flow with PKCE. How AWS's page wants its form, AWS does not document.
 *
 * @param place its `loginPageUrl` names a callback, which is never called
 * @returns `undefined` where the page wants more than the password
 */
export async function accessTokenOfLoginPage(
  place: { readonly loginPageUrl: string; readonly clientId: string },
  { email, password }: Credentials,
  scopes: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const base = loginBase(place);
  const verifier = randomBytes(32).toString("base64url");
  const authorize = new URL(`${base}/oauth2/authorize`);
  authorize.search = new URL(place.loginPageUrl).search;
  const callbackUrl = authorize.searchParams.get("redirect_uri") ?? "";
  authorize.searchParams.set("scope", scopes.join(" "));
  authorize.searchParams.set("code_challenge", createHash("sha256").update(verifier).digest("base64url"));
  authorize.searchParams.set("code_challenge_method", "S256");

  const cookies = new Map<string, string>();
  const ask = async (address: URL, form?: URLSearchParams) => {
    const answer = await fetch(address, {
      redirect: "manual",
      ...(signal && { signal }),
      headers: {
        Cookie: [...cookies].map((pair) => pair.join("=")).join("; "),
        ...(form && { Origin: address.origin }),
      },
      ...(form && { method: "POST", body: form }),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    return { location: answer.headers.get("location"), text: await answer.text() };
  };

  const toLogin = await ask(authorize);
  const login = new URL(toLogin.location ?? "", base);
  const page = await ask(login);
  const [, token = ""] = /name="_csrf" value="([^"]*)"/.exec(page.text) ?? [];
  const signedIn = await ask(login, new URLSearchParams({ _csrf: token, username: email, password }));
  const code = new URL(signedIn.location ?? "", base).searchParams.get("code");
  if (code === null) return undefined;
  const grant = { grant_type: "authorization_code", code, code_verifier: verifier };
  const answer = await ask(
    new URL(`${base}/oauth2/token`),
    new URLSearchParams({ ...grant, client_id: place.clientId, redirect_uri: callbackUrl }),
  );
  return v.parse(v.pipe(v.string(), v.parseJson(), v.object({ access_token: v.string() })), answer.text)
    .access_token;
}
