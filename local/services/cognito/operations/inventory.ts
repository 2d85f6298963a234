import type { Operations } from "../../../aws-api/service";
import type { Members } from "../../../kernel/input";
import type { AttributeSchema } from "../attribute-schema";
import type { ClientSettings } from "../client-settings";
import { notFound } from "../errors";
import type { ResourceServer } from "../scopes";
import type { TriggerSettings } from "../trigger-settings";
import type { UserPool } from "../user-pool";
import { type Directory, poolOperation } from "./access";
import { page, toSeconds } from "./shapes";

/** What the deployment's pools and clients are, read only. */
export const inventoryOperations: Operations<Directory> = {
  ListUserPools: {
    permission: { action: "cognito-idp:ListUserPools" },
    handle: (input, directory) => {
      const size = input.integer("MaxResults");
      const { items, next } = page(directory.pools.all, size, input.optionalText("NextToken"));
      return { UserPools: items.map(poolDescription), NextToken: next };
    },
  },
  DescribeUserPool: poolOperation("DescribeUserPool", (pool) => ({
    UserPool: describePool(pool),
  })),
  GetUserPoolMfaConfig: poolOperation("GetUserPoolMfaConfig", ({ settings }) => ({
    SoftwareTokenMfaConfiguration: { Enabled: settings.authenticatorApp },
    MfaConfiguration: settings.mfa,
  })),
  DescribeUserPoolDomain: {
    permission: { action: "cognito-idp:DescribeUserPoolDomain" },
    handle: (input, directory) => ({ DomainDescription: describeDomain(directory, input.text("Domain")) }),
  },
  ListUserPoolClients: poolOperation("ListUserPoolClients", (pool, input) => {
    const size = input.optionalInteger("MaxResults") ?? 60;
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
  ListResourceServers: poolOperation("ListResourceServers", ({ settings }, input) => {
    const size = input.optionalInteger("MaxResults") ?? 50;
    const { items, next } = page(settings.resourceServers, size, input.optionalText("NextToken"));
    return { ResourceServers: items.map(describeResourceServer), NextToken: next };
  }),
  DescribeResourceServer: poolOperation("DescribeResourceServer", ({ settings }, input) => {
    const wanted = input.text("Identifier");
    const server = settings.resourceServers.find(({ identifier }) => identifier === wanted);
    if (server === undefined) throw notFound("Resource server does not exist.");
    return { ResourceServer: describeResourceServer(server) };
  }),
};

function describeResourceServer({ userPoolId, identifier, name, scopes }: ResourceServer): Members {
  return {
    UserPoolId: userPoolId,
    Identifier: identifier,
    Name: name,
    Scopes: scopes.map((scope) => ({ ScopeName: scope.name, ScopeDescription: scope.description })),
  };
}

function poolDescription({ settings, createdAt }: UserPool): Members {
  const { id, name } = settings;
  return {
    Id: id,
    Name: name,
    LambdaConfig: lambdaConfig(settings.triggers),
    CreationDate: toSeconds(createdAt),
    LastModifiedDate: toSeconds(createdAt),
  };
}

/** A trigger of tokens is in both members, whichever one set it (API reference, PreTokenGenerationVersionConfigType). */
function lambdaConfig({ functions, tokenEventVersion }: TriggerSettings): Members {
  const { TokenGeneration: tokens, ...others } = Object.fromEntries(functions);
  if (tokens === undefined) return others;
  return {
    ...others,
    PreTokenGeneration: tokens,
    PreTokenGenerationConfig: { LambdaArn: tokens, LambdaVersion: tokenEventVersion },
  };
}

function describePool(pool: UserPool): Members {
  const { settings } = pool;
  const { passwordPolicy, shown } = settings;
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
      SignInPolicy: { AllowedFirstAuthFactors: ["PASSWORD"] },
    },
    DeletionProtection: shown.deletionProtection,
    SchemaAttributes: [sub, ...settings.schema].map(describeAttribute),
    AutoVerifiedAttributes: settings.verifiesEmail ? ["email"] : undefined,
    UsernameAttributes: settings.emailIsUsername ? ["email"] : undefined,
    UsernameConfiguration: { CaseSensitive: settings.caseSensitive },
    UserAttributeUpdateSettings: {
      AttributesRequireVerificationBeforeUpdate: settings.keepsEmailUntilVerified ? ["email"] : [],
    },
    VerificationMessageTemplate: {
      DefaultEmailOption: shown.defaultEmailOption,
      EmailMessage: settings.codeMessage.text,
      EmailSubject: settings.codeMessage.subject,
    },
    EmailConfiguration: { EmailSendingAccount: shown.emailSendingAccount },
    AccountRecoverySetting:
      shown.recoveryMechanisms.length === 0 ? undefined : { RecoveryMechanisms: shown.recoveryMechanisms },
    MfaConfiguration: settings.mfa,
    EstimatedNumberOfUsers: pool.users.size,
    AdminCreateUserConfig: {
      AllowAdminCreateUserOnly: settings.adminCreateUserOnly,
      UnusedAccountValidityDays: settings.temporaryPasswordValidityDays,
    },
    UserPoolTags: shown.tags,
    UserPoolTier: shown.tier,
    Domain: settings.domain,
  };
}

