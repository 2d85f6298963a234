import { DeploymentError } from "../deployment/attributes";
import type { Deployment, Resource } from "../deployment/deployment";
import type { ResourceType } from "../deployment/resource-type";
import { BoundedCache } from "../kernel/bounded-cache";
import { Kept } from "../kernel/kept";
import type { AccessControl, AccessRequest } from "./access-control";
import { accessDenied, type Denials } from "./access-denied";
import { unfilledConditionKeys } from "./condition-keys";
import { readIdentityPolicies, readResourcePolicies } from "./deployed-policies";
import { type ApplicablePolicies, type Decision, evaluate } from "./evaluation";
import { type Policy, policyOf, readPolicy } from "./policy";

const administratorAccess = policyOf(
  { Version: "2012-10-17", Statement: { Effect: "Allow", Action: "*", Resource: "*" } },
  "AdministratorAccess",
  "identity",
);

const maxCachedDecisions = 10_000;

export interface PolicyAccessControl extends AccessControl {
  /** What is decided differently here than on AWS; for the user, at start. */
  readonly warnings: readonly string[];
  /** What the policies say to a request, and which statement says it. Does not count as a request. */
  decide(request: AccessRequest): Decision;
  /** What was asked for so far, each request once, the 10,000 newest; an administrator's are not counted. */
  asked(): readonly AskedPermission[];
}

/** A permission that somebody asked for. */
export interface AskedPermission {
  readonly request: AccessRequest;
  readonly decision: Decision;
  /** How often. */
  readonly count: number;
}

interface Asked {
  readonly request: AccessRequest;
  count: number;
}

/**
 * Decides by the deployment's policies as IAM does inside one account: an explicit deny wins, else a role needs an allow
 * of its own or of the resource, and a service needs one of the resource. Policies stay as they are during a run, so each
 * decision is made once.
 *
 * @throws DeploymentError for a malformed policy document, or a function whose role Lambda may not assume
 */
export async function createAccessControl(
  deployment: Deployment,
  types: readonly ResourceType[],
  denials: Denials,
  kept = new Kept(),
): Promise<PolicyAccessControl> {
  const { roles, warnings } = readIdentityPolicies(deployment);
  const resourcePolicies = readResourcePolicies(deployment, types);
  const trust = readTrustPolicies(deployment);
  checkTrustPolicies(deployment, trust);
  const decisions = new BoundedCache<Decision>(maxCachedDecisions);
  // What was asked for outlives a restart; what is answered to it is the policies' that are in force.
  const asked = kept.of("permissions asked for", () => new BoundedCache<Asked>(maxCachedDecisions));

  const policiesFor = ({ principal, resource }: AccessRequest): ApplicablePolicies => ({
    identity:
      principal.kind === "role"
        ? (roles.get(principal.roleArn)?.identity ?? [])
        : principal.kind === "administrator"
          ? [administratorAccess]
          : [],
    boundary: principal.kind === "role" ? roles.get(principal.roleArn)?.boundary : undefined,
    // A role's trust policy decides who assumes it.
    resource: resourcePolicies.get(resource) ?? trust.get(resource),
  });

  const keyOf = ({ principal, action, resource }: AccessRequest) =>
    JSON.stringify([principal, action, resource]);
  const decide = (request: AccessRequest, key = keyOf(request)): Decision => {
    const known = decisions.get(key);
    if (known !== undefined) return known;
    const decision = evaluate(request, policiesFor(request), deployment);
    decisions.set(key, decision);
    return decision;
  };
  const ask = (request: AccessRequest): Decision => {
    const key = keyOf(request);
    const known = asked.get(key);
    if (known === undefined) asked.set(key, { request, count: 1 });
    else known.count += 1;
    return decide(request, key);
  };

  return {
    warnings: [
      ...warnings,
      ...unfilledConditionKeys([
        ...[...roles.values()].flatMap(({ identity, boundary }) =>
          boundary ? [...identity, boundary] : identity,
        ),
        ...resourcePolicies.values(),
      ]),
    ],
    decide: (request) => decide(request),
    asked: () =>
      asked
        .values()
        .filter(({ request }) => request.principal.kind !== "administrator")
        .map((one) => ({ ...one, decision: decide(one.request) })),
    async isAllowed(request) {
      return ask(request).refusal === undefined;
    },
    async authorize(request) {
      const { refusal } = ask(request);
      if (refusal !== undefined) throw accessDenied(request, refusal, denials);
    },
  };
}

/** By role ARN. @throws as `createAccessControl` */
function readTrustPolicies(deployment: Deployment): ReadonlyMap<string, Policy | undefined> {
  return new Map(
    deployment
      .ofType("aws_iam_role")
      .map((role) => [role.string("arn"), readPolicy(role, "assume_role_policy", "trust")]),
  );
}

/**
 * Makes sure that Lambda may assume the role of every function of the deployment: on AWS the function could not be
 * created otherwise ("The role defined for the function cannot be assumed by Lambda").
 *
 * @throws DeploymentError that names the function and its role
 */
function checkTrustPolicies(deployment: Deployment, trust: ReadonlyMap<string, Policy | undefined>): void {
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
