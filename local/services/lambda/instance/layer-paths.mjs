// Lambda's `/opt`, where layers are unpacked: here they are in a folder of the instance's own. What names a file in `/opt` gets
// the one in that folder.
import fs from "node:fs";
import Module, { createRequire, syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** What takes a path that is read, as its first argument. */
const reading = ["access", "lstat", "open", "opendir", "readdir", "readFile", "readlink", "realpath", "stat"];

/** Hooks of `import` for a Node.js that has them in a thread of their own only. */
const hooks = `
  let opt;
  export const initialize = (data) => { opt = data; };
  export const resolve = (name, context, next) => {
    const path = /^(?:file:\\/\\/)?\\/opt\\/(.*)$/s.exec(name)?.[1];
    return next(path === undefined ? name : new URL(path, opt).href, context);
  };`;

/** @param {string} optDir where the layers are; nothing is done for a function without layers */
export function findLayers(optDir) {
  if (!fs.existsSync(optDir) || fs.readdirSync(optDir).length === 0) return;
  const at = (/** @type {string} */ path) => join(optDir, path.slice("/opt".length));
  const isIn = (/** @type {unknown} */ path) => typeof path === "string" && path.startsWith("/opt/");
  readFrom(at, isIn);
  requireFrom(at, isIn);
  Module.register(`data:text/javascript,${encodeURIComponent(hooks)}`, {
    data: pathToFileURL(`${optDir}/`).href,
  });
}

/** @typedef {(path: string) => string} At @typedef {(path: unknown) => boolean} IsIn */

/** @param {At} at @param {IsIn} isIn */
function readFrom(at, isIn) {
  const names = reading.flatMap((name) => [name, `${name}Sync`]);
  for (const [target, own] of /** @type {const} */ ([
    [fs, [...names, "existsSync", "exists", "createReadStream"]],
    [fs.promises, reading],
  ]))
    for (const name of own) {
      const original = Reflect.get(target, name);
      if (typeof original !== "function") continue;
      const found = (/** @type {unknown} */ path, /** @type {unknown[]} */ ...more) => {
        const text = path instanceof URL && path.protocol === "file:" ? fileURLToPath(path) : path;
        return original.call(target, isIn(text) ? at(String(text)) : path, ...more);
      };
      Reflect.set(target, name, Object.assign(found, original));
    }
  syncBuiltinESMExports();
}

/** @param {At} at @param {IsIn} isIn */
function requireFrom(at, isIn) {
  const loader = createRequire(import.meta.url)("node:module");
  const resolve = loader._resolveFilename;
  loader._resolveFilename = (/** @type {unknown} */ name, /** @type {unknown[]} */ ...more) =>
    resolve(isIn(name) ? at(String(name)) : name, ...more);
}
