import path from "node:path";
import { checkTools, type Environment } from "../../local/command/terraform/tools";
import { UserError } from "../../local/kernel/user-error";
import { buildArchiveProvider } from "./archive-provider/build";
import {
  hasProvider,
  mirrorPlaces,
  type Platform,
  type ProviderName,
  platformOf,
  providerNames,
  providers,
  registryAnswers,
} from "./providers";

/** Where Terraform is to get each provider from. */
export type ProviderInstallation = Readonly<Record<ProviderName, Origin>>;

type Origin = { readonly kind: "mirror" | "built"; readonly mirror: string } | { readonly kind: "registry" };

export interface Surroundings {
  readonly env: Environment;
  /** Folders that may be mirrors, the first choice first. */
  readonly places: readonly string[];
  readonly platform: Platform;
  readonly registryAnswers: () => Promise<boolean>;
  /** Undefined where Go is not installed, or the substitute is not to be used. */
  readonly buildArchiveProvider: (() => Promise<string>) | undefined;
}

const STAND_IN = "ARCHIVE_PROVIDER";

/** Whether the substitute of the archive provider is asked for by name. */
export function isSubstituteAskedFor(env: Environment): boolean {
  return env[STAND_IN] === "stand-in";
}

/** @param forMoto whether a substitute for the archive provider will do; for AWS it must be asked for by name */
export function surroundings(forMoto: boolean, env: Environment = process.env): Surroundings {
  const platform = platformOf(process);
  const go = forMoto || isSubstituteAskedFor(env) ? checkTools(env).go.command : undefined;
  return {
    env,
    places: mirrorPlaces(env),
    platform,
    registryAnswers,
    buildArchiveProvider: go === undefined ? undefined : () => buildArchiveProvider(go, platform),
  };
}

/**
 * Finds each provider: in a mirror, else in the registry, else, for the archive provider alone, built from this
 * project's own sources.
 *
 * @throws UserError naming the provider that is nowhere, and how to get it
 */
export async function findProviders(around: Surroundings): Promise<ProviderInstallation> {
  const mirrored = (name: ProviderName): Origin | undefined => {
    const mirror = around.places.find((place) => hasProvider(place, name, around.platform));
    return mirror === undefined ? undefined : { kind: "mirror", mirror: path.resolve(mirror) };
  };
  const [aws, archive] = [mirrored("aws"), mirrored("archive")];
  if (aws && archive) return { aws, archive };
  if (await around.registryAnswers()) {
    return { aws: aws ?? { kind: "registry" }, archive: archive ?? { kind: "registry" } };
  }
  if (!aws) throw missing("aws", around);
  if (archive) return { aws, archive };
  if (!around.buildArchiveProvider) throw missing("archive", around);
  return { aws, archive: { kind: "built", mirror: await around.buildArchiveProvider() } };
}

function missing(name: ProviderName, { places }: Surroundings): UserError {
  const remedies = [
    "where the registry can be reached, run `terraform providers mirror DIR` in cdktf.out/stacks/secure-edge, copy DIR here and set TF_PLUGIN_MIRROR to it",
  ];
  if (name === "archive")
    remedies.unshift(
      `install Go 1.25 or newer: a substitute is then built from this project's sources, for moto; for AWS only with ${STAND_IN}=stand-in`,
    );
  return new UserError(
    `hashicorp/${name} ${providers[name].version} is missing: the registry does not answer, and none of these has it: ${places.join(", ")}\n` +
      `remedy: ${remedies.join("; or ")}`,
  );
}

/** One line for people: which provider comes from where. */
export function describeInstallation(installation: ProviderInstallation): string {
  return providerNames
    .map((name) => `${name} ${providers[name].version} ${from(installation[name])}`)
    .join(", ");
}

function from(origin: Origin): string {
  if (origin.kind === "registry") return "from the registry";
  return origin.kind === "mirror" ? `from ${origin.mirror}` : "built from cli/terraform/archive-provider";
}

/**
 * The block of the Terraform CLI's configuration that installs the providers so.
 *
 * Source: "Provider Installation", https://developer.hashicorp.com/terraform/cli/config/config-file
 */
export function providerInstallationBlock(installation: ProviderInstallation): string {
  const methods = providerNames.map((name) => {
    const origin = installation[name];
    const include = `    include = ["hashicorp/${name}"]`;
    return origin.kind === "registry"
      ? `  direct {\n${include}\n  }`
      : `  filesystem_mirror {\n    path    = ${JSON.stringify(origin.mirror)}\n${include}\n  }`;
  });
  return `provider_installation {\n${methods.join("\n")}\n}\n`;
}
