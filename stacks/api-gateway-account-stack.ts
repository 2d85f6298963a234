import { ApiGatewayAccount } from "@cdktf/provider-aws/lib/api-gateway-account";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { Fn } from "cdktf";
import type { Construct } from "constructs";
import { accountWide, type Config } from "./common/config";
import { trustPolicy } from "./common/policy-document";
import { partitionOf } from "./common/regions";
import { SecureStack } from "./common/secure-stack";

/** The setting is always there, whoever set it: Terraform takes it over by this id and cannot create it. */
const ACCOUNT_ID = "api-gateway-account";

/**
 * Gives API Gateway a role to write logs with, in an account and region where it has none: a stage that logs is refused
 * without it. The setting belongs to every API of the region, so this stack
 *
 * - has a state of its own, one for the account and region, whichever environment deploys it;
 * - never overwrites: where another role is set, the plan fails and names it;
 * - never erases: Terraform refuses to destroy the setting and its role.
 *
 * Source: "Set up CloudWatch logging for REST APIs",
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 *
 * Creates `aws_api_gateway_account`, `aws_iam_role`, `aws_iam_role_policy_attachment`.
 */
export class ApiGatewayAccountStack extends SecureStack {
  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id, accountWide(config));
    const found = this.findSetting();
    const role = this.createRole();
    this.createSetting(role, found);
  }

  /** The setting as it is. The provider has no data source for it; what is imported and ignored is as good as one. */
  private findSetting(): ApiGatewayAccount {
    const found = new ApiGatewayAccount(this, "found", {
      lifecycle: { ignoreChanges: "all", preventDestroy: true },
    });
    // `found.importFrom` writes the same, and asks the Terraform of this machine for its version: a synthesis needs none.
    this.addOverride("import", [
      { id: ACCOUNT_ID, to: `${found.terraformResourceType}.${found.friendlyUniqueId}` },
    ]);
    return found;
  }

  private createRole(): IamRole {
    const { path, permissionsBoundary } = this.config.roles;
    return new IamRole(this, "role", {
      name: this.roleName,
      path,
      permissionsBoundary,
      description: "What API Gateway writes its logs as",
      assumeRolePolicy: trustPolicy("apigateway.amazonaws.com"),
      lifecycle: { preventDestroy: true },
    });
  }

  private createSetting(role: IamRole, found: ApiGatewayAccount): void {
    const { region, roles } = this.config;
    const { id: partition } = partitionOf(region);
    const attachment = new IamRolePolicyAttachment(this, "attachment", {
      role: role.name,
      policyArn: `arn:${partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`,
      lifecycle: { preventDestroy: true },
    });
    // Known before the role is: what the plan cannot decide, it would decide in the middle of the work.
    const own = `arn:${partition}:iam::${this.accountId}:role${roles.path}${this.roleName}`;
    const isFree = Fn.contains(["none", own], Fn.coalesce([found.cloudwatchRoleArn, "none"]));
    new ApiGatewayAccount(this, "account", {
      cloudwatchRoleArn: role.arn,
      dependsOn: [attachment],
      lifecycle: {
        preventDestroy: true,
        precondition: [
          {
            condition: isFree,
            errorMessage: `API Gateway writes its logs in ${region} with ${found.cloudwatchRoleArn}, which other APIs rely on. It was left as it is: deploy with MANAGE_API_GATEWAY_ACCOUNT=false`,
          },
        ],
      },
    });
  }

  private get roleName(): string {
    return this.name(`api-gateway-logs-${this.config.region}`);
  }
}
