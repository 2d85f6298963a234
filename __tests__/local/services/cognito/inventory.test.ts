import { resourceAt } from "../../../support/deployment";
import { clientResource, members, poolArn, poolResource, TestDirectory } from "./fixture";

let directory: TestDirectory;

const domain = resourceAt("aws_cognito_user_pool_domain.Login", {
  domain: "greetings-login",
  user_pool_id: "us-east-1_Pool1",
});

beforeEach(async () => {
  directory = await TestDirectory.of(
    poolResource(1),
    poolResource(2, { password_policy: null, mfa_configuration: "", deletion_protection: "ACTIVE" }),
    clientResource("client1", 1, { callback_urls: ["https://example.com"], enable_token_revocation: null }),
    clientResource("client2", 2, { explicit_auth_flows: null, prevent_user_existence_errors: "" }),
    domain,
  );
});

describe("the API describes", () => {
  test("the pools", async () => {
    const list = await directory.call("ListUserPools", { MaxResults: 1 });
    const rest = await directory.call("ListUserPools", { MaxResults: 1, NextToken: list.NextToken });
    const one = await directory.call("DescribeUserPool", { UserPoolId: "us-east-1_Pool1" });
    const two = await directory.call("DescribeUserPool", { UserPoolId: "us-east-1_Pool2" });

    expect([list.UserPools, rest.UserPools]).toMatchObject([
      [{ Name: "MyUserPool1" }],
      [{ Id: "us-east-1_Pool2" }],
    ]);
    expect(rest.NextToken).toBeUndefined();
    expect(one.UserPool).toMatchObject({
      Arn: poolArn("us-east-1_Pool1"),
      Policies: {
        PasswordPolicy: { MinimumLength: 12, RequireSymbols: true, TemporaryPasswordValidityDays: 7 },
      },
      MfaConfiguration: "OPTIONAL",
      UsernameAttributes: ["email"],
      UsernameConfiguration: { CaseSensitive: false },
      DeletionProtection: "INACTIVE",
      Domain: "greetings-login",
    });
    expect(two.UserPool).toMatchObject({
      Policies: { PasswordPolicy: { MinimumLength: 8, RequireUppercase: true } },
      MfaConfiguration: "OFF",
      DeletionProtection: "ACTIVE",
    });
  });

  test("the clients", async () => {
    const list = await directory.call("ListUserPoolClients", {
      UserPoolId: "us-east-1_Pool1",
      MaxResults: 60,
    });
    const one = await directory.call("DescribeUserPoolClient", {
      UserPoolId: "us-east-1_Pool1",
      ClientId: "client1",
    });
    const two = await directory.call("DescribeUserPoolClient", {
      UserPoolId: "us-east-1_Pool2",
      ClientId: "client2",
    });

    expect(list.UserPoolClients).toEqual([
      { ClientId: "client1", ClientName: "client1", UserPoolId: "us-east-1_Pool1" },
    ]);
    expect(one.UserPoolClient).toMatchObject({
      CallbackURLs: ["https://example.com"],
      PreventUserExistenceErrors: "ENABLED",
      EnableTokenRevocation: true,
      AuthSessionValidity: 3,
      RefreshTokenValidity: 30,
      TokenValidityUnits: {},
    });
    expect(members(one.UserPoolClient).ClientSecret).toBeUndefined();
    expect(two.UserPoolClient).toMatchObject({
      ExplicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"],
      PreventUserExistenceErrors: "LEGACY",
    });
  });
});

