import { once } from "node:events";
import { createServer, type Server } from "node:http";
import path from "node:path";
import { build } from "esbuild";

/** What an app is configured with. */
export interface AppConfig {
  readonly poolId: string;
  readonly clientId: string;
  /** Of Cognito's API. */
  readonly endpoint: string;
  /** Of the login page, without the scheme. */
  readonly domain: string;
  readonly issuer: string;
  readonly discovery: string;
  /** The app's own addresses, as registered. */
  readonly callback: string;
  readonly signedOut: string;
}

/** Serves an app of `apps/` at its callback, as its developer's server would; each of its addresses is the same page. */
export class AppServer {
  private constructor(private readonly server: Server) {}

  static async start(app: string, config: AppConfig): Promise<AppServer> {
    const { outputFiles } = await build({
      entryPoints: [path.join(__dirname, "..", "apps", `${app}.ts`)],
      bundle: true,
      format: "iife",
      target: "es2022",
      write: false,
      logLevel: "silent",
      // identity-js has it in a dependency of its own, as every bundler of pages defines it.
      define: { global: "globalThis" },
    });
    const script = outputFiles[0]?.text ?? "";
    const document = `<!doctype html><title>app</title><script>CONFIG=${JSON.stringify(config)}</script><script src="/app.js"></script>`;
    const server = createServer((request, response) => {
      const isScript = request.url === "/app.js";
      response.setHeader("Content-Type", isScript ? "text/javascript" : "text/html; charset=utf-8");
      response.end(isScript ? script : document);
    });
    server.listen(Number(new URL(config.callback).port), "localhost");
    await once(server, "listening");
    return new AppServer(server);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
