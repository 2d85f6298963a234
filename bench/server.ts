import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { loadSynthesized } from "../local/load";
import { startRuntime } from "../local/runtime";

/** What the process tells the benchmark. */
export type Report =
  | {
      readonly kind: "runtime";
      readonly port: number;
      readonly userPools: { readonly id: string; readonly clientId: string }[];
    }
  | { readonly kind: "plain"; readonly port: number }
  | { readonly kind: "memory"; readonly heapBytes: number; readonly rssBytes: number };

/** Serves a synthesized folder (or, without one, a bare 401 as the yardstick) and tells its memory when asked. */
async function main(folder: string | undefined): Promise<void> {
  process.on("message", () => {
    globalThis.gc?.();
    const { heapUsed, rss } = process.memoryUsage();
    tell({ kind: "memory", heapBytes: heapUsed, rssBytes: rss });
  });
  if (folder === undefined) {
    const server = createServer((request, response) => {
      request.resume();
      request.on("end", () =>
        response.writeHead(401, { "Content-Type": "application/json" }).end('{"message":"Unauthorized"}'),
      );
    });
    server.listen(0, "127.0.0.1", () =>
      tell({ kind: "plain", port: (server.address() as AddressInfo).port }),
    );
    return;
  }
  const runtime = await startRuntime({ deployment: loadSynthesized(folder), port: 0 });
  for (const pool of runtime.userPools) runtime.createUser(pool.id, BENCH_USER);
  tell({ kind: "runtime", port: runtime.port, userPools: [...runtime.userPools] });
}

export const BENCH_USER = { email: "bench@example.com", password: "correct-Horse-7-battery" };

function tell(report: Report): void {
  process.send?.(report);
}

if (require.main === module) void main(process.argv[2]);
