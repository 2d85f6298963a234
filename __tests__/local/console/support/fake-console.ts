import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ConsoleState, Events, RequestSummary, Routes } from "../../../../local/console/contract";
import { buildPages } from "../../../../local/console/pages/build";
import { sampleMap } from "./sample-map";
import { sampleDetail, sampleLayers, sampleRequest } from "./sample-requests";

/** A server that answers as the contract says, without a deployment: as many requests as a test likes. */
export interface FakeConsole {
  readonly url: string;
  readonly requests: RequestSummary[];
  emit<K extends keyof Events>(name: K, data: Events[K]): void;
  /** How many pages follow the events. */
  streams(): number;
  /** Ends all streams, as a runtime that restarts. */
  breakStreams(): void;
  close(): Promise<void>;
}

const TOKEN = "fake";

export async function startFakeConsole({ requests: count = 0 } = {}): Promise<FakeConsole> {
  const pages = await buildPages();
  const requests = Array.from({ length: count }, (_, index) => sampleRequest(count - 1 - index));
  const streams = new Set<ServerResponse>();
  const state: ConsoleState = {
    runtime: "running",
    generation: 1,
    defences: { total: 41, off: [] },
    keepsMessages: false,
  };
  const routes = answers(requests);
  const server = createServer((message, response) => {
    const { pathname } = new URL(message.url ?? "/", "http://localhost");
    const page =
      pages.get(pathname) ?? (/^\/(api|assets)\//.test(pathname) ? undefined : pages.get("/index.html"));
    response.setHeader(
      "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'",
    );
    if (page !== undefined) {
      response.writeHead(200, { "Content-Type": page.contentType }).end(page.body);
    } else if (message.headers["x-console-token"] !== TOKEN) {
      response.writeHead(401, { "Content-Type": "application/json" }).end('{"error":{"message":"no token"}}');
    } else if (pathname === "/api/events") {
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      response.write(`event: state\ndata: ${JSON.stringify(state)}\n\n`);
      streams.add(response);
      response.on("close", () => streams.delete(response));
    } else {
      const data = routes(`${message.method} ${pathname}`);
      const body = data === undefined ? { error: { message: "not there" } } : { data };
      response.writeHead(data === undefined ? 404 : 200, { "Content-Type": "application/json" });
      response.end(JSON.stringify({ state, ...body }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/#${TOKEN}`,
    requests,
    emit: (name, data) => {
      for (const stream of streams) stream.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
    },
    streams: () => streams.size,
    breakStreams: () => {
      for (const stream of streams) stream.destroy();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answers(requests: readonly RequestSummary[]): (route: string) => unknown {
  const fixed: Partial<{ [K in keyof Routes]: Routes[K]["answer"] }> = {
    "GET /api/overview": {
      apis: ["SecureLambdaAPI"],
      environment: "development",
      invokeUrls: ["http://127.0.0.1:3000/development"],
      awsEndpointUrl: "http://127.0.0.1:3000",
      region: "eu-west-1",
      accountId: "123456789012",
      startedAt: 0,
      notEnforced: [],
      layers: sampleLayers,
      userPools: [],
      counts: { requests: 0, refused: 0, failed: 0 },
    },
    "GET /api/map": sampleMap(),
    "GET /api/try": { stages: ["development"], routes: [], people: [], apiKeys: [] },
    "GET /api/defences": [],
    "GET /api/defences/not-run": [
      {
        owasp: "API2:2023 Broken Authentication",
        threat: "A temporary password is found later",
        why: "takes a day to pass",
      },
    ],
    "GET /api/permissions": [],
    "GET /api/functions": [],
    "GET /api/messages": { topics: [], queues: [], recent: [] },
    "GET /api/inbox": [],
    "POST /api/aws": {},
  };
  return (route) => {
    if (route === "GET /api/requests") return requests;
    const id = /^GET \/api\/requests\/(.+)$/.exec(route)?.[1];
    const found = requests.find((request) => request.id === id);
    return found === undefined ? fixed[route as keyof Routes] : sampleDetail(found);
  };
}
