import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { DeploymentError } from "../../deployment/attributes";
import type { Deployment, Resource } from "../../deployment/deployment";

/**
 * The absolute path of the folder that goes into a function's archive: what Lambda would unpack.
 *
 * @param fn an `aws_lambda_function`
 * @throws DeploymentError when no `archive_file` of its stack makes that archive from a folder that is there
 */
export function functionCodeFolder(deployment: Deployment, fn: Resource): string {
  const filename = fn.string("filename");
  const archive = deployment
    .ofType("data.archive_file")
    .find(({ stack, values }) => stack === fn.stack && values.output_path === filename);
  const folder = archive?.optionalString("source_dir");
  if (folder !== undefined) return existing(fn, resolve(deployment.stackFolder(fn.stack), folder));
  const found = archive === undefined ? "no archive_file makes it" : `${archive.address} has no source_dir`;
  throw new DeploymentError(
    `${fn.address} (stack ${fn.stack}): the local runtime runs the folder that filename ${filename} is made from, and ${found}; make it with the data source archive_file and its source_dir`,
  );
}

/** A state outlives the folders that were deployed from. */
function existing(fn: Resource, folder: string): string {
  if (existsSync(folder)) return folder;
  throw new DeploymentError(
    `${fn.address} (stack ${fn.stack}): its code's folder ${folder} is not there; synthesize the stacks again: npm run synth`,
  );
}
