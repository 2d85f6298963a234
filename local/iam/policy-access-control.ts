import type { Deployment } from "../deployment/deployment";
import type { ResourceType } from "../deployment/resource-type";
import type { AccessControl, AccessRequest } from "./access-control";
import { accessDenied, type Denials } from "./access-denied";
import { unfilledConditionKeys } from "./condition-keys";
import { readIdentityPolicies, readResourcePolicies } from "./deployed-policies";
import { type ApplicablePolicies, evaluate, type Refusal } from "./evaluation";
import type { PolicyDocument } from "./policy-document";
import { checkTrustPolicies } from "./trust-policies";

const administratorAccess: PolicyDocument = {
  name: "AdministratorAccess",
  policy: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
};

const maxCachedDecisions = 10_000;

export interface PolicyAccessControl extends AccessControl {
  /** What is decided differently here than on AWS; for the user, at start. */
  readonly warnings: readonly string[];
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
): Promise<PolicyAccessControl> {
  const { roles, warnings } = readIdentityPolicies(deployment);
  const resourcePolicies = readResourcePolicies(deployment, types);
  await checkTrustPolicies(deployment);
  const cache = new BoundedCache<Promise<Refusal | undefined>>(maxCachedDecisions);

  const policiesFor = ({ principal, resource }: AccessRequest): ApplicablePolicies => ({
    identity:
      principal.kind === "role"
        ? (roles.get(principal.roleArn)?.identity ?? [])
        : principal.kind === "administrator"
          ? [administratorAccess]
          : [],
    boundary: principal.kind === "role" ? roles.get(principal.roleArn)?.boundary : undefined,
    resource: resourcePolicies.get(resource),
  });

  const decide = (request: AccessRequest): Promise<Refusal | undefined> => {
    const policies = policiesFor(request);
    // Only a policy on the resource can stop the administrator.
    if (request.principal.kind === "administrator" && policies.resource === undefined) {
      return Promise.resolve(undefined);
    }
    const key = JSON.stringify([request.principal, request.action, request.resource]);
    const known = cache.get(key);
    if (known !== undefined) return known;
    const decision = evaluate(request, policies, deployment);
    cache.set(key, decision);
    return decision;
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
    async isAllowed(request) {
      return (await decide(request)) === undefined;
    },
    async authorize(request) {
      const refusal = await decide(request);
      if (refusal !== undefined) throw accessDenied(request, refusal, denials);
    },
  };
}

/** A cache that never holds more than `limit` entries: the oldest goes first. */
export class BoundedCache<Value> {
  readonly #entries = new Map<string, Value>();

  constructor(private readonly limit: number) {}

  get(key: string): Value | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: Value): void {
    if (this.#entries.size >= this.limit) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    this.#entries.set(key, value);
  }

  get size(): number {
    return this.#entries.size;
  }
}
