import path from "node:path";
import type { Deployment } from "../../local/deployment/deployment";
import { loadSynthesized } from "../../local/load";
import { startRuntime } from "../../local/runtime";
import type { Runtime, RuntimeOptions } from "../../local/runtime-options";
import type { CommandContext } from "./command";
import { randomPassword } from "./credentials";
import type { Endpoints } from "./endpoints";
import { makeSynthesisFolder } from "./synthesis-folder";
import { synthesize } from "./synthesize";

/** A served deployment with one user in each pool. */
export interface Served {
  readonly runtime: Runtime;
  readonly endpoints: Endpoints;
  /** Stops serving and removes what was synthesized for it. */
  stop(): Promise<void>;
}

/**
 * The stacks, synthesized into a folder of their own below the checkout's `.local`.
 *
 * @throws the signal's reason when it is aborted; nothing is left behind
 */
export async function synthesizeForServing({
  project,
  signal,
}: Pick<CommandContext, "project" | "signal">): Promise<{ deployment: Deployment; remove: () => void }> {
  const { folder, remove } = makeSynthesisFolder(path.join(project, ".local"));
  try {
    await synthesize(folder, {}, signal);
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
