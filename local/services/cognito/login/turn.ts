import type { HeaderList } from "../../../kernel/headers";
import type { HttpResponse } from "../../../kernel/http-message";
import type { Members } from "../../../kernel/input";
import { type Page, pageHeaders, pageResponse } from "../../../kernel/page";
import type { ClientSettings } from "../client-settings";
import type { Attempt, Step } from "../sign-in";
import { issueTokens } from "../tokens";
import type { UserPool } from "../user-pool";
import type { User } from "../users";
import type { AuthorizationCodes } from "./authorization-codes";
import { type AuthorizationRequest, withFragment, withParameters } from "./authorization-request";
import type { Browser } from "./browser-sessions";

/** An operation of the pool's API: the pages sign up and recover as every other client does. */
export type Api = (operation: string, input: Members) => Promise<Members>;

/** One request of a browser to a page: what it came for, who it is, and how it may go on. */
export class Turn {
  readonly #codes: AuthorizationCodes;

  constructor(
    readonly pool: UserPool,
    readonly request: AuthorizationRequest,
    readonly browser: Browser,
    /** Empty where nothing was posted. */
    readonly form: URLSearchParams,
    readonly api: Api,
    /** The path of the login page: `/myuserpool1-123456789012.auth.us-east-1.amazoncognito.com`. */
    readonly base: string,
    codes: AuthorizationCodes,
  ) {
    this.#codes = codes;
  }

  get client(): ClientSettings {
    return this.request.client;
  }

  get attempt(): Attempt {
    return { pool: this.pool, client: this.client };
  }

  /** What was typed in, without the spaces around it. */
  typed(name: string): string {
    return (this.form.get(name) ?? "").trim();
  }

  /** The address of another page of the same request. */
  pathOf(page: string): string {
    return `${this.base}/${page}?${this.request.query}`;
  }

  show(page: Page): HttpResponse {
    const targets = formTargetsOf(this.request.redirectUri);
    return pageResponse({ ...page, formTargets: targets, headers: this.browser.headers });
  }

  /** Sends the browser to another page of the same request. */
  go(page: string): HttpResponse {
    return redirect(this.pathOf(page), this.browser.headers);
  }

  /** Goes where a step of a sign-in leads: to the page of its challenge, or back to the app. */
  follow(step: Step, username: string): HttpResponse | Promise<HttpResponse> {
    if (step.kind === "signed-in") {
      this.browser.signIn(step.user);
      const { signedIn } = this.browser;
      if (signedIn === undefined) throw new Error("a sign-in must open a session");
      return this.finish(signedIn);
    }
    const { name, session, parameters } = step;
    const page = pageOf[name];
    const clientId = this.client.id;
    if (page === undefined || session === undefined) {
      this.browser.remember({ clientId, username }, `There is no page for the challenge ${name}.`);
      return this.go("login");
    }
    const missing = readMissing(parameters.requiredAttributes);
    this.browser.remember({ clientId, username, challenge: { name, session }, missing });
    return this.go(page);
  }

  /** Sends the browser back to the app, with what it came for. */
  async finish({
    user,
    authTime,
  }: {
    readonly user: User;
    readonly authTime: number;
  }): Promise<HttpResponse> {
    const { redirectUri, state } = this.request;
    if (this.request.responseType === "token") {
      return redirect(
        withFragment(redirectUri, { ...(await this.#tokens(user, authTime)), state }),
        this.browser.headers,
      );
    }
    const { scopes, nonce, challenge, client } = this.request;
    const grant = { sub: user.sub, clientId: client.id, redirectUri, scopes, nonce, challenge, authTime };
    const code = this.#codes.issue(grant);
    return redirect(withParameters(redirectUri, { code, state }), this.browser.headers);
  }

  /** The implicit grant: everything but a refresh token ("Authorize endpoint", Amazon Cognito Developer Guide). */
  async #tokens(user: User, authTime: number): Promise<Record<string, string | undefined>> {
    const { client, scopes, nonce } = this.request;
    const { session } = this.pool.sessions.open(user, client, { scopes, authTime });
    const tokens = await issueTokens(this.pool, client, user, session, {
      source: "TokenGeneration_HostedAuth",
      nonce,
    });
    return {
      id_token: tokens.IdToken === undefined ? undefined : String(tokens.IdToken),
      access_token: String(tokens.AccessToken),
      token_type: "Bearer",
      expires_in: String(tokens.ExpiresIn),
    };
  }
}

const pageOf: Readonly<Record<string, string>> = {
  NEW_PASSWORD_REQUIRED: "changePassword",
  SOFTWARE_TOKEN_MFA: "mfa",
  MFA_SETUP: "mfaSetup",
};

function readMissing(json = "[]"): string[] {
  const names: unknown = JSON.parse(json);
  return Array.isArray(names) ? names.map((name) => String(name).replace("userAttributes.", "")) : [];
}

export function redirect(location: string, headers: HeaderList = []): HttpResponse {
  return {
    status: 302,
    headers: [["Location", location], ...pageHeaders, ...headers],
    body: Buffer.alloc(0),
  };
}

/**
 * Chromium and Safari hold a form to `form-action` through all redirects that answer it (w3c/webappsec-csp#8), so that the
 * app's own address is among them. An app on this machine often goes on to another of its ports.
 */
function formTargetsOf(redirectUri: string): string[] {
  if (!URL.canParse(redirectUri)) return [];
  const { protocol, hostname, origin } = new URL(redirectUri);
  if (!/^https?:$/.test(protocol)) return [protocol];
  const isLocal = ["localhost", "127.0.0.1"].includes(hostname);
  return isLocal
    ? ["localhost", "127.0.0.1"].flatMap((host) => [`http://${host}:*`, `https://${host}:*`])
    : [origin];
}
