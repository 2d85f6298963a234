import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { App } from "cdktf";
import type { Value } from "../../local/deployment/attributes";
import { readConfig } from "../../stacks/common/config";
import type { Route } from "../../stacks/secure-edge/route";
import { routes as defaultRoutes } from "../../stacks/secure-edge/routes";
import { SecureEdgeStack } from "../../stacks/secure-edge-stack";
import { SharedMessagingStack } from "../../stacks/shared-messaging-stack";

export type Block = { [key: string]: Value };

/** A stack's synthesized JSON in a test's hands: what is changed here is what is served. */
export class EditableStack {
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

  /** Puts other code in the place of a function's bundle: an ES module that exports `handler`. */
  replaceCode(functionName: string, module: string): void {
    const source = this.#json.data.archive_file[functionName]?.source_dir;
    if (typeof source !== "string") throw new Error(`${functionName} is not in ${this.#file}`);
    writeFileSync(path.join(path.dirname(this.#file), source, "index.mjs"), module);
  }

  save(): void {
    writeFileSync(this.#file, JSON.stringify(this.#json, null, 2));
  }
}

export interface FolderOptions {
  /** The settings. */
  readonly env?: Readonly<Record<string, string>>;
  readonly routes?: readonly Route[];
  /** Changes the synthesized JSON, as somebody who takes a defence out of it would. */
  readonly edit?: (stacks: { readonly edge: EditableStack; readonly messaging: EditableStack }) => void;
}

/** Synthesizes the app into a new folder; the caller removes it. */
export function synthesizeToFolder({ env = {}, routes = defaultRoutes, edit }: FolderOptions = {}): {
  readonly folder: string;
  remove(): void;
} {
  const folder = mkdtempSync(path.join(tmpdir(), "secure lambda "));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    for (const [name, content] of synthesized(env, routes)) {
      const file = path.join(folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    if (edit) {
      const stacks = {
        edge: new EditableStack(folder, "secure-edge"),
        messaging: new EditableStack(folder, "shared-messaging"),
      };
      edit(stacks);
      stacks.edge.save();
      stacks.messaging.save();
    }
    return { folder, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

type Files = ReadonlyMap<string, Buffer>;

/** A synthesis takes as long as several runtimes take to start, and its output is the same in every folder. */
const syntheses = new Map<string, Files>();

function synthesized(env: Readonly<Record<string, string>>, routes: readonly Route[]): Files {
  const key = JSON.stringify([env, routes]);
  const files = syntheses.get(key) ?? synthesize(env, routes);
  syntheses.set(key, files);
  return files;
}

function synthesize(env: Readonly<Record<string, string>>, routes: readonly Route[]): Files {
  const folder = mkdtempSync(path.join(tmpdir(), "secure lambda "));
  try {
    const config = readConfig(env);
    const app = new App({ outdir: folder });
    const { endpoints } = new SharedMessagingStack(app, "shared-messaging", config);
    new SecureEdgeStack(app, "secure-edge", { config, routes, messaging: endpoints });
    app.synth();
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name));
    return new Map(files.map((file) => [path.relative(folder, file), readFileSync(file)]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
