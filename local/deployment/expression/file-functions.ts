import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import picomatch from "picomatch";
import type { Value } from "../attributes";
import { byCodePoint } from "./json";
import type { TerraformFunction } from "./terraform-function";
import { ExpressionFailure, toText } from "./values";

type Call = (path: string, folder: string) => Value;

const ofPath = (call: Call): TerraformFunction => ({
  least: 1,
  most: 1,
  call: ([path = null], folder) => call(toText(path), folder),
});
const hashed = (algorithm: string, encoding: "hex" | "base64") =>
  ofPath((name, folder) => createHash(algorithm).update(read(name, folder)).digest(encoding));

export const fileFunctions: Readonly<Record<string, TerraformFunction>> = {
  abspath: ofPath((name, folder) => path.resolve(folder, name)),
  basename: ofPath((name) => path.posix.basename(name)),
  dirname: ofPath((name) => path.posix.dirname(name)),
  pathexpand: ofPath((name) => name.replace(/^~(?=$|\/)/, homedir())),
  file: ofPath(textOf),
  filebase64: ofPath((name, folder) => read(name, folder).toString("base64")),
  fileexists: ofPath((name, folder) => isFile(path.resolve(folder, name))),
  filemd5: hashed("md5", "hex"),
  filesha1: hashed("sha1", "hex"),
  filesha256: hashed("sha256", "hex"),
  filesha512: hashed("sha512", "hex"),
  filebase64sha256: hashed("sha256", "base64"),
  filebase64sha512: hashed("sha512", "base64"),
  fileset: {
    least: 2,
    most: 2,
    call: ([name = null, pattern = null], folder) =>
      fileSet(path.resolve(folder, toText(name)), toText(pattern)),
  },
};

/** The text of a file, whose path is relative to where Terraform runs. */
export function textOf(name: string, folder: string): string {
  const bytes = read(name, folder);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ExpressionFailure(`${name} is not UTF-8; read it with filebase64()`);
  }
}

function read(name: string, folder: string): Buffer {
  const file = path.resolve(folder, name);
  if (!isFile(file))
    throw new ExpressionFailure(
      `the file ${name} is not there (below ${folder}); paths start where Terraform runs`,
    );
  return readFileSync(file);
}

function isFile(file: string): boolean {
  return existsSync(file) && statSync(file).isFile();
}

function fileSet(folder: string, pattern: string): string[] {
  const matches = picomatch(pattern, { dot: true });
  return filesBelow(folder, "")
    .filter((file) => matches(file))
    .sort(byCodePoint);
}

function filesBelow(root: string, below: string): string[] {
  const folder = path.join(root, below);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(below, entry.name);
    return entry.isDirectory() ? filesBelow(root, name) : [name];
  });
}
