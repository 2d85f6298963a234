import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { AwsError } from "../kernel/aws-error";
import { isObject, parseJson } from "../kernel/json";
import type { ConsoleError, ConsoleState, PageFiles } from "./contract";
import { EventStreams } from "./event-streams";
import { isCall, refusalOf, SECURITY_HEADERS } from "./guard";
import type { Host } from "./host";
import { type Call, CallError } from "./routes/call";
import { findRoute } from "./routes/index";
import { createView, stateOf, type View } from "./view";

export interface ConsoleOptions {
  readonly host: Host;
  /** On the loopback interface. @default three after the runtime's if that is free, else any */
  readonly port?: number | undefined;
  /** @default a new one */
  readonly token?: string | undefined;
  /** Makes the pages, once, when one is opened first. */
  readonly pages: () => Promise<PageFiles>;
  /** Told of what went wrong inside. */
  readonly onError: (error: unknown) => void;
}

export interface Console {
  /** With the token in its fragment, which a browser sends to nobody. */
  readonly url: string;
  readonly port: number;
  /** What the page sends with each call. */
  readonly token: string;
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 1_048_576;

/**
 * Serves the console on a port of its own on the loopback interface, to its own page alone (see `guard.ts`). Nothing of it is
 * reachable through the API's stage. While no page is open it listens to nothing that happens in the runtime.
 *
 * @throws Error for a port that it cannot have
 */
export async function openConsole(options: ConsoleOptions): Promise<Console> {
  const { host, token = randomBytes(24).toString("base64url") } = options;
  const view = createView(host);
  const streams = new EventStreams(view);
  const pages = once(options.pages);
  const server = createServer((message, response) => {
    answer(message, response).catch((error: unknown) => {
      options.onError(error);
      if (!response.headersSent) sendJson(response, 500, { error: { message: "internal error" } }, view);
      else response.destroy();
    });
  });

  const answer = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    const refusal = refusalOf(message, portOf(server), token);
    if (refusal !== undefined) {
      // Who has no business here learns nothing of the state.
      response.writeHead(refusal.status, { "Content-Type": "application/json" });
      response.end(JSON.stringify({ error: { message: refusal.message } }));
      return;
    }
    if (!isCall(message)) return sendPage(message, response, await pages());
    const { pathname, searchParams } = new URL(message.url ?? "/", "http://localhost");
    if (pathname === "/api/events" && message.method === "GET") return streams.open(response, searchParams);
    try {
      const found = findRoute(message.method ?? "", pathname);
      if (found === undefined)
        throw new CallError(404, `${message.method} ${pathname} is not a route of the console`);
      const call: Call = {
        view,
        query: searchParams,
        parameters: found.parameters,
        input: await readInput(message),
      };
      // A restart takes some tenths of a second, in which nothing could be asked or sent.
      await host.ready();
      sendJson(response, 200, { data: await found.handle(call) }, view);
    } catch (error) {
      const failure = failureOf(error);
      if (failure === undefined) throw error;
      sendJson(response, failure.status, { error: failure.error }, view);
    }
  };

  await listen(server, options.port, host.runtime.port);
  const port = portOf(server);
  return {
    url: `http://127.0.0.1:${port}/#${token}`,
    port,
    token,
    close: () =>
      new Promise((resolve) => {
        streams.close();
        view.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

function failureOf(error: unknown): { readonly status: number; readonly error: ConsoleError } | undefined {
  if (error instanceof CallError) return { status: error.status, error: { message: error.message } };
  if (error instanceof AwsError) return { status: 502, error: { message: error.message, code: error.code } };
  return undefined;
}

function sendJson(response: ServerResponse, status: number, body: object, view: View): void {
  const state: ConsoleState = stateOf(view);
  response.writeHead(status, { "Content-Type": "application/json; charset=utf-8" });
  response.end(JSON.stringify({ state, ...body }));
}

function sendPage(message: IncomingMessage, response: ServerResponse, pages: PageFiles): void {
  const { pathname } = new URL(message.url ?? "/", "http://localhost");
  const file =
    pages.get(pathname) ?? (pathname.startsWith("/assets/") ? undefined : pages.get("/index.html"));
  if (file === undefined) {
    response.writeHead(404, { "Content-Type": "text/plain" }).end("not found");
    return;
  }
  response.writeHead(200, { "Content-Type": file.contentType, "Content-Length": file.body.length });
  response.end(message.method === "HEAD" ? undefined : file.body);
}

async function readInput(message: IncomingMessage): Promise<Record<string, unknown>> {
  if (message.method !== "POST") return {};
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw new CallError(400, "the body is larger than 1 MB");
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString("utf8");
  const parsed = parseJson(text === "" ? "{}" : text);
  if (!isObject(parsed)) throw new CallError(400, "the body must be a JSON object");
  return parsed;
}

/**
 * The port that was asked for; else three after the runtime's, so that it is the same from day to day and keeps clear of the
 * two that sign-ins come back to by default; else any.
 */
async function listen(server: Server, asked: number | undefined, runtimePort: number): Promise<void> {
  try {
    await bind(server, asked ?? runtimePort + 3);
  } catch (error) {
    if (asked !== undefined) {
      const why = error instanceof Error && "code" in error ? error.code : error;
      throw new ConsolePortError(
        `the console cannot have port ${asked} (${why}); choose another with --console-port, or 0 for a free one`,
      );
    }
    await bind(server, 0);
  }
}

/** The message is one line that says what to do. */
export class ConsolePortError extends Error {
  override readonly name = "ConsolePortError";
}

function bind(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return address !== null && typeof address === "object" ? (address satisfies AddressInfo).port : 0;
}