/** Every pool has it (boto/boto3#2317 shows a described pool). */
const sub: readonly [string, AttributeSchema] = [
  "sub",
  { dataType: "String", required: true, mutable: false, min: 1, max: 2048 },
];

function describeAttribute([Name, schema]: readonly [string, AttributeSchema]): Members {
  const { dataType, mutable, required, min, max } = schema;
  const text = (value: number | undefined) => (value === undefined ? undefined : String(value));
  return {
    Name,
    AttributeDataType: dataType,
    DeveloperOnlyAttribute: Name.startsWith("dev:"),
    Mutable: mutable,
    Required: required,
    ...(dataType === "String"
      ? { StringAttributeConstraints: { MinLength: text(min ?? 0), MaxLength: text(max ?? 2048) } }
      : {}),
    ...(dataType === "Number"
      ? { NumberAttributeConstraints: { MinValue: text(min), MaxValue: text(max) } }
      : {}),
  };
}

function describeDomain({ pools }: Directory, domain: string): Members {
  const pool = pools.all.find(({ settings }) => settings.domain === domain);
  // AWS answers with an empty description for a domain that nobody has.
  if (pool === undefined) return {};
  const { settings } = pool;
  return { UserPoolId: settings.id, AWSAccountId: settings.accountId, Domain: domain, Status: "ACTIVE" };
}

/** Validities as configured; what is not configured is left out, as are lists without members. */
function describeClient(pool: UserPool, client: ClientSettings): Members {
  const { oauth, rotation, accessToken, idToken, refreshToken } = client;
  return {
    UserPoolId: client.userPoolId,
    ClientName: client.name,
    ClientId: client.id,
    ClientSecret: client.secret,
    CreationDate: toSeconds(pool.createdAt),
    LastModifiedDate: toSeconds(pool.createdAt),
    RefreshTokenValidity: refreshToken.value ?? 30,
    AccessTokenValidity: accessToken.value,
    IdTokenValidity: idToken.value,
    TokenValidityUnits: {
      AccessToken: accessToken.unit,
      IdToken: idToken.unit,
      RefreshToken: refreshToken.unit,
    },
    ReadAttributes: client.readAttributes && [...client.readAttributes],
    WriteAttributes: client.writeAttributes && [...client.writeAttributes],
    ExplicitAuthFlows: [...client.authFlows],
    SupportedIdentityProviders: unlessEmpty(oauth.identityProviders),
    CallbackURLs: unlessEmpty(oauth.callbackUrls),
    LogoutURLs: unlessEmpty(oauth.logoutUrls),
    DefaultRedirectURI: oauth.defaultRedirectUri,
    AllowedOAuthFlows: unlessEmpty(oauth.flows),
    AllowedOAuthScopes: unlessEmpty(oauth.scopes),
    AllowedOAuthFlowsUserPoolClient: oauth.enabled,
    PreventUserExistenceErrors: client.hidesUsers ? "ENABLED" : "LEGACY",
    EnableTokenRevocation: client.revokesTokens,
    EnablePropagateAdditionalUserContextData: false,
    AuthSessionValidity: client.challengeMinutes,
    RefreshTokenRotation: rotation && { Feature: "ENABLED", RetryGracePeriodSeconds: rotation.graceSeconds },
  };
}

function unlessEmpty(list: readonly string[]): readonly string[] | undefined {
  return list.length === 0 ? undefined : list;
}