describe("below a pool's path are", () => {
  test("its keys and no other's", () => {
    const jwks = [1, 2].map((pool) =>
      JSON.stringify(directory.directory.wellKnownDocument(`/us-east-1_Pool${pool}/.well-known/jwks.json`)),
    );

    expect(JSON.parse(jwks[0] ?? "")).toEqual({
      keys: [
        {
          alg: "RS256",
          e: "AQAB",
          kid: expect.any(String),
          kty: "RSA",
          n: expect.stringMatching(/^[\w-]{342}$/),
          use: "sig",
        },
      ],
    });
    expect(jwks[0]).not.toBe(jwks[1]);
  });

  test("its configuration with AWS's issuer, and with the addresses of the login page here where it has one", () => {
    const [one, two] = [1, 2].map((pool) =>
      members(
        directory.directory.wellKnownDocument(`/us-east-1_Pool${pool}/.well-known/openid-configuration`),
      ),
    );

    expect(one).toMatchObject({
      issuer: "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool1",
      jwks_uri: "http://127.0.0.1:3000/us-east-1_Pool1/.well-known/jwks.json",
    });
    const base = "http://127.0.0.1:3000/greetings-login.auth.us-east-1.amazoncognito.com";
    expect(one).toMatchObject({
      authorization_endpoint: `${base}/oauth2/authorize`,
      token_endpoint: `${base}/oauth2/token`,
      userinfo_endpoint: `${base}/oauth2/userInfo`,
      revocation_endpoint: `${base}/oauth2/revoke`,
      end_session_endpoint: `${base}/logout`,
    });
    expect(two).not.toHaveProperty("authorization_endpoint");
  });

  test.each([
    "/",
    "/us-east-1_Nowhere/.well-known/jwks.json",
    "/us-east-1_Pool1/.well-known/private.json",
    "/x/us-east-1_Pool1/.well-known/jwks.json",
    "/us-east-1_Pool1/.well-known/jwks.json?a=1",
  ])("and nothing at %s", (path) => {
    expect(directory.directory.wellKnownDocument(path)).toBeUndefined();
  });
});

describe("the deployment", () => {
  test("is warned of what does not run here, by name", async () => {
    const { directory: other } = await TestDirectory.of(
      poolResource(1, {
        username_attributes: ["email", "phone_number"],
        software_token_mfa_configuration: [],
      }),
      poolResource(2, { username_attributes: [], alias_attributes: ["email"] }),
    );

    expect(directory.directory.warnings).toEqual([]);
    expect(other.warnings).toEqual([
      "aws_cognito_user_pool.MyUserPool1: phone_number as user name is not possible",
      "aws_cognito_user_pool.MyUserPool1: MFA works with an authenticator app only, it is off",
      "aws_cognito_user_pool.MyUserPool2: signing in with the alias email is not possible",
    ]);
  });

  test.each([
    [
      "a pool's MFA",
      () => TestDirectory.of(poolResource(1, { mfa_configuration: "SOMETIMES" })),
      "MyUserPool1: mfa_configuration must be OFF, OPTIONAL or ON",
    ],
    [
      "a pool without id",
      () => TestDirectory.of(poolResource(1, { id: null })),
      "MyUserPool1: id must be a string",
    ],
    [
      "a unit of time",
      () => TestDirectory.of(clientResource("client1", 1, { token_validity_units: { id_token: "weeks" } })),
      "client1.token_validity_units[0]: id_token must be seconds, minutes, hours or days",
    ],
    [
      "alias beside username attributes",
      () =>
        TestDirectory.of(poolResource(1, { alias_attributes: ["email"], username_attributes: ["email"] })),
      'MyUserPool1: AWS refuses alias_attributes ["email"]: it conflicts with username_attributes',
    ],
    [
      "rotating refresh tokens beside the flow that does not rotate them",
      () =>
        TestDirectory.of(
          clientResource("client1", 1, {
            refresh_token_rotation: [{ feature: "ENABLED" }],
            explicit_auth_flows: ["ALLOW_REFRESH_TOKEN_AUTH"],
          }),
        ),
      "ALLOW_REFRESH_TOKEN_AUTH cannot be allowed while refresh_token_rotation is ENABLED",
    ],
  ])("is refused by address for %s", async (_what, start, message) => {
    await expect(start()).rejects.toThrow(message);
  });

  test("speaks the protocol of Cognito", () => {
    expect(directory.service).toMatchObject({
      name: "cognito-idp",
      wire: {
        protocol: "json",
        version: "1.1",
        targetPrefix: "AWSCognitoIdentityProviderService",
        messageKey: "message",
      },
    });
  });
});

test("an address of one's own can be asked for", async () => {
  const answer = await directory.call("DescribeUserPoolDomain", { Domain: "auth.example.com" });

  expect(answer.DomainDescription).toEqual({});
});
