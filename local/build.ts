import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build, type Plugin } from "esbuild";
import { keepPages } from "./console/pages/build";

// Builds what the npm package contains into `dist`: ES modules with source maps, declarations, data files, the console's pages.
// `--without-types` leaves the declarations out: whoever runs the command needs none, and no compiler either.

const SOURCES = __dirname;
const DIST = path.join(SOURCES, "dist");

/** The modules that an import of the package can name. */
const MODULES = {
  index: "index.ts",
  testing: "testing.ts",
  "fault-plan": "fault-plan.ts",
  trace: "kernel/trace.ts",
};

/** Files that are read, or started as processes, from the folder of the module that needs them. */
const isData = (file: string) => /(^|\/)(api-model\.json|[^/]+\.(jsonl|[cm]js|py))$/.test(file);

/** ES modules have no `__dirname`, and bundled ones are not where their sources were: data files keep their places below `dist`. */
const folders: Plugin = {
  name: "folders",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
      const text = readFileSync(file, "utf8");
      const folder = path.relative(SOURCES, path.dirname(file)).split(path.sep).join("/");
      const own = JSON.stringify(folder === "" ? "" : `/${folder}`);
      return { loader: "ts", contents: text.replaceAll("__dirname", `(import.meta.dirname + ${own})`) };
    });
  },
};

async function main(): Promise<void> {
  rmSync(DIST, { recursive: true, force: true });
  await build({
    absWorkingDir: SOURCES,
    entryPoints: { ...MODULES, main: "command/main.ts" },
    outdir: DIST,
    bundle: true,
    splitting: true,
    chunkNames: "[name]-[hash]",
    format: "esm",
    platform: "node",
    target: "node20.12",
    packages: "external",
    sourcemap: true,
    sourcesContent: true,
    plugins: [folders],
    logLevel: "warning",
  });
  writeFileSync(path.join(DIST, "package.json"), '{"type":"module"}\n');
  for (const file of readdirSync(SOURCES, { recursive: true, encoding: "utf8" })) {
    if (!isData(file) || /^(dist|node_modules)\b/.test(file)) continue;
    mkdirSync(path.dirname(path.join(DIST, file)), { recursive: true });
    cpSync(path.join(SOURCES, file), path.join(DIST, file));
  }
  await keepPages(path.join(DIST, "console", "pages", "kept"));
  if (!process.argv.includes("--without-types")) writeDeclarations();
}

function writeDeclarations(): void {
  const compiler = path.join(path.dirname(require.resolve("typescript/package.json")), "bin", "tsc");
  // It ends before it is worth collecting garbage.
  const env = { ...process.env, GOGC: "off" };
  execFileSync(process.execPath, [compiler, "-p", SOURCES], { stdio: "inherit", env });
  finishDeclarations(Object.values(MODULES).map((entry) => path.join(DIST, entry.replace(/\.ts$/, ".d.ts"))));
}

/** ES modules are imported with their extension; a declaration that no entry leads to is not part of the package. */
function finishDeclarations(entries: readonly string[]): void {
  const reached = new Set<string>();
  const visit = (file: string) => {
    if (reached.has(file)) return;
    reached.add(file);
    const imported = /(from |import\()"(\.[^"]*)"/g;
    const text = readFileSync(file, "utf8").replace(imported, (_all, before: string, specifier: string) => {
      visit(path.join(path.dirname(file), `${specifier}.d.ts`));
      return `${before}"${specifier}.js"`;
    });
    writeFileSync(file, text);
  };
  for (const entry of entries) visit(entry);
  for (const name of readdirSync(DIST, { recursive: true, encoding: "utf8" })) {
    const file = path.join(DIST, name);
    if (name.endsWith(".d.ts") && !reached.has(file)) rmSync(file);
  }
}

void main();
