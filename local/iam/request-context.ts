import type { Principal } from "../kernel/principal";

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
