import { fittingBody, routesOf } from "../console/api";
import { ListenError, type ListeningServer, listen } from "../front-door/server";
import type { Clock } from "../kernel/clock";
import { type HeaderList, singleHeader } from "../kernel/headers";
import type { HttpRequest, HttpResponse } from "../kernel/http-message";
import { pageHeaders } from "../kernel/page";
import { splitTarget } from "../kernel/request-target";
import type { Runtime } from "../runtime-options";
import { type CallbackClient, callbackUrlOf, clientsFor } from "./callback-clients";
import {
  failedPage,
  homePage,
  notFoundPage,
  type RouteChoice,
  signedInPage,
  unaskedPage,
} from "./callback-pages";
import { type Attempt, CallbackSessions, type Session } from "./callback-sessions";
import { beginFlow, exchangeCode } from "./code-flow";

export interface CallbackSiteOptions {
  /** What is served now: it may be another one after a restart. */
  readonly runtime: () => Runtime;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
  /** Where the console is, to look at a request. */
  readonly consoleUrl?: string | undefined;
}

export interface CallbackSite {
  /** `http://localhost:3001/` */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves the page at which a sign-in on the login page ends: the deployment's first callback on this machine. It is a client as
 * one is written for browsers today, with the tokens kept by its server and PKCE, `state` and `nonce` (RFC 9700), and a page
 * without a script.
 *
 * @returns `undefined` where no client has such a callback
 * @throws ListenError for a port that it cannot have
 */
export async function openCallbackSite(options: CallbackSiteOptions): Promise<CallbackSite | undefined> {
  const callback = callbackUrlOf(options.runtime().inside.deployment);
  if (callback === undefined || clientsFor(callback, options.runtime()).length === 0) return undefined;
  const site = new Site(callback, options);
  const port = Number(callback.port);
  const handler = (request: HttpRequest) => site.handle(request);
  const servers: ListeningServer[] = [];
  try {
    // `localhost` is both: browsers try the one after the other, and another program may have one of them.
    for (const host of ["127.0.0.1", "::1"] as const)
      servers.push(await listen({ host, port, handler, onError: options.onError }));
  } catch (error) {
    const isWithoutIpv6 =
      error instanceof ListenError && error.code === "EADDRNOTAVAIL" && servers.length === 1;
    if (!isWithoutIpv6) {
      await Promise.all(servers.map((server) => server.close()));
      throw error;
    }
  }
  return {
    url: `${callback.origin}/`,
    close: async () => void (await Promise.all(servers.map((server) => server.close()))),
  };
}

class Site {
  readonly #sessions: CallbackSessions;

  constructor(
    private readonly callback: URL,
    private readonly options: CallbackSiteOptions,
  ) {
    this.#sessions = new CallbackSessions(options.clock);
  }

  async handle(request: HttpRequest): Promise<HttpResponse> {
    const { path, query } = splitTarget(request.target);
    const host = singleHeader(request.headers, "host") ?? "";
    // Another name for this machine, or a name that somebody else's server gave it (DNS rebinding): cookies are the callback's.
    if (host !== this.callback.host)
      return ["127.0.0.1", "localhost", "[::1]"].some((name) => host === `${name}:${this.callback.port}`)
        ? redirect(`${this.callback.origin}${request.target}`)
        : notFoundPage(421);
    if (request.method === "GET" || request.method === "HEAD") {
      if (path === this.callback.pathname) return this.#finish(request, query);
      return path === "/" ? this.#home(request) : notFoundPage(404);
    }
    const origin = singleHeader(request.headers, "origin");
    if (request.method !== "POST" || origin !== this.callback.origin) return notFoundPage(403);
    const form = new URLSearchParams(request.body.toString());
    switch (path) {
      case "/sign-in":
        return this.#begin(request, form.get("pool") ?? "");
      case "/take":
        return this.#takeUnasked(request, form.get("pool") ?? "");
      case "/call":
        return this.#call(request, form);
      case "/token":
        return this.#home(request, form.get("which") === "access" ? "access" : "id");
      case "/sign-out":
        return this.#signOut(request);
      default:
        return notFoundPage(404);
    }
  }

  get #clients(): CallbackClient[] {
    return clientsFor(this.callback, this.options.runtime());
  }

