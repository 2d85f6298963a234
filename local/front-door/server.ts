import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Server as NetServer,
  type Socket,
} from "node:net";
import type { Duplex } from "node:stream";
import { type HttpRequest, type HttpResponse, jsonResponse } from "../kernel/http-message";
import { defaultLimits, type ServerLimits } from "../kernel/limits";
import { UserError } from "../kernel/user-error";
import { readRequest, writeResponse } from "./messages";

export interface ListenOptions {
  /** Always the loopback interface: every access key is an administrator here, so nobody else may connect. */
  readonly host: "127.0.0.1" | "::1";
  /** 0 for a free one. */
  readonly port: number;
  readonly handler: (request: HttpRequest) => Promise<HttpResponse>;
  /** Told of what the handler threw; the client gets a 500. */
  readonly onError: (error: unknown) => void;
  /** @default defaultLimits */
  readonly limits?: ServerLimits;
  /** In PEM: the port then takes TLS as well. @default plain HTTP alone */
  readonly tls?: TlsCertificate | undefined;
}

export interface TlsCertificate {
  readonly key: string;
  readonly cert: string;
}

export interface ListeningServer {
  readonly port: number;
  /** Stops at once: open connections are cut, requests under way are aborted. */
  close(): Promise<void>;
}

/**
 * Serves HTTP/1.1 on the loopback interface, where that is wanted over TLS on the same port as well. Whatever a client sends, the handler sees only whole, well-formed requests
 * of bounded size, and nothing a handler does ends the process.
 *
 * @throws ListenError when the port cannot be used
 */
export async function listen(options: ListenOptions): Promise<ListeningServer> {
  const limits = options.limits ?? defaultLimits;
  const settings = {
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: limits.checkIntervalMs,
    // Both are Node's defaults; stated because the defence against request smuggling hangs on them.
    insecureHTTPParser: false,
    requireHostHeader: true,
  };
  const plain = prepare(createServer(settings), options, limits);
  if (options.tls === undefined) {
    const port = await bind(plain, options);
    return { port, close: () => stop(plain, [plain]) };
  }
  const secure = prepare(createTlsServer({ ...settings, ...options.tls }), options, limits);
  const both = [plain, secure];
  const waiting = new Set<Socket>();
  const front = createTcpServer((socket) => {
    waiting.add(socket);
    socket.once("close", () => waiting.delete(socket));
    tellApart(socket, plain, secure, limits.headersTimeoutMs);
  });
  // A server of Node's checks the times of its connections from when it listens; these two do not listen by themselves.
  for (const server of both) server.emit("listening");
  const port = await bind(front, options);
  return {
    port,
    close: async () => {
      for (const socket of waiting) socket.destroy();
      await stop(front, both);
      for (const server of both) server.close();
    },
  };
}

function prepare(server: Server, options: ListenOptions, limits: ServerLimits): Server {
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
  return server;
}

/** The first byte of TLS: a record of its handshake (RFC 8446, section 5.1). No HTTP request begins so. */
const TLS_HANDSHAKE = 22;

/** Gives a connection to the server whose protocol it speaks, once its first bytes are there. */
function tellApart(socket: Socket, plain: Server, secure: Server, patienceMs: number): void {
  const give = () => socket.destroy();
  socket.setTimeout(patienceMs, give);
  socket.once("error", give);
  socket.once("data", (bytes: Buffer) => {
    socket.setTimeout(0);
    socket.off("timeout", give);
    socket.off("error", give);
    socket.pause();
    socket.unshift(bytes);
    const server = bytes[0] === TLS_HANDSHAKE ? secure : plain;
    server.emit("connection", socket);
    // Whoever has it now reads on; the HTTP parser takes what is there only from a stream that flows.
    if (server === plain) process.nextTick(() => socket.resume());
  });
}

async function answer(
  message: IncomingMessage,
  response: ServerResponse,
  options: ListenOptions,
  limits: ServerLimits,
): Promise<void> {
  const gone = new AbortController();
  const abort = () => gone.abort();
  response.once("close", abort);
  // A connection that is cut finishes the answer, too. An abort without anybody to hear it takes as long as the layers.
  response.once("finish", () => {
    if (!response.destroyed && !message.socket.destroyed) response.off("close", abort);
  });
  const request = await readRequest(message, limits.maxBodyBytes, gone.signal);
  if (request === undefined) return;
  let result: HttpResponse;
  try {
    result = await options.handler(request);
  } catch (error) {
    options.onError(error);
    result = jsonResponse(500, { message: "Internal server error" });
  }
  writeResponse(response, result, {
    close: request.body.length > limits.maxBodyBytes,
    timeoutMs: limits.responseTimeoutMs,
    onError: options.onError,
  });
}

const REFUSALS: Record<string, string> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

/**
 * Answers what is not an HTTP request (a smuggling shape, headers without end, a client that is too slow) and closes the
 * connection: after a framing error nobody can say where the next request starts. The body is empty, since what API
 * Gateway's front end puts there is not documented.
 */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = REFUSALS[error.code ?? ""] ?? "400 Bad Request";
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}

function bind(server: NetServer, { host, port }: ListenOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.on("error", (error: NodeJS.ErrnoException) => reject(explain(error, port)));
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** A port that the runtime cannot have; the message is one line that says what to do. */
export class ListenError extends UserError {
  override readonly name = "ListenError";

  constructor(
    message: string,
    /** Node's: `EADDRINUSE`. */
    readonly code?: string,
  ) {
    super(message);
  }
}

function explain(error: NodeJS.ErrnoException, port: number): ListenError {
  const reasons: Record<string, string> = {
    EADDRINUSE: `port ${port} is in use; choose another with --port, or 0 for a free one`,
    EACCES: `port ${port} needs more rights; choose one above 1023 with --port, or 0 for a free one`,
  };
  const reason = reasons[error.code ?? ""] ?? `cannot listen on port ${port}: ${error.message}`;
  return new ListenError(reason, error.code);
}

function stop(listening: NetServer, serving: readonly Server[]): Promise<void> {
  return new Promise((resolve) => {
    listening.close(() => resolve());
    for (const server of serving) server.closeAllConnections();
  });
}
