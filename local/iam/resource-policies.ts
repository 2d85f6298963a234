import type { Deployment } from "../deployment/deployment";
import type { ResourceType } from "../deployment/resource-type";
import { mergePolicies, type PolicyDocument, readPolicy } from "./policy-document";

/**
 * Collects the policies on resources, by the resource's ARN: those that the resource types say they carry. Where a
 * resource of its own sets the policy, Terraform's state may show an earlier one at the topic, queue or secret: of two
 * policies of one resource, the type later in the table counts. Statements that come one by one add up.
 *
 * A topic without a policy has none here. The one that SNS gives it allows the calls of AWS services that pass
 * `AWS:SourceOwner`, which no service does that the runtime serves; a role needs a policy of its own either way.
 */
export function readResourcePolicies(
  deployment: Deployment,
  types: readonly ResourceType[],
): ReadonlyMap<string, PolicyDocument> {
  const policies = new Map<string, PolicyDocument>();
  for (const type of types) {
    if (type.status !== "served" || type.policy === undefined) continue;
    const { policy } = type;
    for (const resource of deployment.ofType(type.type)) {
      const arn = policy.guards(resource, deployment);
      if ("statement" in policy) {
        const Statement = [policy.statement(resource, deployment)];
        const added = { name: resource.address, policy: { Version: "2012-10-17", Statement } };
        policies.set(arn, mergePolicies(policies.get(arn), added));
        continue;
      }
      const document = readPolicy(resource, policy.attribute, "resource");
      if (document !== undefined) policies.set(arn, document);
    }
  }
  return policies;
}
