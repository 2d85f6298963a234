import asyncHooks from "node:async_hooks";
import { readFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { dirname } from "node:path";
import { Script } from "node:vm";

/** What is used here of Jest's `Runtime` (jest-runtime 30.5). */
interface Runtime {
  requireModule(file: string): unknown;
  requireInternalModule(file: string): unknown;
  readonly transformCache: { transform(file: string): string; getSourceMaps(): Map<string, string> };
  readonly jestGlobals: { jestObjectFor(file: string): unknown };
}

interface Config {
  readonly moduleNameMapper: readonly (readonly [pattern: string, file: string])[];
}

/** How often each statement, function and branch of a file ran. */
interface Counters {
  readonly s: { [statement: string]: number };
  readonly f: { [id: string]: number };
  readonly b: { [branch: string]: number[] };
}

type Run = (
  global: { readonly watch: boolean; readonly watchAll: boolean },
  config: Config,
  environment: unknown,
  runtime: Runtime,
  suite: string,
  send?: unknown,
) => Promise<unknown>;

const load = createRequire(__filename);
const circus: Run = load("jest-circus/runner").default;

const sourceMaps = new Map<string, string>();
let transforms: Runtime["transformCache"] | undefined;

/**
 * Runs a suite with the modules that its worker has loaded for the suites before it; the suite's own file alone is loaded anew.
 * Jest by itself loads and compiles everything again for each suite: more than a third of the CPU time of a run. Transforms,
 * mapped modules, coverage, `jest` and the reports are Jest's.
 */
export default function runSuite(
  ...[global, config, environment, runtime, suite, send]: Parameters<Run>
): ReturnType<Run> {
  if (transforms === undefined) loadAsJestDoes(config);
  if (global.watch || global.watchAll) forgetSources();
  transforms = runtime.transformCache;
  for (const [file, map] of sourceMaps) transforms.getSourceMaps().set(file, map);
  resetCoverage();
  // The framework keeps the suite's tests in a module, and its listeners in a global.
  Reflect.deleteProperty(globalThis, Symbol.for("EVENT_HANDLERS"));
  Reflect.deleteProperty(globalThis, Symbol.for("TEST_TIMEOUT_SYMBOL"));
  runtime.requireInternalModule = loadFramework;
  runtime.requireModule = loadAnew;
  Reflect.set(globalThis, "jest", runtime.jestGlobals.jestObjectFor(suite));
  return circus(global, config, environment, runtime, suite, send);
}

/** Somebody edits them between two runs. */
function forgetSources(): void {
  for (const file of Object.keys(load.cache)) if (file.endsWith(".ts")) delete load.cache[file];
}

function loadAnew(file: string): unknown {
  delete load.cache[file];
  return load(file);
}

const { AsyncLocalStorage } = asyncHooks;
const currentTest = new AsyncLocalStorage();

/** With one storage for all suites: every promise of a process carries each storage that there was, whether it is used or not. */
function loadFramework(file: string): unknown {
  const shared = new Proxy(AsyncLocalStorage, { construct: () => currentTest });
  Object.assign(asyncHooks, { AsyncLocalStorage: shared });
  try {
    return runFramework(file);
  } finally {
    Object.assign(asyncHooks, { AsyncLocalStorage });
  }
}

const frameworks = new Map<string, Script>();

/** The framework is compiled once: its functions, too, for all suites that run it. */
function runFramework(filename: string): unknown {
  const script =
    frameworks.get(filename) ?? new Script(Module.wrap(readFileSync(filename, "utf8")), { filename });
  frameworks.set(filename, script);
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(filename), module, filename, dirname(filename));
  return module.exports;
}

/** Node.js compiles TypeScript with Jest's transform, and resolves with Jest's map of modules. */
function loadAsJestDoes({ moduleNameMapper }: Config): void {
  load.extensions[".ts"] = (module, file) => {
    Reflect.get(module, "_compile").call(module, transforms?.transform(file), file);
    const map = transforms?.getSourceMaps().get(file);
    if (map !== undefined) sourceMaps.set(file, map);
  };
  // "./name" is name.ts before it is name.json: Node.js tries the extensions in the order of this table.
  const { ".json": json } = load.extensions;
  Reflect.deleteProperty(load.extensions, ".json");
  load.extensions[".json"] = json;
  const resolve = Reflect.get(Module, "_resolveFilename");
  const mapped = moduleNameMapper.map(([pattern, file]) => ({ pattern: new RegExp(pattern), file }));
  Reflect.set(Module, "_resolveFilename", (request: string, ...rest: unknown[]) =>
    resolve.call(Module, mapped.find(({ pattern }) => pattern.test(request))?.file ?? request, ...rest),
  );
}

/** What a suite reports is what it ran, not what its worker ran before. */
function resetCoverage(): void {
  const files: { [file: string]: Counters } = Reflect.get(globalThis, "__coverage__") ?? {};
  for (const { s, f, b } of Object.values(files)) {
    for (const counters of [s, f]) for (const id of Object.keys(counters)) counters[id] = 0;
    for (const branches of Object.values(b)) branches.fill(0);
  }
}
