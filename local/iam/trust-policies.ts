import { DeploymentError } from "../deployment/attributes";
import type { Deployment, Resource } from "../deployment/deployment";
import { evaluate } from "./evaluation";
import { type Policy, readPolicy } from "./policy";

/**
 * Makes sure that Lambda may assume the role of every function of the deployment: on AWS the function could not be
 * created otherwise ("The role defined for the function cannot be assumed by Lambda").
 *
 * @throws DeploymentError that names the function and its role
 */
export function checkTrustPolicies(deployment: Deployment): void {
  const trust = new Map<string, Policy | undefined>();
  for (const role of deployment.ofType("aws_iam_role")) {
    trust.set(role.string("arn"), readPolicy(role, "assume_role_policy", "trust"));
  }
  for (const lambda of deployment.ofType("aws_lambda_function")) {
    const roleArn = lambda.string("role");
    if (!trust.has(roleArn)) lambda.fail("role", "the ARN of a role of the deployment");
    if (!trustsLambda(roleArn, trust.get(roleArn), lambda, deployment)) {
      throw new DeploymentError(
        `${lambda.address}: Lambda cannot assume its role ${roleArn}; the role's assume_role_policy must allow sts:AssumeRole to lambda.amazonaws.com`,
      );
    }
  }
}

function trustsLambda(
  roleArn: string,
  policy: Policy | undefined,
  lambda: Resource,
  deployment: Deployment,
): boolean {
  const request = {
    principal: {
      kind: "service",
      service: "lambda.amazonaws.com",
      sourceArn: lambda.string("arn"),
      sourceAccount: deployment.accountId,
    },
    action: "sts:AssumeRole",
    resource: roleArn,
  } as const;
  const policies = { identity: [], boundary: undefined, resource: policy };
  return evaluate(request, policies, deployment).refusal === undefined;
}
