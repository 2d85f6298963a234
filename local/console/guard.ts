import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

export interface Refusal {
  readonly status: 400 | 401 | 403 | 405 | 415;
  readonly message: string;
}

/** The header in which a page sends the token of its address. */
const TOKEN_HEADER = "x-console-token";

/**
 * Lets nobody in but the console's own page. A page of another site, or of another port of this machine (for a browser that
 * is the same site), is told by its origin; one whose name was made to lead here (DNS rebinding), by the host. Whoever gets
 * past that still needs the token.
 */
export function refusalOf(message: IncomingMessage, port: number, token: string): Refusal | undefined {
  const { headers, method = "" } = message;
  if (!["GET", "HEAD", "POST"].includes(method))
    return refuse(405, `${method} is not a method of the console`);
  const host = hostOf(message);
  if (host === undefined || ![`127.0.0.1:${port}`, `localhost:${port}`].includes(host))
    return refuse(403, "the console is reached under the address that the start printed, and no other");
  if (isOfAnotherOrigin(headers, host)) return refuse(403, "the console is not for other pages");
  if (!isCall(message)) return method === "POST" ? refuse(405, "POST is for /api/") : undefined;
  if (!isToken(headers[TOKEN_HEADER], token))
    return refuse(401, "the token is missing or wrong: open the address that the last start printed");
  if (method === "POST" && !headers["content-type"]?.startsWith("application/json"))
    return refuse(415, "a call takes application/json");
  return undefined;
}

export function isCall({ url = "" }: IncomingMessage): boolean {
  return url.startsWith("/api/");
}

function refuse(status: Refusal["status"], message: string): Refusal {
  return { status, message };
}

/** The `Host` header; `undefined` for none or more than one. */
function hostOf({ rawHeaders }: IncomingMessage): string | undefined {
  const hosts = rawHeaders.filter(
    (_text, index) => rawHeaders[index - 1]?.toLowerCase() === "host" && index % 2 === 1,
  );
  return hosts.length === 1 ? hosts[0]?.toLowerCase() : undefined;
}

/**
 * `Sec-Fetch-Site` cannot be set by a page; browsers without it send `Origin` with every POST. A link from elsewhere may open
 * the page (a navigation of the whole tab), which does nothing without the token.
 */
function isOfAnotherOrigin(headers: IncomingHttpHeaders, host: string): boolean {
  const { origin } = headers;
  if (origin !== undefined && origin !== `http://${host}`) return true;
  const site = headers["sec-fetch-site"] ?? "none";
  const opensPage = headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document";
  return site !== "same-origin" && site !== "none" && !opensPage;
}

function isToken(received: string | string[] | undefined, token: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return typeof received === "string" && timingSafeEqual(digest(received), digest(token));
}

/**
 * Sent with every answer. Scripts and styles come from the console itself and nowhere else, nothing may frame it, and no
 * browser keeps what it answered.
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Cache-Control": "no-store",
};
