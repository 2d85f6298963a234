import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { PROJECT } from "../common/project";
import { UserError } from "../common/user-error";
import { ownCliConfig, writeCliConfig } from "./cli-config";
import { interruptibleTerraform } from "./moto-target";
import { describeInstallation, findProviders, surroundings } from "./provider-installation";
import { registryAnswers } from "./providers";
import { checkTools } from "./tools";

/** May repeat credentials of the user's own configuration, so no run leaves it behind. */
const CLI_CONFIG = path.join(PROJECT, ".local", "terraform.tfrc");

const ownTerraform = { CHECKPOINT_DISABLE: "1", ...interruptibleTerraform };

/**
 * Terraform's CLI configuration and cdktf's options. Where the registry does not answer, cdktf cannot ask it for checksums,
 * whatever the configuration. A configuration of the user's own is heeded: where it says nothing of providers, a copy says
 * also where they come from.
 */
export async function prepareTerraform(
  signal: AbortSignal,
  forMoto = false,
): Promise<{ env: Record<string, string>; options: string[] }> {
  const { terraform } = checkTools();
  if (terraform.command === undefined)
    throw new UserError(`${terraform.name} is missing: ${terraform.remedy}`);
  const own = ownCliConfig(process.env);
  const options = (await registryAnswers()) ? [] : ["--skip-provider-lock"];
  signal.throwIfAborted();
  if (own?.installsProviders) return { env: { ...ownTerraform, TF_CLI_CONFIG_FILE: own.file }, options };
  const installation = await findProviders(surroundings(forMoto));
  signal.throwIfAborted();
  process.stderr.write(`providers: ${describeInstallation(installation)}\n`);
  const fromRegistry = Object.values(installation).every(({ kind }) => kind === "registry");
  if (fromRegistry && !forMoto) return { env: ownTerraform, options };
  mkdirSync(path.dirname(CLI_CONFIG), { recursive: true });
  writeCliConfig(CLI_CONFIG, installation, own);
  return {
    env: {
      ...ownTerraform,
      TF_CLI_CONFIG_FILE: CLI_CONFIG,
      // A provider from elsewhere must not end in the cache of all of the user's projects.
      ...(fromRegistry ? {} : { CDKTF_DISABLE_PLUGIN_CACHE_ENV: "true" }),
    },
    options: fromRegistry ? options : ["--skip-provider-lock"],
  };
}

/** No run leaves the copy of the configuration behind. */
export function forgetCliConfig(): void {
  rmSync(CLI_CONFIG, { force: true });
}
