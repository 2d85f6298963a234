import type { RequestTrace } from "../kernel/trace";
import type { KeptExchange, Pairs } from "./contract";
import { isSecretHeader } from "./masking";

/** What a client sends by itself. */
const OWN_HEADERS =
  /^(?:host|connection|content-length|user-agent|accept|accept-encoding|accept-language|sec-fetch-.*|keep-alive)$/i;

export interface CurlRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Pairs;
  readonly body?: string | undefined;
}

/** The request as a command that a shell takes as it is. */
export function toCurl({ method, url, headers, body }: CurlRequest): string {
  return [
    `curl -X ${quoted(method)} ${quoted(url)}`,
    ...headers.map(([name, value]) => `-H ${header(name, value)}`),
    ...(body === undefined || body === "" ? [] : [`--data-raw ${quoted(body)}`]),
  ].join(" \\\n  ");
}

/** Of a request that came, as far as it is known: its headers and its body are known only where they were kept. */
export function curlOf(origin: string, trace: RequestTrace, kept: KeptExchange | undefined): string {
  const { method, path, query } = trace;
  const url = `${origin}${path}${query === undefined ? "" : `?${query}`}`;
  if (kept !== undefined) {
    const { headers, body } = kept.request;
    return toCurl({
      method,
      url,
      headers: headers.filter(([name]) => !OWN_HEADERS.test(name)),
      body: body.text,
    });
  }
  const hadToken = trace.steps.some(({ facts }) =>
    facts.claims?.some(({ name, ok }) => name === "token" && ok),
  );
  const headers: Pairs = [
    ...(hadToken ? [["Authorization", "$TOKEN"] as const] : []),
    ...(hasBody(method) ? [["Content-Type", "application/json"] as const] : []),
  ];
  return toCurl({ method, url, headers, body: hasBody(method) ? "…" : undefined });
}

function hasBody(method: string): boolean {
  return ["POST", "PUT", "PATCH"].includes(method);
}

/** A secret comes from the shell's variable, so that no history has it. */
function header(name: string, value: string): string {
  if (value.startsWith("$")) return `"${name}: ${value}"`;
  if (isSecretHeader(name) && value === "***")
    return `"${name}: $${/api-key/i.test(name) ? "API_KEY" : "TOKEN"}"`;
  return quoted(`${name}: ${value}`);
}

function quoted(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
