import { singleHeader } from "../kernel/headers";
import { type Html, html } from "../kernel/html";
import { type HttpRequest, type HttpResponse, jsonResponse } from "../kernel/http-message";
import { INBOX_PATH, type Inbox, type Mail } from "../kernel/inbox";
import { pageHeaders, pageResponse } from "../kernel/page";
import { splitTarget } from "../kernel/request-target";

export interface InboxOptions {
  readonly inbox: Inbox;
  /** Where to sign up, for an inbox that is empty. */
  readonly loginPages: () => readonly { readonly name: string; readonly url: string }[];
}

/**
 * The messages that AWS would have sent, newest first, for people and, with `?format=json` or `Accept: application/json`, for
 * scripts of this machine. `?to=` picks a recipient; `?after=` with the id of a message waits for newer ones. There are codes and passwords in it, so that no page of another address
 * gets it: there is no CORS, a page that fetches or frames it is refused, and the front door has checked the `Host`.
 */
export function inboxPage({
  inbox,
  loginPages,
}: InboxOptions): (request: HttpRequest) => Promise<HttpResponse> {
  return async (request) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      return jsonResponse(405, { message: "The inbox is read with GET" }, [["Allow", "GET"], ...pageHeaders]);
    }
    if (isForAnotherPage(request)) return jsonResponse(403, { message: "Forbidden" }, pageHeaders);
    const { query } = splitTarget(request.target);
    const to = query.get("to") ?? "";
    const wanted = (mail: Mail) => to === "" || mail.to.toLowerCase().includes(to.toLowerCase());
    if (wantsJson(request, query)) {
      const after = query.get("after");
      if (after !== null) await newerThan(inbox, after, wanted, request.signal);
      const messages = newer(inbox, after ?? "").filter(wanted);
      return jsonResponse(200, { messages }, pageHeaders);
    }
    const mails = inbox.recent().filter(wanted);
    const isLive = query.get("live") !== "no";
    return pageResponse({
      title: `Inbox (${mails.length})`,
      width: "wide",
      ...(isLive ? { refreshSeconds: 4 } : {}),
      main: html`<h1>Inbox</h1>
<p>What the user pools would send to people. Nothing leaves this machine.</p>
${!isLive && filter(to)}
<div class="row"><p>${counted(mails.length)}${to !== "" && ` to ${to}`}</p><p>${liveLink(isLive, to)}</p></div>
<div class="below">${mails.length === 0 ? emptyState(to, loginPages()) : html`<ul class="list">${mails.map(item)}</ul>`}</div>`,
      footer: html`<p>For scripts: <code>?format=json</code></p>`,
    });
  };
}

/** Browsers say what they fetch for; one that a person points here navigates. Programs send no such header. */
function isForAnotherPage({ headers }: HttpRequest): boolean {
  const site = singleHeader(headers, "sec-fetch-site");
  const isNavigation =
    singleHeader(headers, "sec-fetch-mode") === "navigate" &&
    singleHeader(headers, "sec-fetch-dest") === "document";
  const isOwn = site === undefined || site === "same-origin" || site === "none";
  return headers.some(([name]) => name.toLowerCase() === "origin") || (!isOwn && !isNavigation);
}

function wantsJson({ headers }: HttpRequest, query: URLSearchParams): boolean {
  return query.get("format") === "json" || singleHeader(headers, "accept") === "application/json";
}

/** The messages that came after the named one; all of them where it is unknown or forgotten. */
function newer(inbox: Inbox, id: string): Mail[] {
  const all = inbox.recent();
  const index = all.findIndex((mail) => mail.id === id);
  return index === -1 ? all : all.slice(0, index);
}

/** How long a script that waits is kept waiting; it then asks again. */
const longestWaitMs = 25_000;

/** Resolves when there is a message of that kind, when the client is gone, or after a while. */
async function newerThan(
  inbox: Inbox,
  id: string,
  wanted: (mail: Mail) => boolean,
  gone: AbortSignal,
): Promise<void> {
  if (newer(inbox, id).some(wanted)) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(finish, longestWaitMs).unref();
    const end = inbox.onAdded((mail) => wanted(mail) && finish());
    function finish(): void {
      clearTimeout(timer);
      end();
      resolve();
    }
    gone.addEventListener("abort", finish, { once: true });
  });
}

/** Not on a page that loads itself again, which would take away what is typed in. */
function filter(to: string): Html {
  return html`<form class="search" method="get" action="${INBOX_PATH}">
<div class="field">
<label for="to">Recipient</label>
<input id="to" name="to" type="search" autocomplete="off" inputmode="email" value="${to}">
</div>
<input type="hidden" name="live" value="no">
<button type="submit" class="quiet">Show</button>
</form>`;
}

function counted(count: number): string {
  return count === 1 ? "One message" : `${count === 0 ? "No" : count} messages`;
}

function liveLink(isLive: boolean, to: string): Html {
  const query = new URLSearchParams(to === "" ? {} : { to });
  if (isLive) query.set("live", "no");
  const address = `${INBOX_PATH}${query.size === 0 ? "" : `?${query}`}`;
  return isLive
    ? html`New ones appear as they come. <a href="${address}">Stop, and search</a>`
    : html`<a href="${address}">Show new ones as they come</a>`;
}

function emptyState(to: string, pages: readonly { readonly name: string; readonly url: string }[]): Html {
  if (to !== "") return html`<p>Nothing was sent to an address with <strong>${to}</strong> in it.</p>`;
  const links = pages.map(
    ({ name, url }) =>
      html`<li><a class="skip" href="${url.replace("/login?", "/signup?")}">Create an account in ${name}</a></li>`,
  );
  return html`<p>Nothing yet. Codes, invitations and temporary passwords appear here.</p>
${links.length > 0 && html`<ul>${links}</ul>`}`;
}

const titles: Readonly<Record<string, string>> = { invitation: "Temporary password" };

function item({ at, to, poolName, purpose, subject, text, code }: Mail): Html {
  const time = new Date(at);
  return html`<li>
<p class="meta"><span>${poolName} · ${purpose.replace("-", " ")}</span><time datetime="${time.toISOString()}">${time.toTimeString().slice(0, 8)}</time></p>
<h2>${subject}</h2>
<p class="meta">to ${to}</p>
<p>${titles[purpose] ?? "Code"}: <code class="big">${code}</code></p>
<p class="message">${plain(text)}</p>
</li>
`;
}

/** Templates of Cognito's may have tags, which are shown as what they mean at most. */
function plain(text: string): string {
  return text.replace(/<br\s*\/?>|<\/p>|<\/div>/gi, "\n").replace(/<[^<>]*>/g, "");
}
