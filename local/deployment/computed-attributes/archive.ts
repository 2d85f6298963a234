import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { DeploymentError } from "../attributes";
import type { Resource } from "../deployment";
import type { ComputedAttributes } from "./context";

/**
 * Hashes of what goes into the archive instead of the archive's own: they change when, and only when, a file does.
 * The archive's size is left out, nothing but the archive has it.
 */
const archiveFile: ComputedAttributes = (own, { stackFolder }) => {
  const content = contentOf(own, stackFolder);
  const hash = (algorithm: string, encoding: "hex" | "base64") =>
    createHash(algorithm).update(content).digest(encoding);
  return {
    id: hash("sha1", "hex"),
    output_sha: hash("sha1", "hex"),
    output_md5: hash("md5", "hex"),
    output_sha256: hash("sha256", "hex"),
    output_sha512: hash("sha512", "hex"),
    output_base64sha256: hash("sha256", "base64"),
    output_base64sha512: hash("sha512", "base64"),
  };
};

function contentOf(own: Resource, stackFolder: string): string {
  const key = own.has("source_dir") ? "source_dir" : "source_file";
  if (!own.has(key)) return JSON.stringify(own.values);
  const path = resolve(stackFolder, own.string(key));
  if (!existsSync(path))
    throw new DeploymentError(
      `${own.address} (stack ${own.stack}): ${key} ${path} is not there; synthesize the stacks again with \`npx cdktf synth\`, and keep the assets beside the stacks`,
    );
  return JSON.stringify(
    filesOf(path, "").map((file) => [file, readFileSync(join(path, file)).toString("base64")]),
  );
}

/** The paths of the files below, in one order everywhere; `[""]` for a file. */
function filesOf(root: string, path: string): string[] {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => filesOf(root, join(path, name)));
}

export const archiveAttributes: Readonly<Record<string, ComputedAttributes>> = { archive_file: archiveFile };
