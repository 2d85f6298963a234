import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import type { Environment } from "../../local/command/terraform/tools";
import { type ProviderInstallation, providerInstallationBlock } from "./provider-installation";

/** A configuration file of the Terraform CLI that is the user's own. */
export interface OwnCliConfig {
  readonly file: string;
  readonly text: string;
  /** Whether it says where providers come from: then nothing is added to it. */
  readonly installsProviders: boolean;
}

/**
 * The file that Terraform itself would read; `undefined` where there is none.
 *
 * Source: "Locations", https://developer.hashicorp.com/terraform/cli/config/config-file
 */
export function ownCliConfig(
  env: Environment,
  { home, platform }: { readonly home: string; readonly platform: string } = {
    home: homedir(),
    platform: process.platform,
  },
): OwnCliConfig | undefined {
  const standard =
    platform === "win32" ? path.join(env.APPDATA ?? home, "terraform.rc") : path.join(home, ".terraformrc");
  const file = env.TF_CLI_CONFIG_FILE || standard;
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, "utf8");
  const code = text.replace(/^\s*(#|\/\/).*$/gm, "");
  return {
    file: path.resolve(file),
    text,
    // Nothing can be appended to JSON: it is left as it is.
    installsProviders: /\bprovider_installation\b/.test(code) || code.trimStart().startsWith("{"),
  };
}

/** Writes a configuration that installs the providers so, and says otherwise what the user's own does. */
export function writeCliConfig(
  file: string,
  installation: ProviderInstallation,
  own: OwnCliConfig | undefined,
): void {
  const before = own === undefined ? "disable_checkpoint = true\n" : own.text;
  // It may hold credentials.
  writeFileSync(file, `${before}\n${providerInstallationBlock(installation)}`, { mode: 0o600 });
}
