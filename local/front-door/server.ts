import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { type HttpRequest, type HttpResponse, jsonResponse } from "../kernel/http-message";
import { defaultLimits, type ServerLimits } from "../kernel/limits";
import { readBody } from "./body";
import { refuseMalformed } from "./refusal";
import { writeResponse } from "./write-response";

export interface ListenOptions {
  /** Always the loopback interface: every access key is an administrator here, so nobody else may connect. */
  readonly host: "127.0.0.1";
  /** 0 for a free one. */
  readonly port: number;
  readonly handler: (request: HttpRequest) => Promise<HttpResponse>;
  /** Told of what the handler threw; the client gets a 500. */
  readonly onError: (error: unknown) => void;
  /** @default defaultLimits */
  readonly limits?: ServerLimits;
}

export interface ListeningServer {
  readonly port: number;
  /** Stops at once: open connections are cut, requests under way are aborted. */
  close(): Promise<void>;
}

/**
 * Serves HTTP/1.1 on the loopback interface. Whatever a client sends, the handler sees only whole, well-formed requests
 * of bounded size, and nothing a handler does ends the process.
 *
 * @throws ListenError when the port cannot be used
 */
export async function listen(options: ListenOptions): Promise<ListeningServer> {
  const limits = options.limits ?? defaultLimits;
  const server = createServer({
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: limits.checkIntervalMs,
    // Both are Node's defaults; stated because the defence against request smuggling hangs on them.
    insecureHTTPParser: false,
    requireHostHeader: true,
  });
  // Node would silently drop the headers after the 2,000th, hiding them from the web ACL; the size limit is enough.
  server.maxHeadersCount = 0;
  server.on("request", (message, response) => {
    answer(message, response, options, limits).catch(options.onError);
  });
  server.on("clientError", refuseMalformed);
  server.on("connect", (_request: IncomingMessage, socket: Socket) => {
    socket.on("error", () => socket.destroy());
    socket.end("HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  });
  const port = await bind(server, options);
  return { port, close: () => stop(server) };
}

async function answer(
  message: IncomingMessage,
  response: ServerResponse,
  options: ListenOptions,
  limits: ServerLimits,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const body = await readBody(message, limits.maxBodyBytes).catch(() => undefined);
  if (body === undefined) return;
  let result: HttpResponse;
  try {
    result = await options.handler(toRequest(message, body, gone.signal));
  } catch (error) {
    options.onError(error);
    result = jsonResponse(500, { message: "Internal server error" });
  }
  writeResponse(response, result, { close: body.length > limits.maxBodyBytes, onError: options.onError });
}

function toRequest(message: IncomingMessage, body: Buffer, signal: AbortSignal): HttpRequest {
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
    signal,
  };
}

function bind(server: Server, { host, port }: ListenOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.on("error", (error: NodeJS.ErrnoException) => reject(explain(error, port)));
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** A port that the runtime cannot have; the message is one line that says what to do. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}

function explain(error: NodeJS.ErrnoException, port: number): ListenError {
  const reasons: Record<string, string> = {
    EADDRINUSE: `port ${port} is in use; choose another with --port, or 0 for a free one`,
    EACCES: `port ${port} needs more rights; choose one above 1023 with --port, or 0 for a free one`,
  };
  return new ListenError(reasons[error.code ?? ""] ?? `cannot listen on port ${port}: ${error.message}`);
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
