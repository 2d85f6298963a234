import { existsSync, mkdtempSync } from "node:fs";
import { mkdir, readdir, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { unpackCode } from "./function-code";
import type { FunctionSettings } from "./function-settings";

/** Where an instance finds its function's code and what Lambda's runtime brings along. */
export interface TaskRoot {
  /** Lambda's `/var/task`. */
  readonly taskRoot: string;
  /** Lambda's `/var/runtime`. */
  readonly runtimeDir: string;
  /** Lambda's `/opt`, where layers are. */
  readonly optDir: string;
}

/**
 * Unpacks each function's code as Lambda does, into a folder of its own outside of every project: what is not in the
 * bundle is not found, and nothing that runs can write to the synthesized folder.
 */
export class TaskRoots {
  readonly #roots = new Map<string, Promise<TaskRoot>>();
  #folder: string | undefined;

  /** Temporary; holds all of them. Created when the first function runs. */
  get folder(): string {
    this.#folder ??= mkdtempSync(join(tmpdir(), "local-lambda-"));
    return this.#folder;
  }

  /** The task root of a function with that code and those layers. */
  of(settings: FunctionSettings): Promise<TaskRoot> {
    const { arn, runtime, code, layers } = settings;
    const key = JSON.stringify([arn, runtime, code.path, layers.map((layer) => layer.code.path)]);
    const count = this.#roots.size + 1;
    const root = this.#roots.get(key) ?? unpack(settings, join(this.folder, String(count), settings.name));
    this.#roots.set(key, root);
    return root;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#roots.values());
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }
}

async function unpack({ code, runtime, layers }: FunctionSettings, folder: string): Promise<TaskRoot> {
  const [taskRoot, optDir] = [join(folder, "task"), join(folder, "opt")];
  const packages = join(folder, "node_modules");
  for (const path of [packages, optDir]) await mkdir(path, { recursive: true });
  await unpackCode(code, taskRoot);
  for (const layer of layers) await unpackCode(layer.code, optDir);
  // From Node.js 18 on, `import` finds what NODE_PATH names ("Node.js 18.x runtime now available in AWS Lambda"); Node.js by itself
  // does that for `require` alone, and looks into this folder for both.
  if (runtime !== "nodejs16.x")
    for (const path of layerPaths(optDir, runtime)) await linkPackages(path, packages);
  for (const name of packagesOf(runtime)) {
    const installed = find(name, code.path) ?? find(name, __dirname);
    if (installed !== undefined) await link(installed, join(packages, name));
  }
  // The path that Node.js gives modules: without links in it.
  const [task, runtimeDir, opt] = await Promise.all([taskRoot, folder, optDir].map((path) => realpath(path)));
  return { taskRoot: task ?? taskRoot, runtimeDir: runtimeDir ?? folder, optDir: opt ?? optDir };
}

/** Where layers have packages: those for one version of Node.js come first ("Layer paths for each Lambda runtime"). */
export function layerPaths(optDir: string, runtime: string): string[] {
  const version = /\d+/.exec(runtime)?.[0] ?? "";
  return [`nodejs/node${version}/node_modules`, "nodejs/node_modules"].map((path) => join(optDir, path));
}

/** Links each package of a folder, except where there is one of that name already. */
async function linkPackages(from: string, into: string): Promise<void> {
  if (!existsSync(from)) return;
  for (const name of await readdir(from)) {
    if (name.startsWith(".")) continue;
    if (name.startsWith("@")) await mkdir(join(into, name), { recursive: true });
    await link(join(from, name), join(into, name));
  }
}

/** A scope that is there already gets the packages that it lacks. */
async function link(from: string, at: string): Promise<void> {
  if (!existsSync(at)) return symlink(from, at, "junction");
  if (basename(at).startsWith("@")) await linkPackages(from, at);
}

/**
 * What `/var/runtime/node_modules` has: version 3 of the SDK, up to Node.js 16 version 2 (Lambda Developer Guide,
 * "Runtime-included SDK versions"). Here they are those of the project's own node_modules.
 */
function packagesOf(runtime: string): readonly string[] {
  return runtime === "nodejs16.x" ? ["aws-sdk"] : ["@aws-sdk", "@smithy"];
}

/** The installed package, or scope of packages, as Node.js would look for it from that folder. */
function find(name: string, from: string): string | undefined {
  const candidate = join(from, "node_modules", name);
  if (existsSync(candidate)) return candidate;
  return dirname(from) === from ? undefined : find(name, dirname(from));
}
