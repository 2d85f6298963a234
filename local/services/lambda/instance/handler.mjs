// Finds a function's handler as Lambda's runtime does: up to Node.js 22 with UserFunction.js, from Node.js 24 on with
// module-loader.ts and handler-resolver.ts of github.com/aws/aws-lambda-nodejs-runtime-interface-client.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { types } from "node:util";
import { runtimeError } from "./errors.mjs";

const require = createRequire(import.meta.url);

/** @typedef {(...values: unknown[]) => unknown} Handler */

/**
 * @param {string} taskRoot
 * @param {string} name `index.handler`
 * @param {boolean} modern Node.js 24 or later
 * @returns {Promise<Handler>}
 */
export async function loadHandler(taskRoot, name, modern) {
  if (name.includes("..")) {
    throw runtimeError(
      "Runtime.MalformedHandlerName",
      `'${name}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  }
  const base = basename(name);
  const [, module, path] = /^([^.]*)\.(.*)$/.exec(base) ?? [];
  if (module === undefined || path === undefined) {
    throw runtimeError("Runtime.MalformedHandlerName", "Bad handler");
  }
  const root = name.slice(0, name.indexOf(base));
  const exports = await loading(() =>
    (modern ? importFirst : requireOrImport)(resolve(taskRoot, root, module), taskRoot, root, module),
  );
  const names = path.split(".");
  const own = property(exports, names, modern);
  // Only from Node.js 24 on is `export default { handler }` looked into.
  const handler = own || !modern ? own : property(property(exports, ["default"], true), names, true);
  if (!handler) throw runtimeError("Runtime.HandlerNotFound", `${name} is undefined or not exported`);
  if (typeof handler !== "function")
    throw runtimeError("Runtime.HandlerNotFound", `${name} is not a function`);
  return /** @type {Handler} */ (handler);
}

/** @param {() => Promise<unknown>} load */
async function loading(load) {
  try {
    return await load();
  } catch (error) {
    if (error instanceof SyntaxError) throw runtimeError("Runtime.UserCodeSyntaxError", String(error));
    // An `import` that finds nothing fails with ERR_MODULE_NOT_FOUND, which Lambda's runtime reports as it is.
    if (error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND")
      throw runtimeError("Runtime.ImportModuleError", String(error));
    throw error;
  }
}

/**
 * Node.js 24 and later: the first file that is there, imported.
 *
 * @param {string} stem
 * @param {string} taskRoot
 * @param {string} root
 * @param {string} module
 */
async function importFirst(stem, taskRoot, root, module) {
  const file = ["", ".js", ".mjs", ".cjs"].map((extension) => stem + extension).find(existsSync);
  if (file !== undefined) return await importFile(file);
  return require(require.resolve(module, { paths: [taskRoot, join(taskRoot, root)] }));
}

/**
 * Up to Node.js 22: what can be required is, the rest is imported.
 *
 * @param {string} stem
 * @param {string} taskRoot
 * @param {string} root
 * @param {string} module
 */
async function requireOrImport(stem, taskRoot, root, module) {
  if (existsSync(stem)) return require(stem);
  if (existsSync(`${stem}.js`)) {
    return isModulePackage(dirname(stem)) ? await importFile(`${stem}.js`) : require(`${stem}.js`);
  }
  if (existsSync(`${stem}.mjs`)) return await importFile(`${stem}.mjs`);
  if (existsSync(`${stem}.cjs`)) return require(`${stem}.cjs`);
  return require(require.resolve(module, { paths: [taskRoot, root] }));
}

/** @param {string} file */
function importFile(file) {
  return import(pathToFileURL(file).href);
}

/**
 * Whether the nearest package.json says `"type": "module"`.
 *
 * @param {string} folder
 * @returns {boolean}
 */
function isModulePackage(folder) {
  const file = join(folder, "package.json");
  if (basename(folder) === "node_modules") return false;
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8"))?.type === "module";
  return dirname(folder) !== folder && isModulePackage(dirname(folder));
}

/**
 * @param {unknown} value
 * @param {readonly string[]} path
 * @param {boolean} objectsOnly whether a member of a function counts as missing
 * @returns {unknown}
 */
function property(value, path, objectsOnly) {
  return path.reduce((/** @type {unknown} */ at, name) => {
    const open = (typeof at === "function" && !objectsOnly) || isObjectLike(at);
    return open ? Reflect.get(/** @type {object} */ (at), name) : undefined;
  }, value);
}

/** @param {unknown} value */
function isObjectLike(value) {
  return (typeof value === "object" && value !== null) || types.isModuleNamespaceObject(value);
}
