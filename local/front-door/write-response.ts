import type { ServerResponse } from "node:http";
import { type HttpResponse, jsonResponse } from "../kernel/http-message";

/** Headers that describe the connection, not the answer: the server sets them, whatever a function returned. */
const connectionHeaders = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

export interface WriteOptions {
  /** Close the connection behind the answer. */
  readonly close: boolean;
  readonly onError: (error: unknown) => void;
}

/**
 * Writes an answer whose framing is always right. One that HTTP cannot carry (a line break in a header, a status of 99)
 * becomes a 500, so that no header of a function can split the response.
 */
export function writeResponse(response: ServerResponse, result: HttpResponse, options: WriteOptions): void {
  if (response.destroyed) return;
  try {
    response.writeHead(result.status, framed(result, options.close));
  } catch (error) {
    options.onError(error);
    const substitute = jsonResponse(500, { message: "Internal server error" });
    response.writeHead(substitute.status, framed(substitute, true));
    response.end(substitute.body);
    return;
  }
  response.end(result.body);
}

function framed(result: HttpResponse, close: boolean): string[] {
  const headers = result.headers.filter(([name]) => !connectionHeaders.has(name.toLowerCase())).flat();
  if (result.status !== 204 && result.status !== 304)
    headers.push("Content-Length", String(result.body.length));
  if (close) headers.push("Connection", "close");
  return headers;
}
