import { AwsError } from "../kernel/aws-error";
import type { Principal } from "../kernel/principal";
import type { AccessRequest } from "./access-control";
import type { Refusal } from "./evaluation";

/** How a service answers what IAM refuses. The query services answer 403 with a code of their own, JSON services 400. */
export interface Denial {
  readonly code: string;
  readonly status: number;
  /** How the message spells the action, where the service has a way of its own. */
  readonly action?: (action: string) => string;
}

/** By the prefix of the action: `sns`. */
export type Denials = ReadonlyMap<string, Denial>;

/** The refusal as AWS words it: "Troubleshoot access denied error messages" in the IAM user guide. */
export function accessDenied(
  { principal, action, resource }: AccessRequest,
  refusal: Refusal,
  denials: Denials,
): AwsError {
  const denial = denials.get(action.slice(0, action.indexOf(":")));
  const { code, status } = denial ?? { code: "AccessDeniedException", status: 400 };
  const spelled = denial?.action?.(action) ?? action;
  const target = resource === "*" ? "" : ` on resource: ${resource}`;
  const message = `User: ${nameOf(principal)} is not authorized to perform: ${spelled}${target} ${reasonOf(refusal, spelled)}`;
  return new AwsError(code, message, status);
}

/** `with an explicit deny in an identity-based policy`, `because no identity-based policy allows the sns:Publish action`. */
export function reasonOf(refusal: Refusal, action: string): string {
  return refusal.kind === "explicit"
    ? `with an explicit deny in ${article(refusal.policy)} ${refusal.policy}`
    : `because no ${refusal.policy} allows the ${action} action`;
}

function article(policy: string): string {
  return policy.startsWith("i") ? "an" : "a";
}

function nameOf(principal: Principal): string {
  switch (principal.kind) {
    case "service":
      return principal.service;
    case "anonymous":
      return "anonymous";
    default:
      return principal.arn;
  }
}
