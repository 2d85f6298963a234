/**
 * Runs the project's TypeScript as it is: `node --require ./typescript.js main.ts`.
 *
 * What esbuild makes of a file is kept in `node_modules/.cache` and found again by the file's content: from the second run on there is
 * no esbuild, and the sources cost what JavaScript costs. A stack names lines of the sources; their map is read when
 * somebody reads the stack.
 */
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const nodeModule = require("node:module");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { version } = require("esbuild/package.json");

const CACHE = path.join(__dirname, "node_modules", ".cache", "secure-lambda", "typescript");

/** @type {import("esbuild").TransformOptions} */
const OPTIONS = {
  loader: "ts",
  format: "cjs",
  platform: "node",
  target: "node20.12",
  // `require` finds a file without its extension, Node.js's own `import()` does not.
  supported: { "dynamic-import": false },
  sourcemap: "external",
  sourcesContent: false,
};
const NAMES = createHash("sha256").update(JSON.stringify([version, OPTIONS]));

// From Node.js 22.1 on, what V8 compiles is kept as well. It does without where it cannot write; the types are those of 20.
Reflect.get(nodeModule, "enableCompileCache")?.(path.join(CACHE, "../compiled"));

/** The module's source map, where it has one in the cache. @type {Map<string, string>} */
const mapFiles = new Map();

/** The source maps that were read. @type {Map<string, import("node:module").SourceMap>} */
const maps = new Map();

require.extensions[".ts"] = (module, filename) => {
  const source = readFileSync(filename);
  // The same in every checkout, also where they share their packages.
  const place = path.relative(__dirname, filename);
  const name = NAMES.copy().update(`${place}\0`).update(source).digest("hex").slice(0, 32);
  const [codeFile, mapFile] = [path.join(CACHE, `${name}.cjs`), path.join(CACHE, `${name}.map`)];
  mapFiles.set(filename, mapFile);
  const code = textOf(codeFile) ?? translate(`${source}`, filename, codeFile, mapFile);
  // Node.js's own method, which its types leave out.
  Reflect.get(module, "_compile").call(module, code, filename);
};

/** @param {string} file */
function textOf(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/**
 * @param {string} source
 * @param {string} filename
 * @param {string} codeFile
 * @param {string} mapFile
 */
function translate(source, filename, codeFile, mapFile) {
  const { code, map } = require("esbuild").transformSync(source, {
    ...OPTIONS,
    sourcefile: path.relative(CACHE, filename),
  });
  // For debuggers.
  const text = `${code}//# sourceMappingURL=${pathToFileURL(mapFile)}\n`;
  try {
    mkdirSync(CACHE, { recursive: true });
    writeAtOnce(mapFile, map);
    writeAtOnce(codeFile, text);
  } catch {
    // A checkout that nobody may write to is translated in each process.
    maps.set(filename, new nodeModule.SourceMap(JSON.parse(map)));
  }
  return text;
}

/**
 * Other processes may read the file meanwhile.
 *
 * @param {string} file
 * @param {string} text
 */
function writeAtOnce(file, text) {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, file);
}

/**
 * As Node.js writes a stack, with places in the sources. What is not an error has no frames: cdktf would keep them for each of
 * thousands of tokens, and to write them takes as long as the synthesis itself.
 */
Error.prepareStackTrace = (error, frames) =>
  error instanceof Error ? [error, ...frames.map((frame) => `    at ${inSource(frame)}`)].join("\n") : "";

/** @param {NodeJS.CallSite} frame */
function inSource(frame) {
  const [file, line, column] = [frame.getFileName() ?? "", frame.getLineNumber(), frame.getColumnNumber()];
  const map = mapOf(file);
  if (map === undefined || line === null || column === null) return `${frame}`;
  const entry = map.findEntry(line - 1, column - 1);
  if (!("originalLine" in entry)) return `${frame}`;
  return `${frame}`.replace(
    `${file}:${line}:${column}`,
    `${file}:${entry.originalLine + 1}:${entry.originalColumn + 1}`,
  );
}

/** @param {string} file */
function mapOf(file) {
  const mapFile = mapFiles.get(file);
  const known = maps.get(file);
  if (mapFile === undefined || known !== undefined) return known;
  const text = textOf(mapFile);
  if (text === undefined) return undefined;
  const map = new nodeModule.SourceMap(JSON.parse(text));
  maps.set(file, map);
  return map;
}
