import { DeploymentError } from "../deployment/attributes";
import type { Deployment, Resource } from "../deployment/deployment";
import { evaluate } from "./evaluation";
import { type PolicyDocument, readPolicy } from "./policy-document";

/**
 * Makes sure that Lambda may assume the role of every function of the deployment: on AWS the function could not be
 * created otherwise ("The role defined for the function cannot be assumed by Lambda").
 *
 * @throws DeploymentError that names the function and its role
 */
export async function checkTrustPolicies(deployment: Deployment): Promise<void> {
  const trust = new Map<string, PolicyDocument | undefined>();
  for (const role of deployment.ofType("aws_iam_role")) {
    trust.set(role.string("arn"), readPolicy(role, "assume_role_policy", "trust"));
  }
  for (const lambda of deployment.ofType("aws_lambda_function")) {
    const roleArn = lambda.string("role");
    if (!trust.has(roleArn)) lambda.fail("role", "the ARN of a role of the deployment");
    if (!(await trustsLambda(roleArn, trust.get(roleArn), lambda, deployment))) {
      throw new DeploymentError(
        `${lambda.address}: Lambda cannot assume its role ${roleArn}; the role's assume_role_policy must allow sts:AssumeRole to lambda.amazonaws.com`,
      );
    }
  }
}

async function trustsLambda(
  roleArn: string,
  policy: PolicyDocument | undefined,
  lambda: Resource,
  deployment: Deployment,
): Promise<boolean> {
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
  const { refusal } = await evaluate(
    request,
    { identity: [], boundary: undefined, resource: policy },
    deployment,
  );
  return refusal === undefined;
}
