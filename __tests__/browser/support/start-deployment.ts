import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { PROJECT } from "../../../cli/common/project";
import { freePort } from "../../support/free-port";

declare global {
  /** The process that serves, for the teardown: jest runs both in one context. */
  var served: { readonly child: ChildProcess; readonly folder: string } | undefined;
}

/**
 * Serves the stacks once for all suites, as `npm start` does. `deployment()` tells a suite where. Two runs at once do not meet: redirect
 * URIs are compared as they are registered, so that each run registers ports of its own.
 */
export default async function startDeployment(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "secure-lambda-browser-"));
  process.env.BROWSER_TESTS_ENDPOINTS = path.join(folder, "endpoints.json");
  const ports = [await freePort(), await freePort()];
  process.env.CALLBACK_URLS = ports.map((port) => `http://localhost:${port}/callback`).join();
  const words = [
    "start",
    "--port",
    "0",
    "--callback",
    "on",
    "--json",
    "--endpoints-file",
    process.env.BROWSER_TESTS_ENDPOINTS,
  ];
  const child = spawn(
    process.execPath,
    ["--require", "./typescript.js", path.join(PROJECT, "cli", "main.ts"), ...words],
    {
      cwd: PROJECT,
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  globalThis.served = { child, folder };
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`npm start ended with ${code} before it served`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (JSON.parse(line).event === "started") resolve();
    });
  });
}
