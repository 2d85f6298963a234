import type { AwsService } from "../../../aws-api/service";
import { type HttpRequest, type HttpResponse, jsonResponse } from "../../../kernel/http-message";
import { splitTarget } from "../../../kernel/request-target";
import type { TokenVerifier } from "../../../kernel/token-verification";
import type { LoginPort, LoginResource } from "../../ports";
import type { UserDirectory } from "../user-directory";
import type { UserPool } from "../user-pool";
import { accountPages } from "./account-pages";
import { AuthorizationCodes } from "./authorization-codes";
import { type Reading, readAuthorization, withParameters } from "./authorization-request";
import { type Browser, BrowserSessions } from "./browser-sessions";
import { challengePages } from "./challenge-pages";
import { notFound, showError } from "./error-pages";
import { signInPages } from "./sign-in-pages";
import { answerRevocation, answerToken, readForm } from "./token-endpoint";
import { type Api, redirect, Turn } from "./turn";
import { answerUserInfo } from "./user-info";

const pages = { ...signInPages, ...challengePages, ...accountPages };

/** The endpoints that apps call, with the headers that pages may send along. */
const forApps: ReadonlyMap<string, "GET" | "POST"> = new Map([
  ["/oauth2/token", "POST"],
  ["/oauth2/userInfo", "GET"],
  ["/oauth2/revoke", "POST"],
]);

/** The login page of one domain of a pool, with AWS's paths below a path that is AWS's host name. */
class LoginSite {
  readonly base: string;
  readonly #codes: AuthorizationCodes;
  readonly #browsers: BrowserSessions;

  constructor(
    readonly pool: UserPool,
    host: string,
    private readonly api: Api,
    private readonly verifier: TokenVerifier,
  ) {
    this.base = `/${host}`;
    this.#codes = new AuthorizationCodes(pool.clock);
    this.#browsers = new BrowserSessions(pool.clock, pool, this.base);
  }

