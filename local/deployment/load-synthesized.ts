import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { isObject } from "../kernel/json";
import { DeploymentError } from "./attributes";
import { declareStack, type SynthesizedStack } from "./declared-stack";
import { Deployment } from "./deployment";
import { readJsonFile } from "./json-file";
import type { ResourceType } from "./resource-type";
import { StackResolver } from "./stack-resolver";

/** The account of AWS's own examples: no state, no account of anybody. */
const LOCAL_ACCOUNT_ID = "123456789012";

const REMEDY = "synthesize the stacks again with `npx cdktf synth`";

/**
 * The deployment that a synthesized output folder (`cdktf.out`) describes, every reference in it resolved: also those
 * from stack to stack. What AWS would assign (ids, keys) follows from the address, so it is the same in every run.
 *
 * @throws DeploymentError naming the resource's address, for whatever cannot be resolved
 */
export function loadSynthesized(folder: string, types: readonly ResourceType[]): Deployment {
  const stacks = readSynthesizedFolder(folder).map(declareStack);
  const resolver = new StackResolver(stacks, LOCAL_ACCOUNT_ID, types);
  for (const stack of stacks) resolver.checkLocals(stack);
  return new Deployment(
    resolver.region(),
    LOCAL_ACCOUNT_ID,
    Object.fromEntries(stacks.map(({ name, folder: stackFolder }) => [name, stackFolder])),
    resolver.resources(),
    Object.fromEntries(stacks.map((stack) => [stack.name, resolver.outputs(stack)])),
  );
}

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
  const stacks = isObject(manifest) ? manifest.stacks : undefined;
  if (!isObject(stacks)) throw new DeploymentError(`${file}: "stacks" is missing; ${REMEDY}`);
  return Object.entries(stacks).map(([name, stack]) => {
    if (!isObject(stack) || typeof stack.synthesizedStackPath !== "string")
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
  if (!isObject(json)) throw new DeploymentError(`${file}: must hold an object; ${REMEDY}`);
  return { name, folder, json };
}
