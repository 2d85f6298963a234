import type { Deployment, Resource } from "../deployment/deployment";
import { readLambdaPermissions } from "../services/lambda/permissions";
import { mergePolicies, type PolicyDocument, readPolicy } from "./policy-document";

/**
 * Collects the policies on resources, by the resource's ARN: functions, topics, queues and secrets.
 *
 * A topic without a policy has none here. The one that SNS gives it allows the calls of AWS services that pass
 * `AWS:SourceOwner`, which no service does that the runtime stands in for; a role needs a policy of its own either way.
 */
export function readResourcePolicies(deployment: Deployment): ReadonlyMap<string, PolicyDocument> {
  const policies = new Map<string, PolicyDocument>();
  const set = (arn: string, document: PolicyDocument | undefined) => {
    if (document !== undefined) policies.set(arn, document);
  };
  for (const [arn, documents] of readLambdaPermissions(deployment)) set(arn, mergePolicies(documents));
  for (const type of ["aws_sns_topic", "aws_sqs_queue", "aws_secretsmanager_secret"]) {
    for (const resource of deployment.ofType(type)) set(resource.string("arn"), resourcePolicy(resource));
  }
  // Where a resource of its own sets the policy, Terraform's state may show an earlier one at the topic, queue or secret.
  for (const policy of deployment.ofType("aws_sns_topic_policy"))
    set(policy.string("arn"), resourcePolicy(policy));
  for (const policy of deployment.ofType("aws_sqs_queue_policy")) {
    set(queueArn(policy, deployment), resourcePolicy(policy));
  }
  for (const policy of deployment.ofType("aws_secretsmanager_secret_policy")) {
    set(policy.string("secret_arn"), resourcePolicy(policy));
  }
  return policies;
}

function resourcePolicy(resource: Resource): PolicyDocument | undefined {
  return readPolicy(resource, "policy", "resource");
}

/** `aws_sqs_queue_policy` names its queue by URL. */
function queueArn(policy: Resource, deployment: Deployment): string {
  const url = policy.string("queue_url");
  const queue = deployment.ofType("aws_sqs_queue").find((candidate) => {
    return candidate.optionalString("url") === url || candidate.optionalString("id") === url;
  });
  return queue?.string("arn") ?? policy.fail("queue_url", "the URL of a queue of the deployment");
}
