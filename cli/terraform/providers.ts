import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import type { Environment } from "../../local/command/terraform/tools";

/** The providers that the stacks' bindings are generated for. */
export const providers = {
  aws: { version: "5.100.0" },
  archive: { version: "2.7.1" },
} as const;

export const providerNames = ["aws", "archive"] as const;
export type ProviderName = (typeof providerNames)[number];

/** In Terraform's words: `linux`, `amd64`. */
export interface Platform {
  readonly os: string;
  readonly arch: string;
}

/** Terraform's default registry: the first folder in every mirror, and part of each provider's full name. */
const REGISTRY = "registry.terraform.io";

export function platformOf(process: Pick<NodeJS.Process, "platform" | "arch">): Platform {
  return {
    os: process.platform === "win32" ? "windows" : process.platform,
    arch: process.arch === "x64" ? "amd64" : process.arch,
  };
}

/** Where a mirror keeps a provider unpacked. */
export function providerFolder(mirror: string, name: ProviderName, { os, arch }: Platform): string {
  return path.join(namespaceFolder(mirror), name, providers[name].version, `${os}_${arch}`);
}

/** Whether the mirror has the provider, unpacked or, as `terraform providers mirror` leaves it, as a zip. */
export function hasProvider(mirror: string, name: ProviderName, platform: Platform): boolean {
  const { version } = providers[name];
  const binary = `terraform-provider-${name}_v${version}`;
  const zip = `terraform-provider-${name}_${version}_${platform.os}_${platform.arch}.zip`;
  const unpacked = providerFolder(mirror, name, platform);
  return (
    (existsSync(unpacked) && readdirSync(unpacked).some((file) => file.startsWith(binary))) ||
    existsSync(path.join(namespaceFolder(mirror), name, zip))
  );
}

function namespaceFolder(mirror: string): string {
  return path.join(mirror, REGISTRY, "hashicorp");
}

/**
 * Where mirrors are looked for: `TF_PLUGIN_MIRROR`, Terraform's own implied ones, and `/opt`, where images keep theirs.
 *
 * Source: "Implied Local Mirror Directories", https://developer.hashicorp.com/terraform/cli/config/config-file
 */
export function mirrorPlaces(env: Environment, home: string = homedir()): string[] {
  const dataFolders = [
    env.XDG_DATA_HOME || path.join(home, ".local", "share"),
    ...(env.XDG_DATA_DIRS || "/usr/local/share:/usr/share").split(":"),
  ];
  return [
    ...(env.TF_PLUGIN_MIRROR ? [env.TF_PLUGIN_MIRROR] : []),
    path.join(home, ".terraform.d", "plugins"),
    path.join(home, "Library", "Application Support", "io.terraform", "plugins"),
    ...dataFolders.map((folder) => path.join(folder, "terraform", "plugins")),
    "/opt/tf-plugins",
  ];
}

/** Whether Terraform could install from its registry: asked for what it offers, as Terraform begins. */
export async function registryAnswers(): Promise<boolean> {
  try {
    const answer = await fetch(`https://${REGISTRY}/.well-known/terraform.json`, {
      method: "HEAD",
      signal: AbortSignal.timeout(3000),
    });
    return answer.ok;
  } catch {
    return false;
  }
}
