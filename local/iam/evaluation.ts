import type { Place } from "../kernel/arn";
import type { Principal } from "../kernel/principal";
import type { AccessRequest } from "./access-control";
import { contextOf } from "./condition-keys";
import type { Pattern, RequestContext } from "./pattern";
import type { Match, Policy, Principals, Statement } from "./policy";

export type PolicyKind = "identity-based policy" | "resource-based policy" | "permissions boundary";

/** Why a request is refused: which kind of policy denies it, or has nothing that allows it. */
export type Refusal =
  | { readonly kind: "explicit"; readonly policy: PolicyKind }
  | { readonly kind: "implicit"; readonly policy: PolicyKind };

/** What became of a request, and by what. */
export interface Decision {
  /** `undefined`: the policies allow it. */
  readonly refusal?: Refusal;
  /** The statement that allowed or denied it; not set where nothing allows it. */
  readonly statement?: DecidingStatement;
}

export interface DecidingStatement {
  /** The policy: the address and the attribute that hold it, `aws_iam_role_policy.P.policy`. */
  readonly policy: string;
  readonly kind: "identity" | "resource" | "boundary";
  /** Its `Sid`, or its place in the policy: `Statement[0]`. */
  readonly statement: string;
}

export interface ApplicablePolicies {
  readonly identity: readonly Policy[];
  readonly boundary: Policy | undefined;
  readonly resource: Policy | undefined;
}

/**
 * Decides a request inside one account: an explicit deny wins; a service or nobody needs an allow of the resource; a role or
 * user needs one of its own that its permissions boundary allows too, or one of the resource.
 *
 * Source: "Policy evaluation for requests within a single account" and "How AWS enforcement code logic evaluates requests"
 * in the IAM user guide.
 */
export function evaluate(request: AccessRequest, policies: ApplicablePolicies, place: Place): Decision {
  const { principal } = request;
  const context = lookUp(contextOf(principal, place.region, place.accountId));
  const find = (effect: Statement["effect"], policy: Policy = []) =>
    policy.find((statement) => statement.effect === effect && applies(statement, request, context));
  const own = policies.identity.flat();
  const onResource = (effect: Statement["effect"]) => statementOnResource(effect, request, policies, context);

  const ownDeny = find("Deny", own);
  if (ownDeny !== undefined) return denied("identity-based policy", ownDeny, "identity");
  const resourceDeny = onResource("Deny");
  if (resourceDeny !== undefined) return denied("resource-based policy", resourceDeny.statement, "resource");
  const boundaryDeny = find("Deny", policies.boundary);
  if (boundaryDeny !== undefined) return denied("permissions boundary", boundaryDeny, "boundary");

  const grant = onResource("Allow");
  if (principal.kind === "service" || principal.kind === "anonymous") {
    return grant === undefined
      ? nothingAllows("resource-based policy")
      : allowed(grant.statement, "resource");
  }
  if (grant?.scope === "session") return allowed(grant.statement, "resource");
  const ownAllow = find("Allow", own);
  if (ownAllow === undefined && grant?.scope !== "identity") return nothingAllows("identity-based policy");
  if (policies.boundary !== undefined && find("Allow", policies.boundary) === undefined) {
    return nothingAllows("permissions boundary");
  }
  if (grant === undefined && isUpToResource(request.action)) return nothingAllows("resource-based policy");
  if (ownAllow !== undefined) return allowed(ownAllow, "identity");
  return grant === undefined ? nothingAllows("identity-based policy") : allowed(grant.statement, "resource");
}

/** What one policy says to an action, whoever asks: a deny wins, and what it does not allow is refused. */
export function evaluateAlone(
  policy: Policy,
  { action, resource }: Pick<AccessRequest, "action" | "resource">,
  keys: Readonly<Record<string, string>>,
): Decision {
  const context = lookUp(keys);
  const find = (effect: Statement["effect"]) =>
    policy.find(
      (statement) => statement.effect === effect && applies(statement, { action, resource }, context),
    );
  const deny = find("Deny");
  if (deny !== undefined) return denied("identity-based policy", deny, "identity");
  const allow = find("Allow");
  return allow === undefined ? nothingAllows("identity-based policy") : allowed(allow, "identity");
}

function allowed(statement: Statement, kind: DecidingStatement["kind"]): Decision {
  return { statement: { policy: statement.policy, kind, statement: statement.name } };
}

function denied(policy: PolicyKind, statement: Statement, kind: DecidingStatement["kind"]): Decision {
  return { refusal: { kind: "explicit", policy }, ...allowed(statement, kind) };
}

