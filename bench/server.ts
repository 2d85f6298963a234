import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Host } from "../local/console/host";
import { openConsole } from "../local/console/server";
import { loadSynthesized } from "../local/load";
import { startRuntime } from "../local/runtime";
import type { Runtime } from "../local/runtime-options";

/** What is served: a synthesized folder, or `undefined` for the yardstick, a bare 401. */
export interface Serving {
  readonly folder?: string | undefined;
  /** Whether there is a console beside it, which nobody has opened. */
  readonly console: boolean;
}

/** What the process tells the benchmark. */
export type Report =
  | {
      readonly kind: "ready";
      readonly port: number;
      readonly userPools: readonly { readonly id: string; readonly clientId: string }[];
      /** CPU time from reading the folder until the port was open. */
      readonly loadedMs: number;
    }
  | { readonly kind: "memory"; readonly heapBytes: number };

export const BENCH_USER = { email: "bench@example.com", password: "correct-Horse-7-battery" };

/** Serves, and tells its memory when asked. */
async function main({ folder, console: withConsole }: Serving): Promise<void> {
  // With the benchmark, however that ends.
  process.once("disconnect", () => process.exit());
  process.on("message", () => {
    globalThis.gc?.();
    tell({ kind: "memory", heapBytes: process.memoryUsage().heapUsed });
  });
  if (folder === undefined) {
    tell({ kind: "ready", port: await serveBare(), userPools: [], loadedMs: 0 });
    return;
  }
  const before = process.cpuUsage();
  const runtime = withConsole
    ? await consoleBeside(folder)
    : await startRuntime({ deployment: loadSynthesized(folder), port: 0 });
  const { user, system } = process.cpuUsage(before);
  for (const pool of runtime.userPools) runtime.createUser(pool.id, BENCH_USER);
  const loadedMs = (user + system) / 1000;
  tell({ kind: "ready", port: runtime.port, userPools: [...runtime.userPools], loadedMs });
}

/** An answer like the edge's to a request without a token, after the body has been read. */
async function serveBare(): Promise<number> {
  const server = createServer((request, response) => {
    request
      .resume()
      .once("end", () =>
        response.writeHead(401, { "Content-Type": "application/json" }).end('{"message":"Unauthorized"}'),
      );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

async function consoleBeside(folder: string): Promise<Runtime> {
  const host = await Host.start({ deployment: loadSynthesized(folder), port: 0 });
  const pages = () => Promise.reject(new Error("nobody opens the console"));
  await openConsole({ host, pages, onError: raise, token: "bench", port: 0 });
  return host.runtime;
}

function raise(error: unknown): never {
  throw error;
}

function tell(report: Report): void {
  process.send?.(report);
}

if (require.main === module) void main(JSON.parse(process.argv[2] ?? "{}"));
