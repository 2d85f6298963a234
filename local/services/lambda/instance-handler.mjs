import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { types } from "node:util";
import { runtimeError } from "./instance-errors.mjs";

/**
 * Loads the module beside its own dependencies and finds the exported handler.
 *
 * @param {string} codeFolder
 * @param {string} name `index.handler`
 * @returns {Promise<(event: unknown, context: object, callback: (error?: unknown, result?: unknown) => void) => unknown>}
 */
export async function loadHandler(codeFolder, name) {
  const match = /^([^.]*)\.(.*)$/.exec(basename(name));
  if (match === null || name.includes("..")) {
    throw runtimeError("Runtime.MalformedHandlerName", `'${name}' is not a valid handler name`);
  }
  const [, module = "", path = ""] = match;
  const stem = join(codeFolder, dirname(name), module);
  const file = [".js", ".mjs", ".cjs"]
    .map((extension) => stem + extension)
    .find((candidate) => existsSync(candidate));
  if (file === undefined) {
    throw runtimeError("Runtime.ImportModuleError", `Error: Cannot find module '${module}'`);
  }
  const exports = await importModule(file);
  const names = path.split(".");
  const handler = property(exports, names) ?? property(exports.default, names);
  if (handler === undefined) {
    throw runtimeError("Runtime.HandlerNotFound", `${name} is undefined or not exported`);
  }
  if (typeof handler !== "function") {
    throw runtimeError("Runtime.HandlerNotFound", `${name} is not a function`);
  }
  return (event, context, callback) => handler(event, context, callback);
}

/** @param {string} file */
async function importModule(file) {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    if (error instanceof SyntaxError) throw runtimeError("Runtime.UserCodeSyntaxError", String(error));
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") {
      throw runtimeError("Runtime.ImportModuleError", String(error));
    }
    throw error;
  }
}

/**
 * @param {unknown} value
 * @param {readonly string[]} path
 * @returns {unknown}
 */
function property(value, path) {
  return path.reduce(
    (/** @type {unknown} */ at, name) =>
      at instanceof Object || isNamespace(at) ? Reflect.get(at, name) : undefined,
    value,
  );
}

/**
 * @param {unknown} value
 * @returns {value is object}
 */
function isNamespace(value) {
  return types.isModuleNamespaceObject(value);
}
