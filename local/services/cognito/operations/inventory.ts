import type { Operations } from "../../../aws-api/service";
import type { Attributes, Value } from "../../../deployment/attributes";
import type { Members } from "../../../kernel/input";
import type { ClientSettings } from "../client-settings";
import type { UserPool } from "../user-pool";
import { type Directory, poolOperation } from "./access";
import { page } from "./page";
import { toSeconds } from "./shapes";

/** What the deployment's pools and clients are, read only. */
export const inventoryOperations: Operations<Directory> = {
  ListUserPools: {
    permission: { action: "cognito-idp:ListUserPools" },
    handle: (input, directory) => {
      const size = input.optionalInteger("MaxResults", { min: 1, max: 60 }) ?? 60;
      const { items, next } = page(directory.pools.all, size, input.optionalText("NextToken"));
      return { UserPools: items.map(poolDescription), NextToken: next };
    },
  },
  DescribeUserPool: poolOperation("DescribeUserPool", (pool) => ({
    UserPool: describePool(pool),
  })),
  ListUserPoolClients: poolOperation("ListUserPoolClients", (pool, input) => {
    const size = input.optionalInteger("MaxResults", { min: 1, max: 60 }) ?? 60;
    const { items, next } = page(pool.clients, size, input.optionalText("NextToken"));
    const clients = items.map(({ id, userPoolId, name }) => ({
      ClientId: id,
      UserPoolId: userPoolId,
      ClientName: name,
    }));
    return { UserPoolClients: clients, NextToken: next };
  }),
  DescribeUserPoolClient: poolOperation("DescribeUserPoolClient", (pool, input) => ({
    UserPoolClient: describeClient(pool, pool.client(input.text("ClientId"))),
  })),
};

function poolDescription({ settings, createdAt }: UserPool): Members {
  const { id, name } = settings;
  return {
    Id: id,
    Name: name,
    LambdaConfig: {},
    CreationDate: toSeconds(createdAt),
    LastModifiedDate: toSeconds(createdAt),
  };
}

function describePool(pool: UserPool): Members {
  const { settings } = pool;
  const { passwordPolicy } = settings;
  return {
    ...poolDescription(pool),
    Arn: settings.arn,
    Policies: {
      PasswordPolicy: {
        MinimumLength: passwordPolicy.minimumLength,
        RequireUppercase: passwordPolicy.requireUppercase,
        RequireLowercase: passwordPolicy.requireLowercase,
        RequireNumbers: passwordPolicy.requireNumbers,
        RequireSymbols: passwordPolicy.requireSymbols,
        TemporaryPasswordValidityDays: settings.temporaryPasswordValidityDays,
      },
    },
    DeletionProtection: settings.deletionProtection,
    SchemaAttributes: [...settings.schema].map(([Name, { dataType, mutable, required }]) => ({
      Name,
      AttributeDataType: dataType,
      Mutable: mutable,
      Required: required,
    })),
    AutoVerifiedAttributes: settings.verifiesEmail ? ["email"] : undefined,
    UsernameAttributes: settings.emailIsUsername ? ["email"] : undefined,
    UsernameConfiguration: { CaseSensitive: settings.caseSensitive },
    MfaConfiguration: settings.mfa,
    EstimatedNumberOfUsers: pool.users.size,
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: settings.adminCreateUserOnly },
    Domain: settings.domain,
  };
}

function describeClient(pool: UserPool, client: ClientSettings): Members {
  const { resource } = client;
  const seconds = { AccessToken: "seconds", IdToken: "seconds", RefreshToken: "seconds" };
  return {
    UserPoolId: client.userPoolId,
    ClientName: client.name,
    ClientId: client.id,
    ClientSecret: client.secret,
    CreationDate: toSeconds(pool.createdAt),
    LastModifiedDate: toSeconds(pool.createdAt),
    RefreshTokenValidity: client.refreshTokenSeconds,
    AccessTokenValidity: client.accessTokenSeconds,
    IdTokenValidity: client.idTokenSeconds,
    TokenValidityUnits: seconds,
    ReadAttributes: client.readAttributes && [...client.readAttributes],
    WriteAttributes: client.writeAttributes && [...client.writeAttributes],
    ExplicitAuthFlows: [...client.authFlows],
    SupportedIdentityProviders: namesIn(resource, "supported_identity_providers"),
    CallbackURLs: namesIn(resource, "callback_urls"),
    LogoutURLs: namesIn(resource, "logout_urls"),
    AllowedOAuthFlows: namesIn(resource, "allowed_oauth_flows"),
    AllowedOAuthScopes: namesIn(resource, "allowed_oauth_scopes"),
    AllowedOAuthFlowsUserPoolClient: resource.boolean("allowed_oauth_flows_user_pool_client", false),
    PreventUserExistenceErrors: client.hidesUsers ? "ENABLED" : "LEGACY",
    EnableTokenRevocation: client.revokesTokens,
    AuthSessionValidity: client.challengeMinutes,
  };
}

/** AWS leaves a list out where nothing is set. */
function namesIn(resource: Attributes, key: string): Value[] | undefined {
  const names = resource.strings(key);
  return names.length === 0 ? undefined : names;
}
