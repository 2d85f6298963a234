import { AwsError } from "../kernel/aws-error";
import type { AccessRequest } from "./access-control";
import type { Refusal } from "./evaluation";
import type { Principal } from "../kernel/principal";

/**
 * The refusal as AWS words it: "Troubleshoot access denied error messages" in the IAM user guide. Code and status differ
 * by the age of the service's protocol: the query services answer 403 with a code of their own, JSON services 400.
 */
export function accessDenied({ principal, action, resource }: AccessRequest, refusal: Refusal): AwsError {
  const [service = "", name = ""] = action.split(":");
  // SNS spells its own name in capitals in this message, alone among the services here.
  const spelled = service === "sns" ? `SNS:${name}` : action;
  const target = resource === "*" ? "" : ` on resource: ${resource}`;
  const reason =
    refusal.kind === "explicit"
      ? `with an explicit deny in ${article(refusal.policy)} ${refusal.policy}`
      : `because no ${refusal.policy} allows the ${spelled} action`;
  const message = `User: ${nameOf(principal)} is not authorized to perform: ${spelled}${target} ${reason}`;
  const { code, status } = answers[service] ?? { code: "AccessDeniedException", status: 400 };
  return new AwsError(code, message, status);
}

const answers: Readonly<Record<string, { code: string; status: number }>> = {
  sns: { code: "AuthorizationError", status: 403 },
  sts: { code: "AccessDenied", status: 403 },
  lambda: { code: "AccessDeniedException", status: 403 },
  apigateway: { code: "AccessDeniedException", status: 403 },
};

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
