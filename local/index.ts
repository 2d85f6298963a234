import { startRuntime } from "./runtime";
import type { Runtime, RuntimeOptions } from "./runtime-options";
import { deploymentOf, type Source } from "./source";

export { DeploymentError } from "./deployment/attributes";
export type { Deployment } from "./deployment/deployment";
export { loadSynthesized } from "./load";
export type { Runtime, RuntimeOptions, RuntimeUserPool } from "./runtime-options";
export type { Source } from "./source";
export { loadStateFile } from "./state-file";

export type StartOptions = Source &
  Omit<RuntimeOptions, "deployment" | "port"> & {
    /** On the loopback interface. @default a free one */
    readonly port?: number;
  };

/**
 * Serves a deployment on the loopback interface and enforces what AWS would.
 *
 * @throws DeploymentError for what cannot be read, or would be served otherwise than on AWS; Error for a port that is taken
 */
export function start({ port = 0, ...options }: StartOptions = {}): Promise<Runtime> {
  return startRuntime({ ...options, port, deployment: deploymentOf(options) });
}
