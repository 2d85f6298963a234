import { DeploymentError } from "./deployment/attributes";
import type { Deployment } from "./deployment/deployment";
import { loadSynthesized } from "./load";
import { startRuntime } from "./runtime";
import type { Runtime, RuntimeOptions } from "./runtime-options";
import { loadStateFile } from "./state-file";

export type { Deployment } from "./deployment/deployment";
export type { Runtime, RuntimeOptions, RuntimeUserPool } from "./runtime-options";
export { DeploymentError, loadStateFile, loadSynthesized };

/** What is served: one of the three. */
export type Source =
  /** The folder that `cdktf synth` wrote, or one with a `cdk.tf.json`. @default cdktf.out */
  | { readonly folder?: string }
  /** A Terraform state: what `terraform show -json` prints, or the state file. `root`: the folder from which Terraform ran. */
  | { readonly state: string; readonly root?: string }
  | { readonly deployment: Deployment };

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

function deploymentOf(source: Source): Deployment {
  if ("deployment" in source) return source.deployment;
  if ("state" in source) return loadStateFile(source.state, source.root);
  return loadSynthesized(("folder" in source && source.folder) || "cdktf.out");
}
