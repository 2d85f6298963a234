import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { PageFiles } from "../contract";

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Where the npm package has them; the sources have no such folder. */
const KEPT = path.join(__dirname, "kept");

let built: Promise<PageFiles> | undefined;

/**
 * The console's pages, which load nothing from elsewhere: those that the npm package brings, else built from their sources when they
 * are first asked for.
 */
export function buildPages(): Promise<PageFiles> {
  built ??= existsSync(KEPT) ? Promise.resolve(pagesIn(KEPT)) : bundle();
  return built;
}

/** Builds the pages into a folder, for `buildPages` of the npm package. */
export async function keepPages(folder: string): Promise<void> {
  mkdirSync(path.join(folder, "assets"), { recursive: true });
  for (const [name, { body }] of await bundle()) writeFileSync(path.join(folder, name), body);
}

function pagesIn(folder: string): PageFiles {
  const assets = readdirSync(path.join(folder, "assets")).map((name) => `/assets/${name}`);
  return pages(["/index.html", ...assets].map((name) => [name, readFileSync(path.join(folder, name))]));
}

async function bundle(): Promise<PageFiles> {
  const { build } = await import("esbuild");
  const folder = __dirname;
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: { console: "main.tsx" },
    outdir: path.join(folder, "assets"),
    write: false,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    logLevel: "silent",
  });
  return pages([
    ["/index.html", readFileSync(path.join(folder, "index.html"))],
    ["/assets/icon.svg", readFileSync(path.join(folder, "icon.svg"))],
    ...outputFiles.map(
      (file) => [`/assets/${path.basename(file.path)}`, Buffer.from(file.contents)] as const,
    ),
  ]);
}

function pages(files: readonly (readonly [name: string, body: Buffer])[]): PageFiles {
  return new Map(
    files.map(([name, body]) => [
      name,
      { contentType: CONTENT_TYPES[path.extname(name)] ?? "application/octet-stream", body },
    ]),
  );
}
