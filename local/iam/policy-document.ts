import {
  type ValidationError,
  validateIdentityPolicy,
  validateResourcePolicy,
  validateTrustPolicy,
} from "@cloud-copilot/iam-policy";
import { DeploymentError } from "../deployment/attributes";
import type { Resource } from "../deployment/deployment";

/** An IAM policy of the deployment, as it is written. */
export interface PolicyDocument {
  /** The address of the resource that holds it, for messages. */
  readonly name: string;
  readonly policy: { readonly Version?: string; readonly Statement: unknown };
}

const validators = {
  identity: validateIdentityPolicy,
  resource: validateResourcePolicy,
  trust: validateTrustPolicy,
} satisfies Record<string, (policy: unknown) => ValidationError[]>;

/**
 * Parses a policy attribute, `undefined` where it is not set.
 *
 * @throws DeploymentError for what AWS would refuse as a malformed policy document
 */
export function readPolicy(
  resource: Pick<Resource, "address" | "optionalString">,
  key: string,
  kind: keyof typeof validators,
): PolicyDocument | undefined {
  const text = resource.optionalString(key);
  return text === undefined ? undefined : parsePolicy(text, `${resource.address}.${key}`, kind);
}

function parsePolicy(text: string, name: string, kind: keyof typeof validators): PolicyDocument {
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    throw new DeploymentError(`${name}: a policy must be JSON, received ${excerpt(text)}`);
  }
  const [error] = validators[kind](policy);
  if (error !== undefined) {
    throw new DeploymentError(
      `${name}: malformed policy document at ${error.path || "the top"}: ${error.message}`,
    );
  }
  if (typeof policy !== "object" || policy === null || !("Statement" in policy)) {
    throw new DeploymentError(`${name}: a policy must have a Statement, received ${excerpt(text)}`);
  }
  return { name, policy };
}

/** Two policies as one, the way AWS keeps a resource's statements together. */
export function mergePolicies(former: PolicyDocument | undefined, added: PolicyDocument): PolicyDocument {
  if (former === undefined) return added;
  const Statement = [former, added].flatMap(({ policy }) => statementsOf(policy.Statement));
  return { name: `${former.name}, ${added.name}`, policy: { Version: "2012-10-17", Statement } };
}

export function statementsOf(statement: unknown): unknown[] {
  return Array.isArray(statement) ? statement : [statement];
}

function excerpt(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
