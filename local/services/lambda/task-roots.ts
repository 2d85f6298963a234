import { existsSync, mkdtempSync } from "node:fs";
import { mkdir, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { unpackCode } from "./function-code";
import type { FunctionSettings } from "./function-settings";

/** Where an instance finds its function's code and what Lambda's runtime brings along. */
export interface TaskRoot {
  /** Lambda's `/var/task`. */
  readonly taskRoot: string;
  /** Lambda's `/var/runtime`. */
  readonly runtimeDir: string;
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

  /** The task root of a function with that code. */
  of(settings: FunctionSettings): Promise<TaskRoot> {
    const key = `${settings.arn} ${settings.code.path}`;
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

async function unpack({ code, runtime }: FunctionSettings, folder: string): Promise<TaskRoot> {
  const taskRoot = join(folder, "task");
  await mkdir(join(folder, "node_modules"), { recursive: true });
  await unpackCode(code, taskRoot);
  for (const name of packagesOf(runtime)) {
    const installed = find(name, code.path) ?? find(name, __dirname);
    if (installed !== undefined) await symlink(installed, join(folder, "node_modules", name), "junction");
  }
  // The path that Node.js gives modules: without links in it.
  return { taskRoot: await realpath(taskRoot), runtimeDir: await realpath(folder) };
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
