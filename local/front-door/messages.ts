import type { IncomingMessage, ServerResponse } from "node:http";
import { TLSSocket } from "node:tls";
import { type HttpRequest, type HttpResponse, jsonResponse } from "../kernel/http-message";

/**
 * Reads a whole request; `undefined` for one whose client is gone before its end.
 *
 * @param signal aborted when the client is gone before its answer
 */
export async function readRequest(
  message: IncomingMessage,
  maxBodyBytes: number,
  signal: AbortSignal,
): Promise<HttpRequest | undefined> {
  const body = await readBody(message, maxBodyBytes).catch(() => undefined);
  if (body === undefined) return undefined;
  const headers: [string, string][] = [];
  for (let index = 0; index < message.rawHeaders.length; index += 2) {
    headers.push([message.rawHeaders[index] ?? "", message.rawHeaders[index + 1] ?? ""]);
  }
  return {
    method: message.method ?? "",
    target: message.url ?? "",
    httpVersion: message.httpVersion,
    headers,
    body,
    sourceIp: message.socket.remoteAddress ?? "",
    localPort: message.socket.localPort ?? 0,
    isSecure: message.socket instanceof TLSSocket,
    signal,
  };
}

/**
 * How much of a body that is too large is read and thrown away, as a multiple of the limit. Closing a connection on
 * unread data resets it, and many clients then report the reset instead of the 413 that was sent before.
 */
const discardFactor = 4;

/**
 * Reads a request's body and never keeps more than `maxBytes + 1` bytes of it: one byte over the limit is what a caller
 * sees of any larger body.
 *
 * @throws when the client is gone before the body's end
 */
function readBody(message: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let kept = 0;
  let received = 0;
  return new Promise((resolve, reject) => {
    const finish = () => resolve(Buffer.concat(chunks, kept));
    message.on("data", (chunk: Buffer) => {
      received += chunk.length;
      const wanted = chunk.subarray(0, maxBytes + 1 - kept);
      if (wanted.length > 0) chunks.push(wanted);
      kept += wanted.length;
      if (received <= maxBytes * discardFactor) return;
      message.pause();
      finish();
    });
    message.once("end", finish);
    message.once("error", reject);
    message.once("close", () => {
      if (!message.complete) reject(new Error("the client closed the connection before the end of the body"));
    });
  });
}

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
  /** Close the connection after the answer. */
  readonly close: boolean;
  /** How long the client may take to receive the answer. */
  readonly timeoutMs: number;
  readonly onError: (error: unknown) => void;
}

/**
 * Writes an answer whose framing is always right. One that HTTP cannot carry (a line break in a header, a status of 99)
 * becomes a 500, so that no header of a function can split the response. A client that does not read is cut off.
 */
export function writeResponse(response: ServerResponse, result: HttpResponse, options: WriteOptions): void {
  if (response.destroyed) return;
  const timer = setTimeout(() => response.destroy(), options.timeoutMs).unref();
  response.once("close", () => clearTimeout(timer));
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
