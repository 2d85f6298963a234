import { resolve } from "node:path";
import { isObject } from "../kernel/json";
import { DeploymentError, type Value } from "./attributes";
import type { DeclaredStack } from "./declared-stack";

/**
 * The stack whose state a `terraform_remote_state` reads: the one whose own backend writes there, as Terraform would
 * find it. A relative path starts in the folder of the stack that names it, so that a backend which two stacks
 * understand differently fails here as it fails in Terraform.
 *
 * @throws DeploymentError when no stack of the folder writes that state
 */
export function findProducer(
  consumer: DeclaredStack,
  where: string,
  remote: Readonly<Record<string, Value>>,
  stacks: readonly DeclaredStack[],
): DeclaredStack {
  const wanted = locate(consumer.folder, remote.backend, remote.config);
  if (wanted === undefined)
    throw new DeploymentError(
      `${where}: reads a state of the backend ${JSON.stringify(remote.backend)}; the local runtime matches the backends local and s3`,
    );
  const producer = stacks.find(
    ({ folder, backend }) => locate(folder, backend.type, backend.config) === wanted,
  );
  if (producer !== undefined) return producer;
  const written = stacks.map(
    ({ name, folder, backend }) =>
      `${name} writes ${locate(folder, backend.type, backend.config) ?? backend.type}`,
  );
  throw new DeploymentError(
    `${where}: reads ${wanted}, which no stack of the folder writes (${written.join(", ")}); synthesize both stacks together, with a state path that is the same from both stacks' folders`,
  );
}

function locate(folder: string, type: unknown, config: unknown): string | undefined {
  const { path = "terraform.tfstate", bucket, key } = isObject(config) ? config : {};
  if (type === "local" && typeof path === "string") return resolve(folder, path);
  return type === "s3" && typeof bucket === "string" && typeof key === "string"
    ? `s3://${bucket}/${key}`
    : undefined;
}