  #clientOf(poolId: string): CallbackClient | undefined {
    return this.#clients.find((client) => client.poolId === poolId);
  }

  #home(request: HttpRequest, shown?: "id" | "access"): HttpResponse {
    const session = this.#sessions.find(request.headers);
    const { signedIn, notice, call } = session ?? {};
    if (session !== undefined) session.notice = undefined;
    const client = signedIn === undefined ? undefined : this.#clientOf(signedIn.poolId);
    if (signedIn === undefined || client === undefined)
      return homePage({ clients: this.#clients, notice, signInTargets: this.#signInTargets() });
    return signedInPage({
      ...{ client, clients: this.#clients, signedIn, shown, call, notice },
      now: this.options.clock.now(),
      routes: this.#routes(),
      consoleUrl: this.options.consoleUrl,
      signInTargets: this.#signInTargets(),
    });
  }

  /** Where forms lead by a redirect: a browser holds the page's policy to those, too. */
  #signInTargets(): string[] {
    return [...new Set(this.#clients.map(({ browserLoginUrl }) => new URL(browserLoginUrl).origin))];
  }

  #routes(): RouteChoice[] {
    return routesOf(this.options.runtime().inside.deployment)
      .filter(({ method }) => method.httpMethod !== "OPTIONS")
      .map((route) => ({
        name: `${route.method.httpMethod} ${route.path}`,
        method: route.method.httpMethod === "ANY" ? "GET" : route.method.httpMethod,
        path: route.path,
        body: fittingBody(route),
        needsAccessToken: (route.method.authorization?.scopes.length ?? 0) > 0,
        needsApiKey: route.method.apiKeyRequired,
      }));
  }

  #begin(request: HttpRequest, poolId: string): HttpResponse {
    const client = this.#clientOf(poolId);
    if (client === undefined) return notFoundPage(404);
    const { session, cookie } = this.#sessions.open(request.headers);
    const { attempt, url } = beginFlow(client, this.callback);
    session.attempt = attempt;
    return redirect(url, cookie);
  }

  /** Where the login page sends the browser back to. */
  async #finish(request: HttpRequest, query: URLSearchParams): Promise<HttpResponse> {
    const session = this.#sessions.find(request.headers);
    const [code, state] = [query.get("code"), query.get("state")];
    const { attempt } = session ?? {};
    const error = query.get("error");
    if (error !== null)
      return failedPage(
        `${error}${query.has("error_description") ? `: ${query.get("error_description")}` : ""}`,
      );
    if (code === null) return redirect("/");
    if (session === undefined || attempt === undefined || state !== attempt.state)
      return this.#askAboutUnasked(request, code);
    session.attempt = undefined;
    return this.#exchange(session, attempt.poolId, code, attempt);
  }

  /**
   * A code that nobody asked for from here: from the login page's own address, or from somebody who wants the visitor to be signed
   * in as somebody else (login CSRF, RFC 6749, 10.12). The visitor decides.
   */
  #askAboutUnasked(request: HttpRequest, code: string): HttpResponse {
    const { session, cookie } = this.#sessions.open(request.headers);
    session.unasked = code;
    return unaskedPage({ clients: this.#clients, signInTargets: this.#signInTargets() }, cookie);
  }

  /** The pool is not in the code, so that the visitor says which one it was. */
  async #takeUnasked(request: HttpRequest, poolId: string): Promise<HttpResponse> {
    const session = this.#sessions.find(request.headers);
    const code = session?.unasked;
    if (session === undefined || code === undefined) return redirect("/");
    session.unasked = undefined;
    return this.#exchange(session, poolId, code);
  }

  async #exchange(session: Session, poolId: string, code: string, attempt?: Attempt): Promise<HttpResponse> {
    const client = this.#clientOf(poolId);
    if (client === undefined) return notFoundPage(404);
    const signedIn = await exchangeCode(client, this.callback, code, attempt);
    if ("failure" in signedIn) return failedPage(signedIn.failure);
    session.signedIn = signedIn;
    session.call = undefined;
    return redirect("/");
  }

  async #call(request: HttpRequest, form: URLSearchParams): Promise<HttpResponse> {
    const session = this.#sessions.find(request.headers);
    const route = this.#routes().find(({ name }) => name === form.get("route"));
    if (session?.signedIn === undefined || route === undefined) return redirect("/");
    const { idToken, accessToken } = session.signedIn;
    const path = form.get("path") || route.path;
    const body = form.get("body") ?? "";
    const runtime = this.options.runtime();
    const [key] = route.needsApiKey ? runtime.inside.deployment.ofType("aws_api_gateway_api_key") : [];
    const hasBody = !["GET", "HEAD", "DELETE"].includes(route.method) && body !== "";
    const began = performance.now();
    const answer = await fetch(`${runtime.invokeUrls[0]}${path.startsWith("/") ? path : `/${path}`}`, {
      method: route.method,
      redirect: "manual",
      headers: {
        Authorization: route.needsAccessToken ? accessToken : idToken,
        ...(hasBody ? { "Content-Type": "application/json" } : {}),
        ...(key === undefined ? {} : { "x-api-key": key.string("value") }),
      },
      ...(hasBody ? { body } : {}),
    });
    session.call = {
      ...{ route: route.name, path, body },
      answer: {
        status: answer.status,
        body: await answer.text(),
        milliseconds: Math.round(performance.now() - began),
      },
    };
    return redirect("/#answer");
  }

  #signOut(request: HttpRequest): HttpResponse {
    const session = this.#sessions.find(request.headers);
    const client = session?.signedIn === undefined ? undefined : this.#clientOf(session.signedIn.poolId);
    this.#sessions.end(request.headers);
    if (client?.logoutUrl === undefined) return redirect("/");
    const query = new URLSearchParams({ client_id: client.clientId, logout_uri: client.logoutUrl });
    return redirect(`${client.browserLoginUrl}/logout?${query}`);
  }
}

function redirect(location: string, headers: HeaderList = []): HttpResponse {
  return {
    status: 303,
    headers: [["Location", location], ...pageHeaders, ...headers],
    body: Buffer.alloc(0),
  };
}
