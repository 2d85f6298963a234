import { readFileSync } from "node:fs";
import path from "node:path";
import { PROJECT } from "../common/project";

/** Kept in git: the providers' checksums, for every platform that HashiCorp builds them for. */
const LOCK_FILE = path.join(PROJECT, ".terraform.lock.hcl");

/**
 * The text of the lock file that Terraform is to heed: a provider that is not the one recorded there is refused, wherever it
 * comes from.
 *
 * @param substituted whether the archive provider is the substitute built here, which has no checksum there
 */
export function lockFile(substituted: boolean): string {
  const text = readFileSync(LOCK_FILE, "utf8");
  return substituted ? text.replace(/^provider "[^"]*\/archive" \{\n.*?^\}\n/ms, "") : text;
}
