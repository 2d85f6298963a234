import { ApiGatewayAccount } from "@cdktf/provider-aws/lib/api-gateway-account";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { Construct } from "constructs";
import { trustPolicy } from "../common/policy-document";

export interface LoggingAccountProps {
  /** The physical name. */
  readonly roleName: string;
}

/**
 * Lets API Gateway write logs in this account and region. There is one such setting a region: without it the first
 * stage that logs cannot be made, and where other APIs have set it, this one must leave it alone.
 *
 * Makes `aws_api_gateway_account`, `aws_iam_role`, `aws_iam_role_policy_attachment`.
 */
export class LoggingAccount extends Construct {
  readonly account: ApiGatewayAccount;

  constructor(scope: Construct, id: string, { roleName }: LoggingAccountProps) {
    super(scope, id);
    const role = new IamRole(this, "role", {
      name: roleName,
      description: "What API Gateway writes its logs as",
      assumeRolePolicy: trustPolicy("apigateway.amazonaws.com"),
    });
    const attachment = new IamRolePolicyAttachment(this, "attachment", {
      role: role.name,
      policyArn: "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
    });
    this.account = new ApiGatewayAccount(this, "account", {
      cloudwatchRoleArn: role.arn,
      // Destroying gives the setting back; otherwise it would point to a role that is gone.
      resetOnDelete: true,
      dependsOn: [attachment],
    });
  }
}