function nothingAllows(policy: PolicyKind): Decision {
  return { refusal: { kind: "implicit", policy } };
}

/** "IAM roles: trust policies" and "Key policies in AWS KMS": an identity's own policy is never enough. */
function isUpToResource(action: string): boolean {
  return /^(?:sts:AssumeRole|kms:)/i.test(action);
}

/**
 * Whom a statement on a resource names. `account`: the account, whose identities still need a policy of their own.
 * `identity`: the role, which its permissions boundary limits. `session`: the session, the user, the service or everyone;
 * no boundary limits that. The widest counts.
 */
type Scope = "account" | "identity" | "session";

function statementOnResource(
  effect: Statement["effect"],
  request: AccessRequest,
  { resource: policy = [], boundary }: ApplicablePolicies,
  context: RequestContext,
): { readonly scope: Scope; readonly statement: Statement } | undefined {
  const order: readonly Scope[] = ["account", "identity", "session"];
  let widest: { scope: Scope; statement: Statement } | undefined;
  for (const statement of policy) {
    if (statement.effect !== effect || !applies(statement, request, context)) continue;
    const scope = scopeOf(statement.principals, effect, request.principal, boundary !== undefined);
    if (scope === undefined) continue;
    if (widest === undefined || order.indexOf(scope) > order.indexOf(widest.scope)) {
      widest = { scope, statement };
    }
  }
  return widest;
}

function scopeOf(
  principals: Principals | undefined,
  effect: Statement["effect"],
  principal: Principal,
  isBounded: boolean,
): Scope | undefined {
  if (principals === undefined) return undefined;
  const named = principals.everyone ? "session" : namedScope(principals, principal);
  if (!principals.except) return named;
  // A deny with NotPrincipal spares nobody who has a permissions boundary, whatever it names (ibid., NotPrincipal).
  const spared = effect === "Deny" ? !isBounded && isFullyNamed(principals, principal) : named !== undefined;
  return spared ? undefined : "session";
}

function namedScope({ aws, services }: Principals, principal: Principal): Scope | undefined {
  switch (principal.kind) {
    case "anonymous":
      return undefined;
    case "service":
      return services.has(principal.service) ? "session" : undefined;
    default:
      if (aws.has(principal.arn)) return "session";
      if (principal.kind === "role" && aws.has(principal.roleArn)) return "identity";
      return accountNames(principal).some((name) => aws.has(name)) ? "account" : undefined;
  }
}

/**
 * Whether a `NotPrincipal` names the principal in full, so that a deny spares it. AWS may check the account first, then the role, then the session,
 * and each must be named ("IAM JSON policy elements: NotPrincipal" in the IAM user guide).
 */
function isFullyNamed({ aws, services }: Principals, principal: Principal): boolean {
  switch (principal.kind) {
    case "anonymous":
      return false;
    case "service":
      return services.has(principal.service);
    default: {
      const identities = principal.kind === "role" ? [principal.roleArn, principal.arn] : [principal.arn];
      return (
        accountNames(principal).some((name) => aws.has(name)) && identities.every((name) => aws.has(name))
      );
    }
  }
}

function accountNames({ arn, accountId }: { readonly arn: string; readonly accountId: string }): string[] {
  const partition = arn.split(":", 2)[1] ?? "aws";
  return [accountId, `arn:${partition}:iam::${accountId}:root`];
}

/** Whether a statement is about the request, whomever it names. */
function applies(
  { actions, resources, conditions }: Statement,
  { action, resource }: Pick<AccessRequest, "action" | "resource">,
  context: RequestContext,
): boolean {
  return (
    isAmong(action, actions, context) &&
    (resources === undefined || isAmong(resource, resources, context)) &&
    conditions.every((condition) => condition.holds(context))
  );
}

function isAmong(value: string, { except, patterns }: Match, context: RequestContext): boolean {
  const unresolved = (pattern: Pattern) => pattern.isUnresolved(context);
  if (except && patterns.some(unresolved)) return false;
  return patterns.some((pattern) => pattern.matches(value, context)) !== except;
}

/** Condition keys do not tell the cases apart. */
function lookUp(values: Readonly<Record<string, string | readonly string[]>>): RequestContext {
  const byKey = new Map(
    Object.entries(values).map(([key, value]) => [
      key.toLowerCase(),
      typeof value === "string" ? [value] : value,
    ]),
  );
  return (key) => byKey.get(key.toLowerCase());
}
