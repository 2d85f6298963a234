import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { SelfSigned } from "./self-signed";

/** The settings with which `GET /rates/{currency}` is there; nobody answers at this address. */
export const RATES_ON = { RATES_PROVIDER_URL: "http://localhost:9/api", API_CLIENTS: "partner" };

/** What the provider says when it behaves. */
export const RATES = {
  disclaimer: "not kept",
  base: "USD",
  timestamp: 1_767_225_600,
  rates: { EUR: 0.92, GBP: 0.79 },
};

/** What a provider might say about itself, and nobody else should hear. */
export const PROVIDER_SECRET = "provider-internals-hunter2";

export type Behaviour = RequestListener;

const json =
  (body: unknown, status = 200, type = "application/json; charset=utf-8"): Behaviour =>
  (_request, response) => {
    response.writeHead(status, { "Content-Type": type });
    response.end(typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  };

/** The ways of a provider, good and bad. */
export const behaviours = {
  good: json(RATES),
  error: json({ message: PROVIDER_SECRET }, 500),
  unavailable: json({ message: PROVIDER_SECRET }, 503),
  refusesTheKey: json({ message: PROVIDER_SECRET }, 401),
  redirectTo:
    (location: string): Behaviour =>
    (_request, response) =>
      response.writeHead(302, { Location: location, "Content-Type": "application/json" }).end("{}"),
  huge: (_request, response) => {
    response.writeHead(200, { "Content-Type": "application/json" });
    const more = () => {
      while (response.write(`"${"x".repeat(16_384)}",`));
      response.once("drain", more);
    };
    response.write("[");
    more();
  },
  silent: () => {},
  drips: (_request, response) => {
    response.writeHead(200, { "Content-Type": "application/json" });
    response.write('{"base":');
  },
  hangsUp: ({ socket }: IncomingMessage) => {
    socket.destroy();
  },
  hangsUpHalfWay: (request, response) => {
    response.writeHead(200, { "Content-Type": "application/json", "Content-Length": "1000" });
    response.write('{"base":"USD"', () => request.socket.destroy());
  },
  html: json(JSON.stringify(RATES), 200, "text/html"),
  compressed: (_request, response) => {
    response.writeHead(200, { "Content-Type": "application/json", "Content-Encoding": "gzip" });
    response.end(Buffer.alloc(64));
  },
  manyHeaders: (_request, response) => {
    response.writeHead(200, { "Content-Type": "application/json", "X-Filler": "x".repeat(32_768) });
    response.end(JSON.stringify(RATES));
  },
  notJson: json("{"),
  notUtf8: json(Buffer.from([0x22, 0xff, 0x22])),
  says: (body: unknown): Behaviour => json(body),
} satisfies Record<string, Behaviour | ((argument: never) => Behaviour)>;

/** A provider of exchange rates on the loopback interface, which does what the test says. */
export class RatesProvider {
  behaviour: Behaviour = behaviours.good;
  /** The path and the `Authorization` of each request. */
  readonly requests: { readonly path: string | undefined; readonly key: string | undefined }[] = [];

  private constructor(
    private readonly server: Server,
    private readonly scheme: string,
  ) {}

  static async start(tls?: SelfSigned): Promise<RatesProvider> {
    const answer: RequestListener = (request, response) => {
      provider.requests.push({ path: request.url, key: request.headers.authorization });
      // A client that ends the connection is what some of the tests are about.
      response.on("error", () => {});
      provider.behaviour(request, response);
    };
    const server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer);
    const provider: RatesProvider = new RatesProvider(server, tls === undefined ? "http" : "https");
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return provider;
  }

  /** Its API, by the name `localhost`. */
  get url(): string {
    const address = this.server.address();
    if (address === null || typeof address === "string") throw new Error("the provider is not listening");
    return `${this.scheme}://localhost:${address.port}/api`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
