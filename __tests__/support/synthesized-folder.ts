import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Value } from "../../local/deployment/attributes";
import { folderOnceARun } from "./run/once-a-run";
import type { SynthesisOptions } from "./synthesis";

export type Block = { [key: string]: Value };
export type EditableStack = EditableStackJson;

/** A stack's synthesized JSON in a test's hands: what is changed here is what is served. */
class EditableStackJson {
  readonly #file: string;
  readonly #json: {
    resource: { [type: string]: { [name: string]: Block } };
    data: { archive_file: { [name: string]: Block } };
  };

  constructor(folder: string, stack: "secure-edge" | "shared-messaging") {
    this.#file = path.join(folder, "stacks", stack, "cdk.tf.json");
    this.#json = JSON.parse(readFileSync(this.#file, "utf8"));
  }

  /** The resource's arguments, to be changed in place: `aws_api_gateway_method.POST-lambda1`. */
  resource(address: string): Block {
    const [type = "", name = ""] = address.split(".");
    const found = this.#json.resource[type]?.[name];
    if (found === undefined) throw new Error(`${address} is not in ${this.#file}`);
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

  /** Puts other code in place of a function's bundle: an ES module that exports `handler`. */
  replaceCode(functionName: string, module: string): void {
    const archive = this.#archiveOf(functionName);
    // Functions share a folder, and copies of the app do: this one gets its own.
    const edited = path.posix.join("edited", functionName);
    cpSync(this.#inFolder(archive.source_dir), this.#inFolder(edited), { recursive: true });
    archive.source_dir = edited;
    writeFileSync(this.#inFolder(edited, "index.mjs"), module);
  }

  editCode(functionName: string, edit: (module: string) => string): void {
    const { source_dir: folder } = this.#archiveOf(functionName);
    this.replaceCode(functionName, edit(readFileSync(this.#inFolder(folder, "index.mjs"), "utf8")));
  }

  #archiveOf(functionName: string): Block {
    const archive = this.#json.data.archive_file[functionName];
    if (archive === undefined) throw new Error(`${functionName} is not in ${this.#file}`);
    return archive;
  }

  #inFolder(...names: readonly unknown[]): string {
    return path.join(path.dirname(this.#file), ...names.map(String));
  }

  save(): void {
    writeFileSync(this.#file, JSON.stringify(this.#json, null, 2));
  }
}

export interface FolderOptions extends SynthesisOptions {
  /** Changes the synthesized JSON, as somebody who takes a defence out of it would. */
  readonly edit?: (stacks: { readonly edge: EditableStack; readonly messaging: EditableStack }) => void;
}

/**
 * The synthesized app in a folder: the one that all suites of a run read or, with `edit`, a copy of the caller's own.
 * The caller calls `remove`, and writes into neither.
 */
export function synthesizeToFolder({ edit, ...options }: FolderOptions = {}): {
  readonly folder: string;
  remove(): void;
} {
  const shared = synthesizedFolder(options);
  if (edit === undefined) return { folder: shared, remove() {} };
  const folder = mkdtempSync(path.join(tmpdir(), "secure lambda "));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    cpSync(shared, folder, { recursive: true, filter: linkAssets });
    const stacks = {
      edge: new EditableStackJson(folder, "secure-edge"),
      messaging: new EditableStackJson(folder, "shared-messaging"),
    };
    edit(stacks);
    stacks.edge.save();
    stacks.messaging.save();
    return { folder, remove };
  } catch (error) {
    remove();
    throw error;
  }
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
