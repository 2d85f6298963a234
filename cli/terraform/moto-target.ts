import { devNull } from "node:os";
import path from "node:path";
import { settings } from "../../stacks/common/settings";
import type { Environment } from "./tools";

export interface MotoTarget {
  /** Where moto listens. */
  readonly endpoint: string;
  /** The Terraform CLI's configuration file. */
  readonly cliConfigFile: string;
}

/** What cdktf takes for Terraform: the same, but an interruption lets it finish what it has begun. */
export const interruptibleTerraform: Readonly<Record<string, string>> =
  process.platform === "win32" ? {} : { TERRAFORM_BINARY_NAME: path.join(__dirname, "terraform.sh") };

/**
 * The environment in which cdktf, Terraform and the AWS SDK reach moto, and no AWS account:
 * none of the caller's credentials, profiles or endpoints is in it.
 *
 * The caller's settings of the stacks are left out as well, but for those in `chosen`.
 */
export function motoEnvironment(
  { endpoint, cliConfigFile }: MotoTarget,
  chosen: Readonly<Record<string, string>> = {},
  env: Environment = process.env,
): Record<string, string> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(AWS|TF)_/.test(entry[0]) && !(entry[0] in settings),
  );
  return {
    ...Object.fromEntries(kept),
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: "moto",
    AWS_SECRET_ACCESS_KEY: "moto",
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_REGION: settings.AWS_REGION.standard,
    TF_CLI_CONFIG_FILE: cliConfigFile,
    CHECKPOINT_DISABLE: "1",
    // Terraform would put links to whatever provider is used here into the cache of all of the user's projects.
    CDKTF_DISABLE_PLUGIN_CACHE_ENV: "true",
    ...interruptibleTerraform,
    TARGET: "moto",
    ...chosen,
  };
}
