import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { UserError } from "../kernel/user-error";
import type { Calls } from "./calls";
import type { PageFiles } from "./contract";
import { isCall, refusalOf, SECURITY_HEADERS } from "./guard";
import type { Host } from "./host";

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

/**
 * Serves the console on a port of its own on the loopback interface, to its own page alone (see `guard.ts`). Nothing of it is
 * reachable through the API's stage. While no page is open it listens to nothing that happens in the runtime.
 *
 * @throws Error for a port that it cannot have
 */
export async function openConsole(options: ConsoleOptions): Promise<Console> {
  const { host, token = randomBytes(24).toString("base64url") } = options;
  const pages = once(options.pages);
  let calls: Calls | undefined;
  const loadCalls = async () => {
    const loaded = await import("./calls");
    calls ??= new loaded.Calls(host);
    return calls;
  };
  const server = createServer((message, response) => {
    answer(message, response).catch((error: unknown) => {
      options.onError(error);
      if (!response.headersSent) refuse(response, 500, "internal error");
      else if (!response.writableEnded) response.destroy();
    });
  });

  const answer = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    const refusal = refusalOf(message, portOf(server), token);
    // A caller without the token learns nothing of the state.
    if (refusal !== undefined) return refuse(response, refusal.status, refusal.message);
    if (!isCall(message)) return sendPage(message, response, await pages());
    return (await loadCalls()).answer(message, response);
  };

  await listen(server, options.port, host.runtime.port);
  const port = portOf(server);
  return {
    url: `http://127.0.0.1:${port}/#${token}`,
    port,
    token,
    close: () =>
      new Promise((resolve) => {
        calls?.close();
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

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify({ error: { message } }));
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
class ConsolePortError extends UserError {
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
