import { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool";
import { CognitoUserPoolClient } from "@cdktf/provider-aws/lib/cognito-user-pool-client";
import { CognitoUserPoolDomain } from "@cdktf/provider-aws/lib/cognito-user-pool-domain";
import { Construct } from "constructs";

export interface UserDirectoryProps {
  /** The physical name. */
  readonly poolName: string;
  readonly region: string;
  /** Part of the login page's host name, which must be unique in the region, over all accounts. */
  readonly accountId: string;
  /** Where the login page may send a user back to; the first one stands in `loginPageUrl`. */
  readonly callbackUrls: readonly string[];
}

/**
 * Users who sign in by e-mail, with a verified address, a strong password and, if they like, an authenticator app; and
 * a single-page app's client, which has no secret to lose and learns nothing about who has an account.
 *
 * Makes `aws_cognito_user_pool`, `aws_cognito_user_pool_client`, `aws_cognito_user_pool_domain`.
 */
export class UserDirectory extends Construct {
  readonly poolId: string;
  readonly poolArn: string;
  readonly clientId: string;
  readonly loginPageUrl: string;

  constructor(scope: Construct, id: string, props: UserDirectoryProps) {
    super(scope, id);
    const pool = this.createPool(props);
    const client = this.createClient(pool, props);
    const domain = this.createDomain(pool, props);

    this.poolId = pool.id;
    this.poolArn = pool.arn;
    this.clientId = client.id;
    const query = `client_id=${client.id}&response_type=code&scope=email+openid&redirect_uri=${encodeURIComponent(props.callbackUrls[0] ?? "")}`;
    this.loginPageUrl = `https://${domain.domain}.auth.${props.region}.amazoncognito.com/login?${query}`;
  }

  private createPool({ poolName }: UserDirectoryProps): CognitoUserPool {
    return new CognitoUserPool(this, "user-pool", {
      name: poolName,
      usernameAttributes: ["email"],
      usernameConfiguration: { caseSensitive: false },
      autoVerifiedAttributes: ["email"],
      // The old address keeps working until the new one is verified: nobody takes an account over by changing it.
      userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdate: ["email"] },
      verificationMessageTemplate: { defaultEmailOption: "CONFIRM_WITH_CODE" },
      adminCreateUserConfig: { allowAdminCreateUserOnly: false },
      accountRecoverySetting: { recoveryMechanism: [{ name: "verified_email", priority: 1 }] },
      passwordPolicy: {
        minimumLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireNumbers: true,
        requireSymbols: true,
        temporaryPasswordValidityDays: 1,
      },
      mfaConfiguration: "OPTIONAL",
      softwareTokenMfaConfiguration: { enabled: true },
    });
  }

  private createClient(pool: CognitoUserPool, { callbackUrls }: UserDirectoryProps): CognitoUserPoolClient {
    return new CognitoUserPoolClient(this, "client", {
      name: `${this.node.id}-client`,
      userPoolId: pool.id,
      generateSecret: false,
      explicitAuthFlows: [
        "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
        "ALLOW_USER_PASSWORD_AUTH",
      ],
      preventUserExistenceErrors: "ENABLED",
      enableTokenRevocation: true,
      idTokenValidity: 60,
      accessTokenValidity: 60,
      refreshTokenValidity: 1,
      tokenValidityUnits: [{ idToken: "minutes", accessToken: "minutes", refreshToken: "days" }],
      supportedIdentityProviders: ["COGNITO"],
      allowedOauthFlowsUserPoolClient: true,
      allowedOauthFlows: ["code"],
      allowedOauthScopes: ["email", "openid"],
      callbackUrls: [...callbackUrls],
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
