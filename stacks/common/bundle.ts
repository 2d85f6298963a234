import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import type { BuildOptions } from "esbuild";
import { StacksError } from "./errors";

const PROJECT = path.resolve(__dirname, "../..");
const ESBUILD = path.join(__dirname, "esbuild.mjs");
const BUNDLE_LIMIT_MS = 60_000;

/** Handlers that cannot be bundled; the messages are esbuild's own, with file and line. */
export class BundleError extends StacksError {
  override readonly name = "BundleError";
}

/**
 * Bundles handlers, in one run of esbuild, and gives the absolute path of each one's folder. It holds `index.mjs` and its source
 * map, and nothing else. The same sources give the same bytes in every checkout: the source map's paths are relative to the project.
 *
 * The folder is named by its content and appears whole, so that two runs at once do not disturb each other. What was bundled once
 * is found again by what it was built from, without esbuild.
 *
 * @param project the checkout whose `lambda-src` holds the handlers
 * @throws BundleError with esbuild's message for each handler that does not compile
 */
export function bundleHandlers(
  handlers: readonly string[],
  project: string = PROJECT,
): ReadonlyMap<string, string> {
  const kept = path.join(project, "node_modules", ".cache", "secure-lambda");
  const folders = new Map<string, string>();
  const missing = new Map<string, string>();
  for (const handler of new Set(handlers)) {
    const keyFile = path.join(kept, "bundle-keys", `${handler}-${bundleKey(handler, project)}`);
    const folder = existsSync(keyFile) && path.join(kept, "bundles", readFileSync(keyFile, "utf8"));
    if (folder && existsSync(folder)) folders.set(handler, folder);
    else missing.set(handler, keyFile);
  }
  for (const { handler, files } of build([...missing.keys()], project)) {
    const folder = keep(path.join(kept, "bundles"), handler, files);
    folders.set(handler, folder);
    const keyFile = missing.get(handler) ?? "";
    mkdirSync(path.dirname(keyFile), { recursive: true });
    const draft = `${keyFile}.${process.pid}`;
    writeFileSync(draft, path.basename(folder));
    renameSync(draft, keyFile);
  }
  return folders;
}

/** As `bundleHandlers`, for one. */
export function bundleHandler(handler: string, project?: string): string {
  return bundleHandlers([handler], project).get(handler) ?? "";
}

/**
 * What a bundle is built from: what runs esbuild, its options, everything in `lambda-src`, and the files by which esbuild and npm
 * decide what an import is. The packages themselves are known by the lock file.
 */
export function bundleKey(
  handler: string,
  project: string,
  options: BuildOptions = optionsFor(handler, project),
  esbuild = ESBUILD,
): string {
  // The same in every checkout.
  const hash = createHash("sha256").update(JSON.stringify({ ...options, absWorkingDir: "" }));
  hash.update(readFileSync(esbuild));
  const decisive = ["package-lock.json", "package.json", "tsconfig.json"];
  for (const file of [...decisive, ...filesBelow(project, "lambda-src")]) {
    const place = path.join(project, file);
    const content = existsSync(place) ? readFileSync(place) : Buffer.alloc(0);
    hash.update(JSON.stringify([file, content.length])).update(content);
  }
  return hash.digest("hex").slice(0, 32);
}

function filesBelow(root: string, folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true })
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const name = path.posix.join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(root, name) : [name];
    });
}

/** Writes the bundle where it is not yet, all of it at once. */
function keep(cache: string, handler: string, files: readonly OutputFile[]): string {
  const hash = createHash("sha256");
  for (const { name, contents } of files) hash.update(name).update(contents);
  const folder = path.join(cache, `${handler}-${hash.digest("hex").slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(path.join(cache, "draft-"));
  for (const { name, contents } of files) writeFileSync(path.join(draft, name), contents);
  try {
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

interface OutputFile {
  readonly name: string;
  readonly contents: string;
}

/** In a process of its own: esbuild's synchronous calls wait for a thread without a limit, this one ends in any case. */
function build(handlers: readonly string[], project: string): { handler: string; files: OutputFile[] }[] {
  if (handlers.length === 0) return [];
  const { status, error, stdout, stderr } = spawnSync(
    process.execPath,
    [ESBUILD, JSON.stringify(handlers.map((handler) => optionsFor(handler, project)))],
    { encoding: "utf8", maxBuffer: 64 * 1024 * 1024, timeout: BUNDLE_LIMIT_MS },
  );
  if (error !== undefined || status !== 0) {
    const said = stderr || (error?.message ?? "esbuild ended");
    throw new BundleError(`${handlers.join(", ")} cannot be bundled:\n${said}`);
  }
  const results: { files: OutputFile[]; problem?: string }[] = JSON.parse(stdout);
  const built = results.map((result, index) => ({ ...result, handler: handlers[index] ?? "" }));
  const problems = built.flatMap(({ handler, problem }) =>
    problem === undefined ? [] : [`lambda-src/${handler} cannot be bundled:\n${problem}`],
  );
  if (problems.length > 0) throw new BundleError(problems.join("\n\n"));
  return built;
}

/** How esbuild bundles a handler. */
export function optionsFor(handler: string, project: string): BuildOptions {
  return {
    absWorkingDir: project,
    entryPoints: [`lambda-src/${handler}/index.ts`],
    outfile: "bundle/index.mjs",
    write: false,
    bundle: true,
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    platform: "node",
    target: "node22",
    format: "esm",
    // The packages' ES modules, of which esbuild leaves out what is not used.
    mainFields: ["module", "main"],
    alias: { "@aws-sdk/credential-provider-node": "./lambda-src/common/environment-credentials.ts" },
    // Paths in the source map are those of the checkout even where node_modules is a link to another folder.
    preserveSymlinks: true,
    legalComments: "none",
    logLevel: "silent",
  };
}
