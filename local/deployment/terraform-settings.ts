import { isObject } from "../kernel/json";
import { DeploymentError } from "./attributes";

/** What a stack says to Terraform rather than to AWS. */

type Section = Readonly<Record<string, unknown>>;

/** Members of a stack that are read, and those that only say what becomes of a state that is there already. */
export const SECTIONS = [
  ...["check", "data", "locals", "module", "output", "provider", "resource", "terraform", "variable"],
  ...["import", "moved", "removed"],
];

/** Members of `terraform`: where the state is, and what Terraform needs to run. */
export const TERRAFORM = [
  ...["backend", "cloud", "experiments", "provider_meta", "required_providers", "required_version"],
];

/** `ignore_changes` and the like are about a resource that is there already. */
export const LIFECYCLE = [
  ...["precondition", "postcondition", "replace_triggered_by"],
  ...["create_before_destroy", "ignore_changes", "prevent_destroy"],
];

/**
 * Arguments of the AWS provider: those that are read, and those that say how Terraform reaches AWS and with whose rights.
 *
 * Source: https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs#argument-reference
 */
export const AWS_PROVIDER = [
  ...["alias", "default_tags", "region"],
  ...[
    "access_key",
    "allowed_account_ids",
    "assume_role",
    "assume_role_with_web_identity",
    "custom_ca_bundle",
  ],
  ...["ec2_metadata_service_endpoint", "ec2_metadata_service_endpoint_mode", "endpoints"],
  ...[
    "forbidden_account_ids",
    "http_proxy",
    "https_proxy",
    "ignore_tags",
    "insecure",
    "max_retries",
    "no_proxy",
  ],
  ...["profile", "retry_mode", "s3_us_east_1_regional_endpoint", "s3_use_path_style", "secret_key"],
  ...["shared_config_files", "shared_credentials_files", "skip_credentials_validation"],
  ...[
    "skip_metadata_api_check",
    "skip_region_validation",
    "skip_requesting_account_id",
    "sts_region",
    "token",
  ],
  ...["token_bucket_rate_limiter_capacity", "use_dualstack_endpoint", "use_fips_endpoint", "version"],
];

/**
 * A member `//` is a comment, in any block (Terraform, "JSON configuration syntax").
 *
 * @throws DeploymentError for a member that is not among the known ones
 */
export function requireKnown(where: string, members: Section, known: readonly string[]): void {
  const key = Object.keys(members).find((member) => member !== "//" && !known.includes(member));
  if (key === undefined) return;
  throw new DeploymentError(
    `${where}: ${key} is set, received ${JSON.stringify(members[key])?.slice(0, 120)}, and nothing in the local runtime reads it; take it out of what is served`,
  );
}

/** Terraform's JSON may have the block as an object or in a list. */
export function lifecyclesOf({ lifecycle }: Section): Section[] {
  return [lifecycle].flat().filter(isObject);
}

/** The addresses of what Terraform checks: by `precondition`, `postcondition`, `validation` or a `check`. */
export function conditionsIn(json: Section): string[] {
  const isChecked = (body: Section) =>
    lifecyclesOf(body).some((lifecycle) => "precondition" in lifecycle || "postcondition" in lifecycle);
  const declared = (prefix: string, types: unknown) =>
    bodiesIn(types).flatMap(([type, byName]) => addressesIn(`${prefix}${type}.`, byName, isChecked));
  return [
    ...declared("", json.resource),
    ...declared("data.", json.data),
    ...addressesIn("var.", json.variable, ({ validation }) => validation !== undefined),
    ...addressesIn("output.", json.output, ({ precondition }) => precondition !== undefined),
    ...addressesIn("check.", json.check, () => true),
  ];
}

function addressesIn(prefix: string, byName: unknown, isChecked: (body: Section) => boolean): string[] {
  return bodiesIn(byName).flatMap(([name, body]) => (isChecked(body) ? [prefix + name] : []));
}

/** Terraform's JSON may have a block as a list of one. */
function bodiesIn(section: unknown): (readonly [name: string, body: Section])[] {
  return Object.entries(isObject(section) ? section : {}).flatMap(([name, written]) =>
    [written]
      .flat()
      .filter(isObject)
      .map((body) => [name, body] as const),
  );
}
