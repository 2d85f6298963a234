import type { Deployment } from "./deployment/deployment";
import { loadSynthesized } from "./load";
import { loadStateFile } from "./state-file";

/** What is served: one of the three. */
export type Source =
  /** The folder that `cdktf synth` wrote. @default cdktf.out */
  | { readonly folder?: string }
  /** A Terraform state: what `terraform show -json` prints, or the state file. `root`: the folder from which Terraform ran. */
  | { readonly state: string; readonly root?: string }
  | { readonly deployment: Deployment };

/** @throws DeploymentError for what cannot be read */
export function deploymentOf(source: Source): Deployment {
  if ("deployment" in source) return source.deployment;
  if ("state" in source) return loadStateFile(source.state, source.root);
  return loadSynthesized(("folder" in source && source.folder) || "cdktf.out");
}
