import { CognitoResourceServer } from "@cdktf/provider-aws/lib/cognito-resource-server";
import { CognitoUserGroup } from "@cdktf/provider-aws/lib/cognito-user-group";
import { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool";
import { CognitoUserPoolClient } from "@cdktf/provider-aws/lib/cognito-user-pool-client";
import { CognitoUserPoolDomain } from "@cdktf/provider-aws/lib/cognito-user-pool-domain";
import { Construct } from "constructs";
import type { UserRules } from "../common/config";
import { NameError } from "../common/errors";
import { partitionOf } from "../common/regions";

export interface UserDirectoryProps {
  /** The physical name. */
  readonly poolName: string;
  readonly region: string;
  /** Part of the login page's host name, which must be unique in the region, over all accounts. */
  readonly accountId: string;
  /** The first of its callback URLs is in `loginPageUrl`. */
  readonly rules: UserRules;
  /** Groups that routes ask for. */
  readonly groups: readonly string[];
  /** Scopes that routes ask for, `orders/read`: the client may have them in its access tokens. */
  readonly scopes: readonly string[];
}

/** Source: "Amazon Cognito domain", https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html */
const RESERVED_IN_DOMAIN = /aws|amazon|cognito/;
/** Of 63, the account id takes 12 and its hyphen one. */
const LONGEST_POOL_NAME = 50;

/**
 * Users who sign in by e-mail, with a verified address, a strong password and an authenticator app, by choice or by
 * rule; and a single-page app's client, which has no secret to lose and learns nothing about who has an account.
 *
 * Creates `aws_cognito_user_pool`, `aws_cognito_user_pool_client`, `aws_cognito_user_pool_domain`, and where routes ask for
 * them `aws_cognito_user_group` and `aws_cognito_resource_server`.
 */
export class UserDirectory extends Construct {
  readonly poolId: string;
  readonly poolArn: string;
  readonly clientId: string;
  readonly loginPageUrl: string;

  constructor(scope: Construct, id: string, props: UserDirectoryProps) {
    super(scope, id);
    checkDomain(props.poolName);
    const pool = this.createPool(props);
    const client = this.createClient(pool, props, this.createResourceServers(pool, props));
    for (const group of props.groups)
      new CognitoUserGroup(this, `${id}-${group}`, { name: group, userPoolId: pool.id });
    const domain = this.createDomain(pool, props);

    this.poolId = pool.id;
    this.poolArn = pool.arn;
    this.clientId = client.id;
    const query = `client_id=${client.id}&response_type=code&scope=email+openid&redirect_uri=${encodeURIComponent(props.rules.callbackUrls[0] ?? "")}`;
    this.loginPageUrl = `https://${domain.domain}.${loginPageSuffix(props.region)}/login?${query}`;
  }

  private createPool(props: UserDirectoryProps): CognitoUserPool {
    const { poolName, rules } = props;
    return new CognitoUserPool(this, "user-pool", {
      name: poolName,
      usernameAttributes: ["email"],
      usernameConfiguration: { caseSensitive: false },
      autoVerifiedAttributes: ["email"],
      // The old address keeps working until the new one is verified: nobody takes an account over by changing it.
      userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdate: ["email"] },
      verificationMessageTemplate: { defaultEmailOption: "CONFIRM_WITH_CODE" },
      adminCreateUserConfig: { allowAdminCreateUserOnly: !rules.selfSignUp },
      emailConfiguration: emailConfiguration(props),
      accountRecoverySetting: { recoveryMechanism: [{ name: "verified_email", priority: 1 }] },
      passwordPolicy: {
        minimumLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireNumbers: true,
        requireSymbols: true,
        temporaryPasswordValidityDays: 1,
      },
      mfaConfiguration: rules.mfa === "on" ? "ON" : "OPTIONAL",
      softwareTokenMfaConfiguration: { enabled: true },
      // Cognito refuses to delete the pool, whoever asks; Terraform refuses the whole plan before it begins.
      deletionProtection: rules.deletionProtection ? "ACTIVE" : "INACTIVE",
      lifecycle: rules.deletionProtection ? { preventDestroy: true } : undefined,
    });
  }

  /** A scope without a slash is one that Cognito has itself. */
  private createResourceServers(
    pool: CognitoUserPool,
    { scopes }: UserDirectoryProps,
  ): CognitoResourceServer[] {
    const own = scopes.filter((scope) => scope.includes("/")).map((scope) => scope.split("/"));
    return [...new Set(own.map(([identifier = ""]) => identifier))].map(
      (identifier) =>
        new CognitoResourceServer(this, `${this.node.id}-${identifier}`, {
          userPoolId: pool.id,
          identifier,
          name: identifier,
          scope: own
            .filter(([other]) => other === identifier)
            .map(([, name = ""]) => ({ scopeName: name, scopeDescription: `${identifier}: ${name}` })),
        }),
    );
  }

  private createClient(
    pool: CognitoUserPool,
    { rules, scopes }: UserDirectoryProps,
    resourceServers: readonly CognitoResourceServer[],
  ): CognitoUserPoolClient {
    // The password is proved, not sent, unless the rules allow both.
    const flows = ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"];
    return new CognitoUserPoolClient(this, "client", {
      name: `${this.node.id}-client`,
      userPoolId: pool.id,
      generateSecret: false,
      explicitAuthFlows: rules.passwordSignIn
        ? ["ALLOW_ADMIN_USER_PASSWORD_AUTH", ...flows, "ALLOW_USER_PASSWORD_AUTH"]
        : flows,
      preventUserExistenceErrors: "ENABLED",
      enableTokenRevocation: true,
      idTokenValidity: 60,
      accessTokenValidity: 60,
      refreshTokenValidity: 1,
      tokenValidityUnits: [{ idToken: "minutes", accessToken: "minutes", refreshToken: "days" }],
      supportedIdentityProviders: ["COGNITO"],
      allowedOauthFlowsUserPoolClient: true,
      allowedOauthFlows: ["code"],
      allowedOauthScopes: ["email", "openid", ...scopes],
      callbackUrls: [...rules.callbackUrls],
      logoutUrls: [...rules.logoutUrls],
      // Cognito does not take a scope before its resource server is there.
      dependsOn: resourceServers.length > 0 ? [...resourceServers] : undefined,
    });
  }

  private createDomain(
    pool: CognitoUserPool,
    { poolName, accountId }: UserDirectoryProps,
  ): CognitoUserPoolDomain {
    return new CognitoUserPoolDomain(this, "domain", {
      domain: `${poolName.toLowerCase()}-${accountId}`,
      userPoolId: pool.id,
    });
  }
}