  handle(path: string, request: HttpRequest): HttpResponse | Promise<HttpResponse> {
    const method = request.method === "HEAD" ? "GET" : request.method;
    switch (`${method} ${path}`) {
      case "POST /oauth2/token":
        return answerToken({ pool: this.pool, codes: this.#codes, api: this.api }, request);
      case "POST /oauth2/revoke":
        return answerRevocation({ pool: this.pool, codes: this.#codes, api: this.api }, request);
      case "GET /oauth2/userInfo":
        return answerUserInfo(this.pool, this.verifier, request);
    }
    if (forApps.has(path)) return jsonResponse(405, { error: "invalid_request" });
    const { query } = splitTarget(request.target);
    const browser = this.#browsers.browserOf(request.headers, request.isSecure === true);
    switch (`${method} ${path}`) {
      case "GET /oauth2/authorize":
        return this.#authorize(query, request, browser);
      case "GET /logout":
        return this.#logOut(query, request, browser);
      case "GET /error":
        return showError(this.pool, query);
    }
    const route = `${method} ${path}`;
    if (Object.hasOwn(pages, route)) return this.#page(route, query, request, browser);
    return notFound(this.pool);
  }

  /** To the app for a browser that is signed in, to the login page for any other. */
  #authorize(
    query: URLSearchParams,
    request: HttpRequest,
    browser: Browser,
  ): HttpResponse | Promise<HttpResponse> {
    const reading = readAuthorization(this.pool, query);
    if (reading.kind !== "request") return this.#refuse(reading);
    const turn = this.#turn(reading.request, request, browser);
    const { prompt, redirectUri, state } = reading.request;
    const { signedIn } = browser;
    if (prompt.includes("none") && signedIn === undefined) {
      return redirect(withParameters(redirectUri, { error: "login_required", state }));
    }
    const mustSeePage = prompt.includes("login") || prompt.includes("select_account");
    return signedIn === undefined || mustSeePage ? turn.go("login") : turn.finish(signedIn);
  }

  async #page(
    route: string,
    query: URLSearchParams,
    request: HttpRequest,
    browser: Browser,
  ): Promise<HttpResponse> {
    const reading = readAuthorization(this.pool, query);
    if (reading.kind !== "request") return this.#refuse(reading);
    const turn = this.#turn(reading.request, request, browser);
    if (request.method === "POST" && !browser.owns(turn.form.get("_csrf") ?? "")) {
      browser.remember(
        browser.pending,
        "This page was open for too long, or your browser blocks cookies. Try again.",
      );
      return turn.go(route === "POST /resendcode" ? "confirm" : route.slice("POST /".length));
    }
    const handler = pages[route];
    return handler === undefined ? notFound(this.pool) : handler(turn);
  }

  #turn(authorization: ConstructorParameters<typeof Turn>[1], request: HttpRequest, browser: Browser): Turn {
    const form = readForm(request) ?? new URLSearchParams();
    return new Turn(this.pool, authorization, browser, form, this.api, this.base, this.#codes);
  }

  #refuse(reading: Exclude<Reading, { kind: "request" }>): HttpResponse {
    if (reading.kind === "refused") return redirect(reading.location);
    const { error, clientId } = reading;
    return redirect(withParameters(`${this.base}/error`, { error, client_id: clientId }));
  }

  /**
   * Ends the browser's sign-in, and sends it to an address that the client registered for that, or to sign in again ("Logout
   * endpoint", Amazon Cognito Developer Guide). Without one of the two AWS says that `redirect_uri` is not present
   * (amplify-js#2423).
   */
  #logOut(query: URLSearchParams, request: HttpRequest, browser: Browser): HttpResponse {
    const logoutUri = query.get("logout_uri");
    const client = this.pool.clients.find(({ id }) => id === query.get("client_id"));
    if (logoutUri !== null) {
      if (client?.oauth.logoutUrls.includes(logoutUri) !== true) {
        return this.#refuse({ kind: "page", error: "logout_mismatch", clientId: client?.id ?? "" });
      }
      browser.signOut();
      return redirect(logoutUri, browser.headers);
    }
    const reading = readAuthorization(this.pool, query);
    if (reading.kind !== "request") return this.#refuse(reading);
    browser.signOut();
    return this.#turn(reading.request, request, browser).go("login");
  }
}

/** The login pages of all domains, told apart by the first segment of the path. */
export function createLoginPort(
  directory: Pick<UserDirectory, "pools" | "verifier" | "domains">,
  service: AwsService,
): LoginPort {
  const api: Api = async (name, input) => {
    const operation = service.operations[name];
    if (operation === undefined) throw new Error(`the user pools have no operation ${name}`);
    const context = { principal: { kind: "anonymous" }, requestId: "", sourceIp: "127.0.0.1" } as const;
    return operation.handle(input, context);
  };
  const sites = new Map(
    directory.domains.map(({ userPoolId, host }) => {
      const site = new LoginSite(directory.pools.byId(userPoolId), host, api, directory.verifier);
      return [host, site] as const;
    }),
  );
  return {
    at(path): LoginResource | undefined {
      const [, host = "", rest = ""] = /^\/([^/]+)(\/.*)?$/.exec(path) ?? [];
      const site = sites.get(host);
      if (site === undefined) return undefined;
      return {
        ...{ poolName: site.pool.settings.name, path: rest, forPages: forApps.get(rest) },
        handle: async (request) => site.handle(rest, request),
      };
    },
    pathOf(userPoolId, clientId) {
      const site = [...sites.values()].find(({ pool }) => pool.settings.id === userPoolId);
      const client = site?.pool.clients.find(({ id }) => id === clientId);
      const redirectUri = client?.oauth.callbackUrls[0];
      const isServed = client?.oauth.enabled === true && client.oauth.flows.includes("code");
      if (site === undefined || redirectUri === undefined || !isServed) return undefined;
      const scope = client?.oauth.scopes.join(" ");
      const parameters = { client_id: clientId, response_type: "code", scope, redirect_uri: redirectUri };
      return withParameters(`${site.base}/login`, parameters);
    },
  };
}
