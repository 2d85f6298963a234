import { startRuntime } from "../../local/runtime";
import type { Runtime, RuntimeOptions } from "../../local/runtime-options";
import { randomPassword } from "../common/credentials";
import type { Endpoints } from "../common/endpoints";

/** A served deployment with one user in each pool. */
export interface Served {
  readonly runtime: Runtime;
  readonly endpoints: Endpoints;
  /** Stops serving and removes what was synthesized for it. */
  stop(): Promise<void>;
}

/** What is told of it at the start. */
export interface Shown extends Pick<Served, "endpoints"> {
  readonly runtime: Pick<Runtime, "warnings">;
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
