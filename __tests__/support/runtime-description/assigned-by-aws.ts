import type { Deployment } from "../../../local/deployment/deployment";

/** What AWS, and nobody else, gives a resource: by Terraform type, the attributes. Names and ARNs made of names stay. */
const ASSIGNED: Readonly<Record<string, readonly string[]>> = {
  aws_api_gateway_api_key: ["id", "value"],
  aws_api_gateway_authorizer: ["id"],
  aws_api_gateway_deployment: ["id"],
  aws_api_gateway_model: ["id"],
  aws_api_gateway_request_validator: ["id"],
  aws_api_gateway_resource: ["id"],
  aws_api_gateway_rest_api: ["id", "root_resource_id"],
  aws_api_gateway_usage_plan: ["id"],
  aws_cognito_user_pool: ["id"],
  aws_cognito_user_pool_client: ["id"],
  aws_secretsmanager_secret: ["arn"],
  aws_secretsmanager_secret_version: ["version_id"],
  aws_sns_topic_subscription: ["arn"],
  aws_sqs_queue: ["url"],
  aws_wafv2_ip_set: ["id", "lock_token"],
  aws_wafv2_web_acl: ["id", "lock_token"],
};

/** Puts the address of the resource in place of each id that AWS assigned: `‹aws_wafv2_ip_set.edge.id›`. */
export function withoutAssignedIds(deployment: Deployment): (text: string) => string {
  const names = new Map(
    deployment.resources.flatMap((resource) =>
      (ASSIGNED[resource.type] ?? []).flatMap((key) => {
        const id = resource.optionalString(key);
        return id === undefined ? [] : [[id, `‹${resource.address}.${key}›`] as const];
      }),
    ),
  );
  // The longest first: one id may be a part of another.
  const ids = [...names.keys()].sort((one, other) => other.length - one.length).map(escaped);
  const pattern = new RegExp(ids.join("|") || "(?!)", "g");
  return (text) => text.replace(pattern, (id) => names.get(id) ?? id);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
