import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { DeploymentError } from "./attributes";
import { isRecord } from "./expression/values";
import { readJsonFile } from "./json-file";

/** A stack as CDKTF wrote it, nothing evaluated. */
export interface SynthesizedStack {
  readonly name: string;
  /** Absolute; Terraform runs the stack from here. */
  readonly folder: string;
  /** The members of `cdk.tf.json`. */
  readonly json: Readonly<Record<string, unknown>>;
}

const REMEDY = "synthesize the stacks again with `npx cdktf synth`";

/**
 * Finds the stacks of a synthesized output folder: those its `manifest.json` names or, without one, each folder in
 * `stacks`.
 *
 * @throws DeploymentError for a folder that is not there or holds no stacks, and for broken JSON
 */
export function readSynthesizedFolder(folder: string): SynthesizedStack[] {
  const root = resolve(folder);
  if (!existsSync(root))
    throw new DeploymentError(`${root} is not there; ${REMEDY}, or name the folder that holds its output`);
  const manifest = join(root, "manifest.json");
  const stacks = existsSync(manifest) ? fromManifest(root, manifest) : fromFolders(root);
  if (stacks.length > 0) return stacks;
  throw new DeploymentError(
    `${root} holds no synthesized stacks (neither manifest.json nor stacks/<stack>/cdk.tf.json); ${REMEDY}, or name the folder that holds its output`,
  );
}

function fromManifest(root: string, file: string): SynthesizedStack[] {
  const manifest = readJsonFile(file, REMEDY);
  const stacks = isRecord(manifest) ? manifest.stacks : undefined;
  if (!isRecord(stacks)) throw new DeploymentError(`${file}: "stacks" is missing; ${REMEDY}`);
  return Object.entries(stacks).map(([name, stack]) => {
    if (!isRecord(stack) || typeof stack.synthesizedStackPath !== "string")
      throw new DeploymentError(`${file}: stack ${name} has no "synthesizedStackPath"; ${REMEDY}`);
    const folder = typeof stack.workingDirectory === "string" ? stack.workingDirectory : join("stacks", name);
    return readStack(name, join(root, folder), join(root, stack.synthesizedStackPath));
  });
}

function fromFolders(root: string): SynthesizedStack[] {
  const stacks = join(root, "stacks");
  if (!existsSync(stacks)) return [];
  return readdirSync(stacks)
    .sort()
    .filter((name) => existsSync(join(stacks, name, "cdk.tf.json")))
    .map((name) => readStack(name, join(stacks, name), join(stacks, name, "cdk.tf.json")));
}

function readStack(name: string, folder: string, file: string): SynthesizedStack {
  const json = readJsonFile(file, REMEDY);
  if (!isRecord(json)) throw new DeploymentError(`${file}: must hold an object; ${REMEDY}`);
  return { name, folder, json };
}
