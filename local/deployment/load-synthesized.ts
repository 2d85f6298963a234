import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { isObject } from "../kernel/json";
import { DeploymentError } from "./attributes";
import { declareStack, type SynthesizedStack } from "./declared-stack";
import { Deployment } from "./deployment";
import type { ResourceType } from "./resource-type";
import { StackResolver } from "./stack-resolver";

/** The account of AWS's own examples: no state, no account of anybody. */
const LOCAL_ACCOUNT_ID = "123456789012";

const REMEDY = "synthesize the stacks again with `npx cdktf synth`";

/**
 * The deployment that synthesized stacks describe, every reference in them resolved: also those from stack to stack. What AWS
 * would assign (ids, keys) follows from the address, so it is the same in every run.
 *
 * @throws DeploymentError naming the resource's address, for whatever cannot be resolved
 */
export function loadStacks(
  synthesized: readonly SynthesizedStack[],
  types: readonly ResourceType[],
): Deployment {
  const stacks = synthesized.map(declareStack);
  const resolver = new StackResolver(stacks, LOCAL_ACCOUNT_ID, types);
  for (const stack of stacks) resolver.checkLocals(stack);
  return new Deployment(
    resolver.region(),
    LOCAL_ACCOUNT_ID,
    Object.fromEntries(stacks.map(({ name, folder: stackFolder }) => [name, stackFolder])),
    resolver.resources(),
    Object.fromEntries(stacks.map((stack) => [stack.name, resolver.outputs(stack)])),
    stacks.flatMap(({ conditions }) => conditions),
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

/**
 * Reads a file of JSON.
 *
 * @param remedy what to do when the file is not there or broken, as a clause: `run npx cdktf synth`
 * @throws DeploymentError in one line, for broken JSON with line and column
 */
function readJsonFile(path: string, remedy: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const code = isObject(error) ? error.code : undefined;
    throw new DeploymentError(`cannot read ${path}: ${code ?? error}; ${remedy}`);
  }
  try {
    return JSON.parse(text);
  } catch {
    const before = text.slice(0, validPrefix(text));
    const line = before.split("\n").length;
    const column = before.length - before.lastIndexOf("\n");
    const found = text.length === before.length ? "the file ends there" : excerpt(text, before.length);
    throw new DeploymentError(`${path}:${line}:${column}: not JSON, ${found}; ${remedy}`);
  }
}

function excerpt(text: string, position: number): string {
  return `${JSON.stringify(text.slice(position, position + 12))} is not expected there`;
}

const SPACE = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** How much of a broken text is JSON. The messages of Node.js do not all say where the text breaks. */
function validPrefix(text: string): number {
  let position = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = position;
    const matched = pattern.exec(text)?.[0];
    position += matched?.length ?? 0;
    return matched !== undefined;
  };
  const takeCharacter = (character: string): boolean => {
    take(SPACE);
    if (text[position] !== character) return false;
    position += 1;
    return true;
  };
  const takeString = (): boolean => {
    take(SPACE);
    return take(STRING);
  };
  const takeMembers = (close: string, takeMember: () => boolean): boolean => {
    if (takeCharacter(close)) return true;
    do if (!takeMember()) return false;
    while (takeCharacter(","));
    return takeCharacter(close);
  };
  const takeValue = (): boolean => {
    if (takeCharacter("{")) return takeMembers("}", () => takeString() && takeCharacter(":") && takeValue());
    if (takeCharacter("[")) return takeMembers("]", takeValue);
    return takeString() || take(SCALAR);
  };
  takeValue();
  take(SPACE);
  return position;
}
