import {
  anonymousPrincipal,
  type RequestAnalysis,
  runSimulation,
  runUnsafeSimulation,
  type Simulation,
} from "@cloud-copilot/iam-simulate";
import type { Place } from "../kernel/arn";
import type { Principal } from "../kernel/principal";
import type { AccessRequest } from "./access-control";
import { contextOf } from "./condition-keys";
import type { PolicyDocument } from "./policy-document";

/** Why a request is refused: which kind of policy denies it, or has nothing that allows it. */
export type Refusal =
  | { readonly kind: "explicit"; readonly policy: PolicyKind }
  | { readonly kind: "implicit"; readonly policy: PolicyKind };
export type PolicyKind = "identity-based policy" | "resource-based policy" | "permissions boundary";

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
  /** Its `Sid`, else its place: `statement 1`. */
  readonly statement: string;
}

export interface ApplicablePolicies {
  readonly identity: readonly PolicyDocument[];
  readonly boundary: PolicyDocument | undefined;
  readonly resource: PolicyDocument | undefined;
}

/**
 * Evaluates the policies that apply to a request as IAM does.
 *
 * @throws Error for an action or resource that does not exist at AWS: nothing is allowed by mistake
 */
export async function evaluate(
  request: AccessRequest,
  policies: ApplicablePolicies,
  place: Place,
): Promise<Decision> {
  const { principal } = request;
  const simulationOf = (resource: string): Simulation => ({
    request: {
      principal: principalOf(principal),
      action: request.action,
      resource: { resource, accountId: place.accountId },
      contextVariables: contextOf(principal, place.region, place.accountId),
    },
    identityPolicies: policies.identity.map(({ name, policy }) => ({ name, policy })),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    ...(policies.resource !== undefined && { resourcePolicy: policies.resource.policy }),
    ...(policies.boundary !== undefined && { permissionBoundaryPolicies: [policies.boundary] }),
  });
  const simulate = (resource: string) => runSimulation(simulationOf(resource), {});
  if (isTestOfMethod(request)) return evaluateUnchecked(simulationOf(request.resource));
  let result = await simulate(request.resource);
  // Some actions know no resource types, whatever the call names; IAM then evaluates them for `*`.
  if (result.resultType === "error" && result.errors.message === "must.use.wildcard")
    result = await simulate("*");
  if (result.resultType === "error") {
    throw new Error(
      `cannot evaluate ${request.action} on ${request.resource}: ${result.errors.message}; check the action's resource types in the Service Authorization Reference`,
    );
  }
  const analysis = result.resultType === "single" ? result.result.analysis : result.results[0]?.analysis;
  const statement = decidingStatement(analysis, policies, result.overallResult === "Allowed");
  return {
    ...(result.overallResult === "Allowed" ? {} : { refusal: explain(analysis, principal) }),
    ...(statement === undefined ? {} : { statement }),
  };
}

type StatementAnalysis = NonNullable<RequestAnalysis["identityAnalysis"]>["allowStatements"][number];
type PolicyAnalysis = Record<"allowStatements" | "denyStatements", readonly StatementAnalysis[]>;

/** The first statement that allows, or that denies; where several do, any of them would have been enough. */
function decidingStatement(
  analysis: RequestAnalysis | undefined,
  policies: ApplicablePolicies,
  allowed: boolean,
): DecidingStatement | undefined {
  const of = (part: PolicyAnalysis | undefined) =>
    (allowed ? part?.allowStatements : part?.denyStatements)?.[0];
  const identity = of(analysis?.identityAnalysis);
  if (identity !== undefined) return named(identity, "identity", identity.policyId);
  const resource = of(analysis?.resourceAnalysis);
  if (resource !== undefined) return named(resource, "resource", policies.resource?.name ?? "");
  const boundary = of(analysis?.permissionBoundaryAnalysis);
  return boundary && named(boundary, "boundary", policies.boundary?.name ?? "");
}

function named(
  { statement }: StatementAnalysis,
  kind: DecidingStatement["kind"],
  policy: string,
): DecidingStatement {
  const index = statement.index();
  // Of statements that came one by one, each has an address of its own.
  const addresses = policy.split(", ");
  return {
    policy: addresses.length > 1 ? (addresses[index - 1] ?? policy) : policy,
    kind,
    statement: statement.sid() ?? `statement ${index}`,
  };
}

/**
 * The Service Authorization Reference, which the evaluator checks actions and resources against, does not list methods
 * among the resources of `apigateway:POST`; TestInvokeMethod is authorized that way all the same (aws/aws-cdk, issue 32635).
 */
function isTestOfMethod({ action, resource }: AccessRequest): boolean {
  return (
    action === "apigateway:POST" && /^arn:[^/]+\/restapis\/\w+\/resources\/\w+\/methods\/\w+$/.test(resource)
  );
}

/** The same evaluation without the check against the reference; only its result is known. */
function evaluateUnchecked(simulation: Simulation): Decision {
  const result = runUnsafeSimulation(simulation, {});
  if (result === "Allowed") return {};
  const kind = result === "ExplicitlyDenied" ? "explicit" : "implicit";
  return { refusal: { kind, policy: "identity-based policy" } };
}

function principalOf(principal: Principal) {
  switch (principal.kind) {
    case "service":
      return principal.service;
    case "anonymous":
      return anonymousPrincipal;
    default:
      return principal.arn;
  }
}

function explain(analysis: RequestAnalysis | undefined, principal: Principal): Refusal {
  if (analysis?.identityAnalysis?.result === "ExplicitlyDenied") {
    return { kind: "explicit", policy: "identity-based policy" };
  }
  const resource = analysis?.resourceAnalysis?.result;
  if (resource === "ExplicitlyDenied" || resource === "DeniedForAccount") {
    return { kind: "explicit", policy: "resource-based policy" };
  }
  const boundary = analysis?.permissionBoundaryAnalysis?.result;
  if (boundary === "ExplicitlyDenied") return { kind: "explicit", policy: "permissions boundary" };
  if (analysis?.blockedBy?.includes("pb")) return { kind: "implicit", policy: "permissions boundary" };
  const identityCounts = principal.kind === "role" || principal.kind === "administrator";
  return { kind: "implicit", policy: identityCounts ? "identity-based policy" : "resource-based policy" };
}
