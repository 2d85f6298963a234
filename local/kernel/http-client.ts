import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { HeaderList } from "./headers";
import type { HttpResponse } from "./http-message";

export interface OutgoingRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderList;
  readonly body: Buffer;
  readonly signal: AbortSignal;
  /** The most bytes that an answer may have. */
  readonly mostBytes: number;
}

export class ResponseTooLarge extends Error {
  override readonly name = "ResponseTooLarge";
}

/**
 * Sends a request as it is: no redirect is followed, nothing is decompressed, and path and query are not normalized.
 *
 * @throws ResponseTooLarge; Error where nobody answers
 */
export function sendHttp({
  method,
  url,
  headers,
  body,
  signal,
  mostBytes,
}: OutgoingRequest): Promise<HttpResponse> {
  const [, scheme = "", authority = "", path = ""] = /^(https?):\/\/([^/?#]*)([^#]*)/i.exec(url) ?? [];
  const { hostname, port } = new URL(`${scheme}://${authority}`);
  return new Promise((resolve, reject) => {
    const request = (scheme.toLowerCase() === "https" ? requestHttps : requestHttp)(
      {
        method,
        hostname: hostname.replace(/^\[|\]$/g, ""),
        port: port === "" ? undefined : port,
        path: path.startsWith("/") ? path : `/${path}`,
        signal,
        headers: groupedHeaders(headers, authority, body),
      },
      (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on("data", (chunk: Buffer) => {
          bytes += chunk.length;
          chunks.push(chunk);
          if (bytes > mostBytes)
            request.destroy(new ResponseTooLarge(`the answer is larger than ${mostBytes} bytes`));
        });
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: pairsOf(response.rawHeaders),
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}

/** Node.js takes a header that is sent several times as a list. */
function groupedHeaders(headers: HeaderList, host: string, body: Buffer): Record<string, string | string[]> {
  const grouped = new Map<string, string[]>();
  if (!headers.some(([name]) => name.toLowerCase() === "host")) grouped.set("Host", [host]);
  for (const [name, value] of headers) grouped.set(name, [...(grouped.get(name) ?? []), value]);
  grouped.set("Content-Length", [String(body.length)]);
  return Object.fromEntries(
    [...grouped].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? "") : values]),
  );
}

function pairsOf(raw: readonly string[]): HeaderList {
  return raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ""] as const] : []));
}