/** @throws NameError where Cognito would refuse the login page's host name, which starts with the user pool's name */
function checkDomain(poolName: string): void {
  const remedy = "rename the user pool, or change ENVIRONMENT or NAME_PREFIX";
  const reserved = RESERVED_IN_DOMAIN.exec(poolName.toLowerCase());
  if (reserved !== null) {
    throw new NameError(
      `the user pool ${JSON.stringify(poolName)} has "${reserved[0]}" in it, which Cognito does not accept in the host name of a login page: ${remedy}`,
    );
  }
  if (poolName.length > LONGEST_POOL_NAME) {
    throw new NameError(
      `the user pool ${JSON.stringify(poolName)} has ${poolName.length} characters, its login page's host name takes ${LONGEST_POOL_NAME}: ${remedy}`,
    );
  }
}

/** Source: "Amazon Cognito in AWS GovCloud (US)", https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-cog.html */
function loginPageSuffix(region: string): string {
  return `${partitionOf(region).id === "aws-us-gov" ? "auth-fips" : "auth"}.${region}.amazoncognito.com`;
}

/** Source: "Email settings for user pools", https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-email.html */
function emailConfiguration({ rules: { email }, region, accountId }: UserDirectoryProps) {
  if (email === undefined) return undefined;
  return {
    emailSendingAccount: "DEVELOPER",
    fromEmailAddress: email.sender,
    sourceArn: `arn:${partitionOf(region).id}:ses:${region}:${accountId}:identity/${email.identity}`,
  };
}
