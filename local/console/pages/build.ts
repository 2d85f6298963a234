import { readFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import type { PageFiles } from "../contract";

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

let built: Promise<PageFiles> | undefined;

/** The console's pages, built from their sources when they are first asked for. They load nothing from elsewhere. */
export function buildPages(): Promise<PageFiles> {
  built ??= bundle();
  return built;
}

async function bundle(): Promise<PageFiles> {
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
  const fixed = [
    ["/index.html", readFileSync(path.join(folder, "index.html"))],
    ["/assets/icon.svg", readFileSync(path.join(folder, "icon.svg"))],
  ] as const;
  const bundled = outputFiles.map(
    (file) => [`/assets/${path.basename(file.path)}`, Buffer.from(file.contents)] as const,
  );
  return new Map(
    [...fixed, ...bundled].map(([name, body]) => [
      name,
      { contentType: CONTENT_TYPES[path.extname(name)] ?? "application/octet-stream", body },
    ]),
  );
}
