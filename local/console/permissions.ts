import { readIdentityPolicies } from "../iam/deployed-policies";
import type { Match, Statement } from "../iam/policy";
import type { AskedPermission } from "../iam/policy-access-control";
import type { Runtime } from "../runtime-options";
import { readFunctions } from "../services/lambda/function-settings";
import type { FunctionPermissions, PermissionRow, PolicyJson, StatementRef } from "./contract";

/** One action on one resource that a role's own policy grants, as it is written. */
interface Grant {
  readonly action: string;
  readonly resource: string;
  readonly statement: StatementRef;
  covers(permission: AskedPermission): boolean;
}

/** What each function's role grants, what the function asked for, and the smallest policy that would have been enough. */
export function permissionsOf({ inside }: Pick<Runtime, "inside">): FunctionPermissions[] {
  const { deployment, access } = inside;
  const asked = access.asked();
  const { roles } = readIdentityPolicies(deployment);
  return readFunctions(deployment).map(({ name, roleArn }) => {
    const grants = (roles.get(roleArn)?.identity ?? []).flat().flatMap(grantsOf);
    const own = asked.filter(
      ({ request: { principal } }) => principal.kind === "role" && isSessionOf(principal.arn, name),
    );
    return functionPermissions(name, roleArn, grants, own);
  });
}

/** Lambda names the session of a function's role after the function. */
function isSessionOf(arn: string, functionName: string): boolean {
  return arn.endsWith(`/${functionName}`);
}

function grantsOf({ policy, name, effect, actions, resources }: Statement): Grant[] {
  if (effect !== "Allow" || resources === undefined) return [];
  const statement = { policy, kind: "identity" as const, statement: name };
  return written(actions).flatMap((action) =>
    written(resources).map((resource) => ({
      action: action.text,
      resource: resource.text,
      statement,
      covers: ({ request }) => action.covers(request.action) && resource.covers(request.resource),
    })),
  );
}

/** Each value of an element by itself; those of `NotAction` and `NotResource` stay together. */
function written({ except, patterns }: Match): { readonly text: string; covers(text: string): boolean }[] {
  const covers = (pattern: Match["patterns"][number], text: string) => pattern.matches(text, () => undefined);
  if (!except)
    return patterns.map((pattern) => ({ text: pattern.text, covers: (text) => covers(pattern, text) }));
  const all = patterns.map(({ text }) => text).join(", ");
  return [{ text: `all but ${all}`, covers: (text) => !patterns.some((pattern) => covers(pattern, text)) }];
}

function functionPermissions(
  functionName: string,
  roleArn: string,
  grants: readonly Grant[],
  asked: readonly AskedPermission[],
): FunctionPermissions {
  const allowed = asked.filter(({ decision }) => decision.refusal === undefined);
  const granted = grants.map(({ action, resource, statement, covers }): PermissionRow => {
    const count = sum(allowed.filter(covers));
    return { action, resource, statement, verdict: count > 0 ? "used" : "never used", count };
  });
  const elsewhere = allowed
    .filter(({ decision }) => decision.statement?.kind === "resource")
    .map((permission) => rowOf(permission, "used"));
  const denied = asked
    .filter(({ decision }) => decision.refusal !== undefined)
    .map((permission) => rowOf(permission, "denied"));
  const fromOwnPolicy = allowed.filter(({ decision }) => decision.statement?.kind !== "resource");
  const smallestPolicy = smallest(fromOwnPolicy);
  return {
    functionName,
    roleArn,
    rows: [...granted, ...elsewhere, ...denied],
    ...(smallestPolicy === undefined ? {} : { smallestPolicy }),
    calls: sum(asked),
  };
}

function rowOf(
  { request, decision, count }: AskedPermission,
  verdict: PermissionRow["verdict"],
): PermissionRow {
  const { action, resource } = request;
  const { statement } = decision;
  return { action, resource, verdict, count, ...(statement === undefined ? {} : { statement }) };
}

function sum(permissions: readonly AskedPermission[]): number {
  return permissions.reduce((total, { count }) => total + count, 0);
}

/** The smallest identity policy that allows what was asked for and allowed. Actions on the same resources share a statement. */
function smallest(allowed: readonly AskedPermission[]): PolicyJson | undefined {
  const resources = new Map<string, Set<string>>();
  for (const { request } of allowed) {
    const of = resources.get(request.action) ?? new Set();
    resources.set(request.action, of.add(withoutInstance(request.resource)));
  }
  const actions = new Map<string, string[]>();
  for (const [action, of] of [...resources].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const key = JSON.stringify([...of].sort());
    actions.set(key, [...(actions.get(key) ?? []), action]);
  }
  if (actions.size === 0) return undefined;
  return {
    Version: "2012-10-17",
    Statement: [...actions].map(([key, Action]) => ({
      Effect: "Allow" as const,
      Action,
      Resource: JSON.parse(key),
    })),
  };
}

/** Each instance of a function has a log stream of its own, whose name nobody knows before. */
function withoutInstance(arn: string): string {
  return arn.replace(/^(arn:[^:]+:logs:.*:log-stream:).+$/, "$1*");
}
