import type { HeaderList } from "../kernel/headers";
import { type Html, html } from "../kernel/html";
import type { HttpResponse } from "../kernel/http-message";
import { pageResponse } from "../kernel/page";
import type { CallbackClient } from "./callback-clients";
import type { Call, SignedIn } from "./callback-sessions";
import { claimsOf } from "./code-flow";

/** A method of the API that can be called with a token. */
export interface RouteChoice {
  /** `POST /lambda1` */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** One that fits the method's model. */
  readonly body: string | undefined;
  /** Its scopes ask for an access token. */
  readonly needsAccessToken: boolean;
  readonly needsApiKey: boolean;
}

export interface HomePage {
  readonly clients: readonly CallbackClient[];
  readonly notice?: string | undefined;
  readonly signInTargets: readonly string[];
}

export function homePage({ clients, notice, signInTargets }: HomePage): HttpResponse {
  return pageResponse({
    title: "Sign in",
    formTargets: signInTargets,
    main: html`<h1>Sign in</h1>
${notice !== undefined && html`<p class="banner" role="status">${notice}</p>`}
<p>This page is a client of the user pools: it leads to a pool's login page, takes the code that comes back, and calls the API with the token.</p>
${clients.map(signInForm)}`,
    footer: FOOTER,
  });
}

function signInForm({ poolId, poolName }: CallbackClient): Html {
  return html`<form class="field" method="post" action="/sign-in"><button name="pool" value="${poolId}">Sign in to ${poolName}</button></form>\n`;
}

export interface SignedInPage extends HomePage {
  readonly client: CallbackClient;
  readonly signedIn: SignedIn;
  /** The token to show. */
  readonly shown: "id" | "access" | undefined;
  readonly call: Call | undefined;
  readonly routes: readonly RouteChoice[];
  readonly consoleUrl: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export function signedInPage(page: SignedInPage): HttpResponse {
  const { client, clients, signedIn, now, notice } = page;
  const claims = claimsOf(signedIn.idToken);
  const others = clients.filter(({ poolId }) => poolId !== client.poolId);
  return pageResponse({
    title: "Signed in",
    width: "wide",
    formTargets: page.signInTargets,
    main: html`<p class="eyebrow">${client.poolName}</p>
<h1>Signed in as ${String(claims.email ?? claims["cognito:username"] ?? claims.sub)}</h1>
${notice !== undefined && html`<p class="banner" role="status">${notice}</p>`}
${expiry(claims.exp, now)}
<section class="below" aria-labelledby="call">
<h2 id="call">Call the API</h2>
${page.routes.map((route) => callForm(route, page.call))}
</section>
<section class="below" aria-labelledby="claims">
<h2 id="claims">What the ID token says</h2>
${claimTable(claims)}
</section>
<section class="below" aria-labelledby="token">
<h2 id="token">The tokens themselves</h2>
${tokens(signedIn, page.shown)}
</section>
<section class="below">
<form class="field" method="post" action="/sign-out"><button class="quiet">Sign out</button></form>
${others.map(signInForm)}
</section>`,
    footer:
      page.consoleUrl === undefined
        ? FOOTER
        : html`<p><a href="${page.consoleUrl}">Console</a>: how each request went through the layers</p>`,
  });
}

const FOOTER = html`<p>Served by the local runtime, for this machine alone.</p>`;

function expiry(exp: unknown, now: number): Html {
  const seconds = Number(exp) - Math.floor(now / 1000);
  if (seconds > 0) return html`<p>The token is good for ${Math.ceil(seconds / 60)} more minutes.</p>`;
  return html`<p class="banner bad">The token has expired: the API answers 401 until you sign in again.</p>`;
}

function callForm(route: RouteChoice, call: Call | undefined): Html {
  const last = call?.route === route.name ? call : undefined;
  const id = route.name.replace(/\W+/g, "-");
  const hasParameters = route.path.includes("{");
  return html`<form class="field" method="post" action="/call">
<input type="hidden" name="route" value="${route.name}">
<p><strong>${route.name}</strong>${route.needsAccessToken && " (with the access token)"}${route.needsApiKey && " (with an API key)"}</p>
${
  hasParameters &&
  html`<div class="field"><label for="path-${id}">Path</label><input id="path-${id}" name="path" class="mono" value="${last?.path ?? route.path.replace(/\{(\w+)\+?\}/g, "1")}" spellcheck="false"></div>\n`
}${
  route.body !== undefined &&
  html`<div class="field"><label for="body-${id}">Body</label><input id="body-${id}" name="body" class="mono" value="${last?.body ?? route.body}" spellcheck="false" autocomplete="off"></div>\n`
}<button>Send</button>
${last?.answer !== undefined && answered(last.answer)}
</form>\n`;
}

function answered({ status, body, milliseconds }: NonNullable<Call["answer"]>): Html {
  return html`<div id="answer" class="banner${status >= 400 && " bad"}" role="status"><p class="meta"><span>${status}</span><span>${milliseconds} ms</span></p>
<code class="message">${body}</code></div>`;
}

/** Times are told as times, everything else as it is. */
function claimTable(claims: Readonly<Record<string, unknown>>): Html {
  const rows = Object.entries(claims).map(([name, value]) => {
    const isTime = ["exp", "iat", "auth_time"].includes(name) && typeof value === "number";
    const text = isTime
      ? `${value} (${new Date(value * 1000).toISOString().replace(".000", "")})`
      : typeof value === "string"
        ? value
        : JSON.stringify(value);
    return html`<dt>${name}</dt><dd><code>${text}</code></dd>\n`;
  });
  return html`<dl class="facts">${rows}</dl>`;
}

function tokens({ idToken, accessToken }: SignedIn, shown: "id" | "access" | undefined): Html {
  if (shown === undefined)
    return html`<p>Whoever has a token can call as you. They stay with this page's server.</p>
<form class="row" method="post" action="/token"><button class="quiet" name="which" value="id">Show the ID token</button><button class="quiet" name="which" value="access">Show the access token</button></form>`;
  return html`<p>The ${shown === "id" ? "ID" : "access"} token, until this page is left:</p>
<p><code class="message">${shown === "id" ? idToken : accessToken}</code></p>
<p><a href="/">Hide it</a></p>`;
}

/** A code came that this page did not ask for. */
export function unaskedPage({ clients, signInTargets }: HomePage, headers: HeaderList): HttpResponse {
  const choices = clients.map(
    ({ poolId, poolName }) =>
      html`<form class="field" method="post" action="/take"><button name="pool" value="${poolId}">I signed in to ${poolName}</button></form>\n`,
  );
  return pageResponse({
    title: "Was this you?",
    formTargets: signInTargets,
    headers,
    main: html`<h1>Was this you?</h1>
<p>A login page sent a code here, and this page had not asked for one. If you opened the login page yourself, go on. If you came by a link, somebody may want you to be signed in as somebody else: <a href="/">begin anew</a>.</p>
${choices}`,
    footer: FOOTER,
  });
}

export function failedPage(reason: string): HttpResponse {
  return pageResponse({
    title: "Error: not signed in",
    status: 400,
    main: html`<h1>Not signed in</h1>
<p class="banner bad" role="alert">${reason}</p>
<p><a href="/">Begin again</a></p>`,
    footer: FOOTER,
  });
}

export function notFoundPage(status: 403 | 404 | 421): HttpResponse {
  return pageResponse({
    title: "Error: nothing here",
    status,
    main: html`<h1>Nothing here</h1>
<p>This page takes the codes of the login pages, at the address that the start prints.</p>`,
    footer: FOOTER,
  });
}
