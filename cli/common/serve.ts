import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import type { Deployment } from "../../local/deployment/deployment";
import { loadSynthesized } from "../../local/deployment/load-synthesized";
import { startRuntime } from "../../local/runtime";
import type { Runtime, RuntimeOptions } from "../../local/runtime-options";
import type { Endpoints } from "./endpoints";
import { randomPassword } from "./sign-in";
import { PROJECT, synthesize } from "./synthesize";

/** A served deployment with one user in each pool. */
export interface Served {
  readonly runtime: Runtime;
  readonly endpoints: Endpoints;
  /** Stops serving and removes what was synthesized for it. */
  stop(): Promise<void>;
}

/** The stacks, synthesized into a folder of their own, so that two runs at once do not meet. */
export async function synthesizeForServing(): Promise<{ deployment: Deployment; remove: () => void }> {
  const parent = path.join(PROJECT, ".local");
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(path.join(parent, "synthesized-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    await synthesize(folder);
    return { deployment: loadSynthesized(folder), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Serves a deployment and makes one confirmed user in each pool. */
export async function serve(options: RuntimeOptions, remove: () => void = () => {}): Promise<Served> {
  let runtime: Runtime;
  try {
    runtime = await startRuntime(options);
  } catch (error) {
    remove();
    throw error;
  }
  const stop = async () => {
    await runtime.close();
    remove();
  };
  try {
    const userPools = runtime.userPools.map((pool) => {
      const user = { email: `${pool.name.toLowerCase()}@example.com`, password: randomPassword() };
      runtime.createUser(pool.id, user);
      return { ...pool, user };
    });
    const { awsEndpointUrl, region } = runtime;
    const endpoints = {
      pid: process.pid,
      invokeUrl: runtime.invokeUrls[0] ?? awsEndpointUrl,
      awsEndpointUrl,
      region,
      userPools,
    };
    return { runtime, endpoints, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
