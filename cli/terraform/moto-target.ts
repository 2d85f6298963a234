import { devNull } from "node:os";
import { settings } from "../../stacks/common/settings";
import type { Environment } from "./tools";

/**
 * The environment in which Terraform and the AWS SDK reach moto, and no AWS account:
 * none of the caller's credentials, profiles or endpoints is in it.
 *
 * The caller's settings of the stacks are left out as well, but for those in `chosen`.
 *
 * @param endpoint where moto listens
 */
export function motoEnvironment(
  endpoint: string,
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
    CHECKPOINT_DISABLE: "1",
    ...chosen,
    TARGET: "moto",
  };
}
