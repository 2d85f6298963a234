import { mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { checkTools, type Environment, refuseOldTerraform } from "../../local/command/terraform/tools";
import { UserError } from "../../local/kernel/user-error";
import { PROJECT } from "../common/project";
import { ownCliConfig, writeCliConfig } from "./cli-config";
import {
  describeInstallation,
  findProviders,
  isSubstituteAskedFor,
  surroundings,
} from "./provider-installation";
import { providerNames } from "./providers";

const LOCAL = path.join(PROJECT, ".local");
/** May repeat credentials of the user's own configuration, so no run leaves it behind. */
const CLI_CONFIG = path.join(LOCAL, "terraform.tfrc");

/** Kept in git: the providers' checksums, for every platform that HashiCorp builds them for. */
const LOCK_FILE = path.join(PROJECT, ".terraform.lock.hcl");

const ownTerraform = { CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" };

export interface PreparedTerraform {
  readonly env: Readonly<Record<string, string>>;
  /** The text of the lock file. */
  readonly lock: string;
}

/**
 * Terraform's CLI configuration and its lock file. A configuration of the user's own is heeded: where it says nothing of
 * providers, a copy says also where they come from.
 */
export async function prepareTerraform(signal: AbortSignal, forMoto = false): Promise<PreparedTerraform> {
  const { terraform } = checkTools();
  if (terraform.command === undefined)
    throw new UserError(`${terraform.name} is missing: ${terraform.remedy}`);
  refuseOldTerraform(terraform.command);
  const own = ownCliConfig(process.env);
  if (own?.installsProviders) {
    const env = { ...ownTerraform, TF_CLI_CONFIG_FILE: own.file };
    return { env, lock: lockFile(isSubstituteAskedFor(process.env)) };
  }
  const installation = await findProviders(surroundings(forMoto));
  signal.throwIfAborted();
  process.stderr.write(`providers: ${describeInstallation(installation)}\n`);
  const lock = lockFile(installation.archive.kind === "built");
  const downloads = Object.values(installation).filter(({ kind }) => kind === "registry").length;
  const env = { ...ownTerraform, ...(downloads > 0 ? pluginCache(process.env, own?.text) : {}) };
  if (downloads === providerNames.length && !forMoto) return { env, lock };
  mkdirSync(LOCAL, { recursive: true });
  writeCliConfig(CLI_CONFIG, installation, own);
  return { env: { ...env, TF_CLI_CONFIG_FILE: CLI_CONFIG }, lock };
}

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

/** The AWS provider has 700 MB: the stacks share one, unless the user has said where it is kept. */
function pluginCache(env: Environment, config = ""): Record<string, string> {
  if (env.TF_PLUGIN_CACHE_DIR || /^\s*plugin_cache_dir\b/m.test(config)) return {};
  const folder = path.join(LOCAL, "plugin-cache");
  mkdirSync(folder, { recursive: true });
  return { TF_PLUGIN_CACHE_DIR: folder };
}

/** No run leaves the copy of the configuration. */
export function forgetCliConfig(): void {
  rmSync(CLI_CONFIG, { force: true });
}
