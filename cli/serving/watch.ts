import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import chokidar from "chokidar";
import { type BuildContext, type BuildOptions, build, context, formatMessages } from "esbuild";
import { describeError } from "../../local/command/describe-error";
import type { Host } from "../../local/console/host";
import type { Deployment } from "../../local/deployment/deployment";
import { codeFiles, functionCode } from "../../local/services/lambda/function-code";
import { optionsFor } from "../../stacks/common/bundle";

export interface WatchOptions {
  readonly project: string;
  readonly host: Host;
  /** Synthesizes the stacks anew. @throws UserError with what the stacks say when they cannot be synthesized */
  readonly synthesize: () => Promise<{ readonly deployment: Deployment; readonly remove: () => void }>;
  readonly tell: (text: string) => void;
  /** Bundles that a debugger can follow from the start on, and functions that it finds: `RuntimeOptions.inspectPort`. */
  readonly inspect?: boolean;
}

/** What is watched; everything else that a synthesis reads stays as it is while somebody works. */
const SOURCES = ["lambda-src", "stacks", "main.ts"];
/** Editors write a file in several steps. */
const SETTLED_MS = 30;

/**
 * Follows the sources: a changed handler is bundled and its functions run it from the next event on; changed stacks are
 * synthesized and served anew, on the same port. What does not compile is told, and what was served before is served on.
 *
 * @returns what ends that, and removes what was bundled
 */
export async function watchSources(options: WatchOptions): Promise<() => Promise<void>> {
  const { project, tell } = options;
  const handlers = new Handlers(options);
  await handlers.open();
  let changed = new Set<string>();
  let removeFormer = () => {};
  let timer: NodeJS.Timeout | undefined;
  let work: Promise<void> = Promise.resolve();
  const follow = async (files: ReadonlySet<string>) => {
    try {
      const stacksChanged = [...files].some((file) => !file.startsWith(`lambda-src${path.sep}`));
      if (!stacksChanged) return await handlers.rebuild(files);
      const remove = await serveAnew(options, handlers);
      removeFormer();
      removeFormer = remove;
    } catch (error) {
      tell(`not served: ${describeError(error)}`);
    }
  };
  const watcher = chokidar.watch(SOURCES, { cwd: project, ignoreInitial: true });
  watcher.on("all", (_event, file) => {
    changed.add(file);
    clearTimeout(timer);
    timer = setTimeout(() => {
      const files = changed;
      changed = new Set();
      work = work.then(() => follow(files));
    }, SETTLED_MS);
  });
  await new Promise<void>((resolve) => watcher.once("ready", resolve));
  return async () => {
    clearTimeout(timer);
    await watcher.close();
    await work;
    await handlers.close();
    removeFormer();
  };
}

/** @returns what removes what was synthesized */
async function serveAnew({ host, synthesize, tell }: WatchOptions, handlers: Handlers): Promise<() => void> {
  const startedAt = performance.now();
  const { deployment, remove } = await synthesize();
  try {
    await host.serve(deployment);
    await handlers.reopen();
  } catch (error) {
    remove();
    throw error;
  }
  tell(`stacks served anew after ${elapsed(startedAt)}`);
  return remove;
}

/** The bundles of `lambda-src`, and which functions run which of them. */
class Handlers {
  readonly #contexts = new Map<string, BuildContext>();
  /** The code that was built last, by handler. */
  readonly #code = new Map<string, string>();
  /** Where that is, by handler. */
  readonly #folders = new Map<string, string>();
  /** The handlers, by the code that they were deployed with. */
  readonly #deployed = new Map<string, string>();
  /** The sources of a bundle, by handler, relative to the project. */
  readonly #inputs = new Map<string, ReadonlySet<string>>();
  #functions: ReadonlyMap<string, string> = new Map();
  #folder = "";

  constructor(private readonly options: WatchOptions) {}

  async open(): Promise<void> {
    const { project } = this.options;
    const parent = path.join(project, ".local");
    mkdirSync(parent, { recursive: true });
    this.#folder = mkdtempSync(path.join(parent, `synthesized-${process.pid}-watched-`));
    for (const entry of readdirSync(path.join(project, "lambda-src"), { withFileTypes: true })) {
      const isHandler =
        entry.isDirectory() && readdirSync(path.join(project, "lambda-src", entry.name)).includes("index.ts");
      if (isHandler) await this.#open(entry.name);
    }
    this.#assign();
    if (this.options.inspect === true) await this.#inspect();
  }

  async reopen(): Promise<void> {
    await this.close();
    await this.open();
  }

