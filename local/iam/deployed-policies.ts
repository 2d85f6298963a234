import { type Attributes, DeploymentError } from "../deployment/attributes";
import type { Deployment, Resource } from "../deployment/deployment";
import type { ResourceType } from "../deployment/resource-type";
import { isAwsManaged, managedPoliciesDate, managedPolicyDocument } from "./managed-policies";
import { type Policy, policyOf, readPolicy } from "./policy";

/** What a role may do by itself. */
export interface RolePolicies {
  readonly identity: readonly Policy[];
  /** `undefined`: the role has none. */
  readonly boundary: Policy | undefined;
}

export interface IdentityPolicies {
  /** By role ARN. */
  readonly roles: ReadonlyMap<string, RolePolicies>;
  /** Policies of the account that are not in the deployment, and that the runtime treats as if they said nothing. */
  readonly warnings: readonly string[];
}

/** Who acts with a role here. */
const ACTING = [
  ["aws_lambda_function", "role"],
  ["aws_api_gateway_integration", "credentials"],
  ["aws_api_gateway_authorizer", "authorizer_credentials"],
] as const;

/**
 * Collects each role's policies: inline ones, customer managed ones, AWS managed ones and the permissions boundary. What cannot be
 * found matters for the roles of functions and of API Gateway's calls alone: no other role acts here (API Gateway writes its logs
 * whatever the role that it has for them on AWS may do).
 *
 * @throws DeploymentError for the AWS managed policy of such a role whose document is not known
 */
export function readIdentityPolicies(deployment: Deployment): IdentityPolicies {
  const managed = new Map<string, Policy>();
  for (const resource of deployment.ofType("aws_iam_policy")) {
    const document = readPolicy(resource, "policy", "identity");
    requireSize(
      resource,
      charactersOf(resource),
      MOST_MANAGED,
      `Cannot exceed quota for PolicySize: ${MOST_MANAGED}`,
    );
    if (document !== undefined) managed.set(resource.string("arn"), document);
  }
  const inline = deployment.ofType("aws_iam_role_policy").map((resource) => ({
    role: resource.string("role"),
    document: readPolicy(resource, "policy", "identity"),
    resource,
  }));
  const attachments = readAttachments(deployment);
  const warnings: string[] = [];
  const acting = new Set(
    ACTING.flatMap(([type, key]) =>
      deployment.ofType(type).flatMap((resource) => resource.optionalString(key) ?? []),
    ),
  );
  const roles = new Map<string, RolePolicies>();
  for (const role of deployment.ofType("aws_iam_role")) {
    const [name, roleArn] = [role.string("name"), role.string("arn")];
    const lookUp = (arn: string, usedBy: string): Policy[] => {
      const document = managed.get(arn);
      if (document !== undefined) return [document];
      if (!acting.has(roleArn)) return [];
      if (isAwsManaged(arn)) return [awsManaged(arn, usedBy)];
      warnings.push(`${usedBy}: ${arn} is not part of the deployment; it allows and denies nothing here`);
      return [];
    };
    const blocks = role.blocks("inline_policy");
    const nested = blocks.map((block) => readPolicy(block, "policy", "identity"));
    const ofRole = inline.filter((policy) => policy.role === name);
    const own = ofRole.map(({ document }) => document);
    requireInlineSize(
      role,
      blocks,
      ofRole.map(({ resource }) => resource),
    );
    // Terraform's state lists an attached policy at the role too.
    const listed = role.strings("managed_policy_arns").map((arn) => [arn, role.address] as const);
    const attached = attachments
      .filter((attachment) => attachment.roles.includes(name))
      .map(({ arn, address }) => [arn, address] as const);
    const customerManaged = [...new Map([...listed, ...attached])].flatMap(([arn, usedBy]) =>
      lookUp(arn, usedBy),
    );
    const boundaryArn = role.optionalString("permissions_boundary");
    roles.set(roleArn, {
      // Terraform's state shows an `aws_iam_role_policy` as the role's `inline_policy` too; twice the same changes nothing.
      identity: [...own, ...nested, ...customerManaged].filter((document) => document !== undefined),
      boundary: boundaryArn === undefined ? undefined : boundaryOf(boundaryArn, role, lookUp),
    });
  }
  return { roles, warnings };
}

/** "IAM and AWS STS quotas", IAM User Guide: of all inline policies of a role together (aws/aws-cdk#18457), and of a managed policy. */
const MOST_INLINE = 10_240;
const MOST_MANAGED = 6_144;

/** "IAM doesn't count white space when calculating the size of a policy against these quotas" (ibid.). */
function charactersOf(holder: Attributes): number {
  return (holder.optionalString("policy") ?? "").replace(/\s/g, "").length;
}

/** Terraform's state shows an `aws_iam_role_policy` as a block of the role too: it counts once. */
function requireInlineSize(role: Resource, blocks: readonly Attributes[], own: readonly Resource[]): void {
  const names = own.map((resource) => resource.optionalString("name"));
  const others = blocks.filter((block) => !names.includes(block.optionalString("name")));
  const size = [...others, ...own].reduce((sum, holder) => sum + charactersOf(holder), 0);
  const reason = `Maximum policy size of ${MOST_INLINE} bytes exceeded for role ${role.string("name")}`;
  requireSize(role, size, MOST_INLINE, reason);
}

function requireSize(holder: Resource, size: number, most: number, reason: string): void {
  if (size > most)
    throw new DeploymentError(`${holder.address}: AWS refuses a policy of ${size} characters: ${reason}`);
}

function awsManaged(arn: string, usedBy: string): Policy {
  const document = managedPolicyDocument(arn);
  if (document !== undefined) return policyOf(JSON.parse(document), arn, "identity");
  throw new DeploymentError(
    `${usedBy}: ${arn} is not among the AWS managed policies that the local runtime knows, which are those of ${managedPoliciesDate()}; write its document into an aws_iam_policy, and attach that`,
  );
}

/** To one role, or to several at once. Each is read, also one to a role that is elsewhere. */
function readAttachments(deployment: Deployment) {
  const of = (type: string, roles: (resource: Resource) => readonly string[]) =>
    deployment.ofType(type).map((resource) => ({
      roles: roles(resource),
      arn: resource.string("policy_arn"),
      address: resource.address,
    }));
  return [
    ...of("aws_iam_role_policy_attachment", (resource) => [resource.string("role")]),
    ...of("aws_iam_policy_attachment", (resource) => resource.strings("roles")),
  ];
}

/** A boundary that cannot be read lets nothing pass: it limits the role on AWS, and must not be ignored here. */
function boundaryOf(arn: string, role: Resource, lookUp: (arn: string, usedBy: string) => Policy[]): Policy {
  const [document] = lookUp(arn, `${role.address}.permissions_boundary`);
  return document ?? [];
}

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
): ReadonlyMap<string, Policy> {
  const policies = new Map<string, Policy>();
  for (const type of types) {
    if (type.status !== "served" || type.policy === undefined) continue;
    const { policy } = type;
    for (const resource of deployment.ofType(type.type)) {
      const arn = policy.guards(resource, deployment);
      if ("statement" in policy) {
        const document = { Version: "2012-10-17", Statement: policy.statement(resource, deployment) };
        const added = policyOf(document, resource.address, "resource");
        policies.set(arn, [...(policies.get(arn) ?? []), ...added]);
        continue;
      }
      const document = readPolicy(resource, policy.attribute, "resource");
      if (document !== undefined) policies.set(arn, document);
    }
  }
  return policies;
}
