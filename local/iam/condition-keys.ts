import type { Principal } from "../kernel/principal";
import type { Policy } from "./policy";

/**
 * The condition keys of a request, as AWS fills them. `aws:SecureTransport` is true although the loopback interface has
 * no TLS: on AWS the SDKs call over TLS, and a policy that demands it is to decide here as it does there.
 */
export function contextOf(principal: Principal, region: string, accountId: string): Record<string, string> {
  const common = {
    "aws:RequestedRegion": region,
    "aws:ResourceAccount": accountId,
    "aws:SecureTransport": "true",
    "aws:ViaAWSService": "false",
  };
  switch (principal.kind) {
    case "service":
      return {
        ...common,
        "aws:PrincipalIsAWSService": "true",
        "aws:PrincipalServiceName": principal.service,
        "aws:SourceArn": principal.sourceArn,
        "aws:SourceAccount": principal.sourceAccount,
      };
    case "role":
    case "administrator":
      return {
        ...common,
        "aws:PrincipalIsAWSService": "false",
        // For an assumed role AWS gives the role's ARN here, not the session's.
        "aws:PrincipalArn": principal.kind === "role" ? principal.roleArn : principal.arn,
        "aws:PrincipalAccount": principal.accountId,
        "aws:PrincipalType": principal.kind === "role" ? "AssumedRole" : "User",
        "aws:userid": principal.userId,
      };
    case "anonymous":
      return common;
  }
}

/** The condition keys that `contextOf` fills; lower case, because IAM does not tell the cases apart. */
const filled = new Set([
  "aws:principalaccount",
  "aws:principalarn",
  "aws:principalisawsservice",
  "aws:principalservicename",
  "aws:principaltype",
  "aws:requestedregion",
  "aws:resourceaccount",
  "aws:securetransport",
  "aws:sourceaccount",
  "aws:sourcearn",
  "aws:userid",
  "aws:viaawsservice",
]);

/** In the policy that SNS gives every topic; its absence from direct calls is what AWS does too. */
const knowinglyAbsent = new Set(["aws:sourceowner"]);

/** Names each condition key that the runtime cannot fill, so that nobody takes its absence for AWS's decision. */
export function unfilledConditionKeys(policies: Iterable<Policy>): string[] {
  const warnings = new Set<string>();
  for (const { policy, conditions } of [...policies].flat()) {
    for (const { key } of conditions) {
      if (filled.has(key.toLowerCase()) || knowinglyAbsent.has(key.toLowerCase())) continue;
      warnings.add(`${policy}: the condition key ${key} has no value here and is evaluated as missing`);
    }
  }
  return [...warnings];
}