  /** Bundles the handlers that a changed file is part of. */
  async rebuild(files: ReadonlySet<string>): Promise<void> {
    for (const [handler, inputs] of this.#inputs) {
      const own = `lambda-src/${handler}/`;
      const concerned = [...files].map((file) => file.split(path.sep).join("/"));
      if (concerned.some((file) => inputs.has(file) || file.startsWith(own))) await this.#rebuild(handler);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#contexts.values()].map((open) => open.dispose()));
    this.#contexts.clear();
    for (const map of [this.#code, this.#folders, this.#deployed]) map.clear();
    this.#inputs.clear();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }

  async #open(handler: string): Promise<void> {
    const { project, inspect } = this.options;
    // Debuggers look for the sources from where the bundle is run; the synthesis names them from the project.
    const sourceRoot = `${pathToFileURL(path.join(project, "bundle")).href}/`;
    const asDeployed = {
      ...optionsFor(handler, project),
      metafile: true,
      write: false,
    } satisfies BuildOptions;
    const options = { ...asDeployed, sourceRoot, ...(inspect === true ? { minify: false } : {}) };
    this.#contexts.set(handler, await context(options));
    const folder = await this.#build(handler);
    if (folder === undefined) return;
    this.#folders.set(handler, folder);
    const deployed = inspect === true ? codeIn(await build(asDeployed)) : this.#code.get(handler);
    if (deployed !== undefined) this.#deployed.set(deployed, handler);
  }

  /** Lets the functions run what a debugger can follow, and says where it finds them. */
  async #inspect(): Promise<void> {
    const { host, tell } = this.options;
    const { ports } = host.runtime.inside;
    for (const [name, handler] of this.#functions) {
      const folder = this.#folders.get(handler);
      if (folder !== undefined) await ports.replaceCode(name, folder);
    }
    const inspected = [...(await ports.startInspected())];
    tell(`for a debugger: ${inspected.map(([name, port]) => `${name} 127.0.0.1:${port}`).join(", ")}`);
  }

  /** @returns the folder of the bundle; `undefined` where it does not compile, which is told, or is as it was */
  async #build(handler: string): Promise<string | undefined> {
    let outputs: { readonly path: string; readonly text: string }[];
    try {
      const result = await this.#contexts.get(handler)?.rebuild();
      outputs = result?.outputFiles ?? [];
      if (result?.metafile !== undefined)
        this.#inputs.set(handler, new Set(Object.keys(result.metafile.inputs)));
    } catch (error) {
      this.options.tell(
        `lambda-src/${handler} does not compile; what ran before runs on\n${await problemOf(error)}`,
      );
      return undefined;
    }
    const code = codeIn({ outputFiles: outputs }) ?? "";
    if (code === this.#code.get(handler)) return undefined;
    this.#code.set(handler, code);
    const folder = mkdtempSync(path.join(this.#folder, `${handler}-`));
    for (const file of outputs) writeFileSync(path.join(folder, path.basename(file.path)), file.text);
    return folder;
  }

  async #rebuild(handler: string): Promise<void> {
    const startedAt = performance.now();
    const folder = await this.#build(handler);
    if (folder === undefined) return;
    const names = [...this.#functions].flatMap(([name, runs]) => (runs === handler ? [name] : []));
    const { ports } = this.options.host.runtime.inside;
    await Promise.all(names.map((name) => ports.replaceCode(name, folder)));
    this.options.tell(`${names.join(", ")}: new code after ${elapsed(startedAt)}`);
  }

  /** A function runs the handler whose bundle it was deployed with. */
  #assign(): void {
    const { original } = this.options.host;
    this.#functions = new Map(
      original.ofType("aws_lambda_function").flatMap((fn) => {
        const files = codeFiles(functionCode(original, fn));
        const handler = this.#deployed.get(String(files.find(({ file }) => file === "index.mjs")?.read()));
        return handler === undefined ? [] : [[fn.string("function_name"), handler]];
      }),
    );
  }
}

function codeIn({ outputFiles = [] }: { readonly outputFiles?: readonly { path: string; text: string }[] }) {
  return outputFiles.find((file) => file.path.endsWith(".mjs"))?.text;
}

/** esbuild's own words, with file and line. */
async function problemOf(error: unknown): Promise<string> {
  if (!(error instanceof Error && "errors" in error && Array.isArray(error.errors)))
    return describeError(error);
  const messages = await formatMessages(error.errors, { kind: "error", color: false, terminalWidth: 110 });
  return messages.join("").trimEnd();
}

function elapsed(startedAt: number): string {
  return `${Math.round(performance.now() - startedAt)} ms`;
}
