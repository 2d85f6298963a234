// The file system of an execution environment: everything is read-only but /tmp (Lambda Developer Guide, "Lambda
// execution environment"). A process has no way to be given such a file system everywhere, so node:fs refuses.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** By name: the arguments that are paths written to. */
const writing = Object.entries({
  appendFile: [0],
  chmod: [0],
  chown: [0],
  copyFile: [1],
  cp: [1],
  link: [1],
  mkdir: [0],
  mkdtemp: [0],
  rename: [0, 1],
  rm: [0],
  rmdir: [0],
  symlink: [1],
  truncate: [0],
  unlink: [0],
  utimes: [0],
  writeFile: [0],
});

/** @typedef {(...values: unknown[]) => unknown} Operation */

/** @param {string} root a folder below a writable one that is read-only all the same */
export function makeReadOnly(root) {
  const writable = [tmpdir(), "/tmp", "/dev"];
  /** @param {unknown} path */
  const refusal = (path) => {
    if (typeof path !== "string" && !(path instanceof URL) && !Buffer.isBuffer(path)) return undefined;
    const full = resolve(path instanceof URL ? fileURLToPath(path) : String(path));
    const within = (/** @type {string} */ folder) => full === folder || full.startsWith(folder + sep);
    if (writable.some(within) && !within(root)) return undefined;
    const error = new Error(`EROFS: read-only file system, open '${path}'`);
    return Object.assign(error, { errno: -30, code: "EROFS", syscall: "open", path: String(path) });
  };
  /** @param {readonly unknown[]} values @param {readonly number[]} indexes */
  const refused = (values, indexes) => indexes.map((index) => refusal(values[index])).find(Boolean);
  /** @param {unknown} flags */
  const opensForReading = (flags) =>
    flags === undefined || typeof flags === "function" || flags === "r" || flags === "rs" || flags === 0;

  /**
   * @param {object} target
   * @param {string} name
   * @param {(values: readonly unknown[]) => Error | undefined} check
   * @param {(error: Error, values: readonly unknown[]) => unknown} fail
   */
  const guard = (target, name, check, fail) => {
    const original = /** @type {Operation | undefined} */ (Reflect.get(target, name));
    if (original === undefined) return;
    Reflect.set(target, name, (/** @type {unknown[]} */ ...values) => {
      const error = check(values);
      return error === undefined ? original.apply(target, values) : fail(error, values);
    });
  };
  const throwing = (/** @type {Error} */ error) => {
    throw error;
  };
  /** @param {Error} error @param {readonly unknown[]} values */
  const callingBack = (error, values) => {
    const callback = values.at(-1);
    if (typeof callback === "function") process.nextTick(() => callback(error));
    else throw error;
  };
  const rejecting = (/** @type {Error} */ error) => Promise.reject(error);

  /** @param {readonly unknown[]} values */
  const opening = (values) => (opensForReading(values[1]) ? undefined : refusal(values[0]));
  for (const [name, indexes] of [...writing, /** @type {const} */ (["open", []])]) {
    const check = name === "open" ? opening : (/** @type {readonly unknown[]} */ v) => refused(v, indexes);
    guard(fs, `${name}Sync`, check, throwing);
    guard(fs, name, check, callingBack);
    guard(fs.promises, name, check, rejecting);
  }
  // A write stream opens its file with fs.open, which refuses by then.
  syncBuiltinESMExports();
}
