import { createHash } from "node:crypto";
import { cpSync, linkSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type { Value } from "../../local/deployment/attributes";
import type { SynthesizedStack } from "../../local/deployment/declared-stack";
import type { Deployment } from "../../local/deployment/deployment";
import { readSynthesizedFolder } from "../../local/deployment/load-synthesized";
import { loadStacks, loadSynthesized } from "../../local/load";
import { folderOnceARun, runFolder } from "./run/once-a-run";
import type { SynthesisOptions } from "./synthesis";

export type Block = { [key: string]: Value };
export type EditableStack = EditableStackJson;

type StackJson = {
  readonly resource: { [type: string]: { [name: string]: Block } };
  readonly data: { readonly archive_file: { readonly [name: string]: Block } };
};

/** A stack's synthesized JSON in a test's hands: what is changed here is what is served. */
class EditableStackJson {
  readonly #json: StackJson;

  constructor(private readonly stack: SynthesizedStack) {
    this.#json = stack.json as StackJson;
  }

  /** The resource's arguments, to be changed in place: `aws_api_gateway_method.POST-lambda1`. */
  resource(address: string): Block {
    const [type = "", name = ""] = address.split(".");
    const found = this.#json.resource[type]?.[name];
    if (found === undefined) throw new Error(`${address} is not in the stack ${this.stack.name}`);
    return found;
  }

  remove(address: string): void {
    this.resource(address);
    const [type = "", name = ""] = address.split(".");
    delete this.#json.resource[type]?.[name];
  }

  add(address: string, body: Block): void {
    const [type = "", name = ""] = address.split(".");
    this.#json.resource[type] = { ...this.#json.resource[type], [name]: body };
  }

  /** A policy document that is kept as JSON text in an argument: changes it and writes it back. */
  editJson(address: string, key: string, edit: (document: Block) => void): void {
    const resource = this.resource(address);
    const document: Block = JSON.parse(String(resource[key]));
    edit(document);
    resource[key] = JSON.stringify(document);
  }

  get functionNames(): string[] {
    return Object.keys(this.#json.data.archive_file);
  }

  /** Puts other code in place of a function's bundle: an ES module that exports `handler`. */
  replaceCode(functionName: string, module: string): void {
    this.editCode(functionName, () => module);
  }

  editCode(functionName: string, edit: (module: string) => string): void {
    const archive = this.#archiveOf(functionName);
    const bundle = path.resolve(this.stack.folder, String(archive.source_dir));
    const module = edit(readFileSync(path.join(bundle, "index.mjs"), "utf8"));
    // In one place wherever it is served: an instance that runs it already goes on.
    const hash = createHash("sha256")
      .update(JSON.stringify([bundle, module]))
      .digest("hex");
    archive.source_dir = folderOnceARun(`secure lambda code ${hash.slice(0, 16)}`, (folder) => {
      writeFileSync(path.join(folder, "index.mjs"), module);
      linkSync(path.join(bundle, "index.mjs.map"), path.join(folder, "index.mjs.map"));
    });
  }

  #archiveOf(functionName: string): Block {
    const archive = this.#json.data.archive_file[functionName];
    if (archive === undefined) throw new Error(`${functionName} is not in the stack ${this.stack.name}`);
    return archive;
  }
}

export interface FolderOptions extends SynthesisOptions {
  /** Changes the synthesized JSON, as somebody who takes a defence out of it would. */
  readonly edit?: (stacks: { readonly edge: EditableStack; readonly messaging: EditableStack }) => void;
}

function editedStacks(
  options: SynthesisOptions,
  edit: NonNullable<FolderOptions["edit"]>,
): readonly SynthesizedStack[] {
  const stacks = readSynthesizedFolder(synthesizedFolder(options));
  const stackOf = (name: string) => {
    const stack = stacks.find((candidate) => candidate.name === name);
    if (stack === undefined) throw new Error(`the app has no stack ${name}`);
    return new EditableStackJson(stack);
  };
  edit({ edge: stackOf("secure-edge"), messaging: stackOf("shared-messaging") });
  return stacks;
}

const unedited = new Map<string, Deployment>();

/** The deployment that the synthesized app describes. Whoever serves it takes a copy: without `edit` it is the same for all suites. */
export function synthesizedDeployment({ edit, ...options }: FolderOptions = {}): Deployment {
  if (edit !== undefined) return loadStacks(editedStacks(options, edit));
  const folder = synthesizedFolder(options);
  const deployment = unedited.get(folder) ?? loadSynthesized(folder);
  unedited.set(folder, deployment);
  return deployment;
}

/**
 * The synthesized app in a folder: the one that all suites of a run read or, with `edit`, one of the caller's own.
 * The caller calls `remove`, and writes into neither.
 */
export function synthesizeToFolder({ edit, ...options }: FolderOptions = {}): {
  readonly folder: string;
  remove(): void;
} {
  const shared = synthesizedFolder(options);
  if (edit === undefined) return { folder: shared, remove() {} };
  const folder = mkdtempSync(path.join(runFolder(), "secure lambda "));
  cpSync(shared, folder, { recursive: true, filter: linkAssets });
  for (const { name, json } of editedStacks(options, edit))
    writeFileSync(path.join(folder, "stacks", name, "cdk.tf.json"), JSON.stringify(json, null, 2));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Most of the app, and nobody changes them where they are. */
function linkAssets(source: string, copy: string): boolean {
  if (path.basename(source) !== "assets") return true;
  symlinkSync(source, copy, "junction");
  return false;
}

/** The synthesized app, once a run for the same settings and routes. Nobody writes into it. */
export function synthesizedFolder({ env = {}, routes }: SynthesisOptions = {}): string {
  const hash = createHash("sha256").update(JSON.stringify([env, routes]));
  return folderOnceARun(`synthesis of ${hash.digest("hex").slice(0, 16)}`, (folder) => {
    // Loaded here alone: a suite that finds the folder does without cdktf, which takes half a second to load.
    const { synthesizeInto }: typeof import("./synthesis") = createRequire(__filename)("./synthesis");
    synthesizeInto(folder, { env, routes });
  });
}
