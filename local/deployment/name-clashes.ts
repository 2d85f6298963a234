import type { Deployment, Resource } from "./deployment";

/**
 * What one thing of AWS is known by. To create another one fails there ("Function already exist: F", "Role with name R already
 * exists."); a topic or a queue is not created twice, and two resources would change it back and forth.
 */
const IDENTITIES: Readonly<Record<string, readonly string[]>> = {
  aws_cloudwatch_log_group: ["arn"],
  aws_cognito_user_pool_domain: ["domain"],
  aws_iam_policy: ["arn"],
  aws_iam_role: ["arn"],
  aws_lambda_function: ["arn"],
  aws_lambda_permission: ["function_name", "qualifier", "statement_id"],
  aws_secretsmanager_secret: ["name"],
  aws_sns_topic: ["arn"],
  aws_sqs_queue: ["arn"],
  aws_wafv2_ip_set: ["name", "scope"],
  aws_wafv2_web_acl: ["name", "scope"],
};

/**
 * A line for each resource whose name another one of its type has. Those of one stack alone: two stacks may be for two accounts.
 */
export function nameClashes({ resources }: Deployment): string[] {
  const owners = new Map<string, Resource>();
  return resources.flatMap((resource) => {
    const keys = IDENTITIES[resource.type];
    if (keys === undefined) return [];
    const identity = keys.map((key) => resource.values[key] ?? null);
    if (identity.every((value) => value === null)) return [];
    const owner = owners.get(JSON.stringify([resource.stack, resource.type, identity]));
    owners.set(JSON.stringify([resource.stack, resource.type, identity]), owner ?? resource);
    if (owner === undefined) return [];
    const named = identity.filter((value) => value !== null).join(", ");
    return [`${resource.location}: ${owner.address} is ${named} already; give this one another name`];
  });
}
