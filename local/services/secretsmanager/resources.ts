import {
  type ComputedAttributes,
  nameOf,
  type ResourceType,
  served,
  uniqueSuffix,
} from "../../deployment/resource-type";
import { formatArn } from "../../kernel/arn";
import { ALPHANUMERIC, seededId } from "../../kernel/ids";

const secret: ComputedAttributes = (own, { region, accountId }) => {
  const name = nameOf(own);
  const suffix = seededId(own.seed("arn"), 6, ALPHANUMERIC);
  const arn = formatArn({ region, accountId }, "secretsmanager", `secret:${name}-${suffix}`);
  return { arn, id: arn, name, recovery_window_in_days: 30 };
};

const secretVersion: ComputedAttributes = (own) => {
  const secretId = own.string("secret_id");
  // The provider sends a request token, and Secrets Manager makes it the version's id.
  const versionId = `terraform-${uniqueSuffix(own, "version")}`;
  return {
    arn: secretId,
    id: `${secretId}|${versionId}`,
    version_id: versionId,
    version_stages: ["AWSCURRENT"],
  };
};

export const secretsManagerResourceTypes: readonly ResourceType[] = [
  served("aws_secretsmanager_secret", {
    providerOnly: ["replica.last_accessed_date", "replica.status", "replica.status_message"],
    computed: secret,
    inert: { recovery_window_in_days: "secrets are not deleted here" },
    policy: { attribute: "policy", guards: (resource) => resource.string("arn") },
  }),
  served("aws_secretsmanager_secret_version", {
    providerOnly: ["has_secret_string_wo", "version_id"],
    computed: secretVersion,
  }),
  served("aws_secretsmanager_secret_policy", {
    computed: (own) => ({ id: own.string("secret_arn") }),
    policy: { attribute: "policy", guards: (resource) => resource.string("secret_arn") },
  }),
];
