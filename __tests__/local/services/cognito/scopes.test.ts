import { readClientSettings } from "../../../../local/services/cognito/client-settings";
import { issueClientToken, scopesForClient, scopesForUser } from "../../../../local/services/cognito/scopes";
import { readDomain } from "../../../../local/services/cognito/user-directory";
import type { Values } from "../../../support/deployment";
import { deploymentOf, resourceAt } from "../../../support/deployment";
import { Bench, baseResources, lambdaMethod, POOL_ARN } from "../apigateway/fixture";
import { clientResource, decode, poolResource, TestDirectory } from "./fixture";

const photos = resourceAt("aws_cognito_resource_server.Photos", {
  identifier: "https://photos.example.com",
  name: "Photos",
  user_pool_id: "us-east-1_Pool1",
  scope: [
    { scope_name: "read", scope_description: "See photos" },
    { scope_name: "write", scope_description: "Change photos" },
  ],
});
const read = "https://photos.example.com/read";
const write = "https://photos.example.com/write";

const machine: Values = {
  client_secret: "s3cret",
  generate_secret: true,
  allowed_oauth_flows_user_pool_client: true,
  allowed_oauth_flows: ["client_credentials"],
  allowed_oauth_scopes: [read],
};

function clientWith(values: Values) {
  const resource = clientResource("client1", 1, values);
  return readClientSettings(resource, deploymentOf(photos, resource));
}

describe("a client's scopes, of an authorization request,", () => {
  const client = clientWith({ allowed_oauth_scopes: ["openid", "email", read] });

  test.each([
    ["openid email", ["openid", "email"]],
    [undefined, ["openid", "email", read]],
    ["", ["openid", "email", read]],
    [read, [read]],
    ["openid openid", ["openid"]],
  ])("are those asked for, or all of the client's: %s", (asked, scopes) => {
    expect(scopesForUser(client, asked)).toEqual(scopes);
  });

  test.each([write, "openid phone", "email", "openid nonsense"])("are refused: %s", (asked) => {
    expect(scopesForUser(client, asked)).toBeUndefined();
  });
});

describe("a client that asks for itself", () => {
  test.each([
    [undefined, [read]],
    [read, [read]],
    [write, undefined],
    ["openid", undefined],
  ])("gets its custom scopes and no others: %s", (asked, scopes) => {
    expect(scopesForClient(clientWith(machine), asked)).toEqual(scopes);
  });

  test("gets nothing where it has no custom scope", () => {
    expect(scopesForClient(clientWith({ allowed_oauth_scopes: ["openid"] }), undefined)).toBeUndefined();
  });
});

test.each([
  "http://localhost",
  "http://localhost:3000/cb",
  "http://127.0.0.1/?a",
  "http://[::1]:1",
  "myapp://back",
])("a client may send its users to %s", (url) => {
  const { oauth } = clientWith({ callback_urls: [url], logout_urls: [url], default_redirect_uri: url });

  expect(oauth.defaultRedirectUri).toBe(url);
});

describe("the start is refused, as AWS refuses the client, for", () => {
  test.each([
    [
      "an access token of two days",
      { access_token_validity: 48, token_validity_units: { access_token: "hours" } },
      /access_token_validity 48: Invalid range for token validity/,
    ],
    [
      "an ID token of a minute",
      { id_token_validity: 1, token_validity_units: { id_token: "minutes" } },
      /id_token_validity 1: Invalid range/,
    ],
    ["an ID token of 25 hours, the usual unit", { id_token_validity: 25 }, /id_token_validity 25: Invalid/],
    [
      "a refresh token of half an hour",
      { refresh_token_validity: 30, token_validity_units: { refresh_token: "minutes" } },
      /refresh_token_validity 30: Invalid range/,
    ],
    ["a refresh token of eleven years", { refresh_token_validity: 4015 }, /refresh_token_validity 4015: Inv/],
    ["a callback without TLS", { callback_urls: ["http://example.com/x"] }, /callback_urls .* over HTTPS/],
    ["one that only begins so", { callback_urls: ["http://localhost.example.com"] }, /over HTTPS/],
    ["a callback with a fragment", { callback_urls: ["https://example.com/#x"] }, /without a fragment/],
    ["a sign-out that is a path", { logout_urls: ["/bye"] }, /logout_urls .* must be absolute/],
    [
      "a default that is not a callback",
      { callback_urls: ["https://example.com/a"], default_redirect_uri: "https://example.com/b" },
      /default_redirect_uri .* in the list of callback_urls/,
    ],
    ["a scope that no resource server has", { allowed_oauth_scopes: ["openid", "https://x/read"] }, /Scope/],
    ["a scope of another name", { allowed_oauth_scopes: ["Cognito"] }, /Invalid scope requested: Cognito/],
    [
      "client_credentials without a secret",
      { allowed_oauth_flows: ["client_credentials"] },
      /InvalidOAuthFlowException/,
    ],
    [
      "client_credentials beside code",
      { ...machine, allowed_oauth_flows: ["code", "client_credentials"] },
      /along/,
    ],
  ])("%s", (_what, values, message) => {
    expect(() => clientWith(values)).toThrow(message);
    expect(() => clientWith(values)).toThrow(/aws_cognito_user_pool_client.client1/);
  });

  test.each(["read", "write"])("attributes to %s that the user pool does not have", (kind) => {
    const client = clientResource("client1", 1, { [`${kind}_attributes`]: ["email", "plan"] });
    const pool = poolResource(1, {
      schema: [{ name: "plan", attribute_data_type: "String", mutable: true }],
    });

    expect(() => readClientSettings(client, deploymentOf(pool, client))).toThrow(
      `Invalid ${kind} attributes specified while creating a client: the user pool has no plan`,
    );
  });

  test.each(["my-aws-login", "amazon1", "cognitologin"])("a login page at %s", (domain) => {
    const resource = resourceAt("aws_cognito_user_pool_domain.d", {
      domain,
      user_pool_id: "us-east-1_Pool1",
    });

    expect(() => readDomain(resource, { region: "us-east-1" })).toThrow(
      /Domain cannot contain reserved word: /,
    );
  });

  test("a login page at a domain of one's own without a certificate", () => {
    const values = { domain: "login.example.com", user_pool_id: "us-east-1_Pool1" };
    const certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/1";
    const reading = (more: Values) => () =>
      readDomain(resourceAt("aws_cognito_user_pool_domain.d", { ...values, ...more }), {
        region: "eu-west-1",
      });

    expect(reading({})).toThrow(/The domain name contains an invalid character.*certificate_arn/);
    expect(reading({ certificate_arn })()).toMatchObject({ host: "login.example.com" });
  });

  test("the scope of another pool's resource server", () => {
    const resource = clientResource("client2", 2, { allowed_oauth_scopes: [read] });

    expect(() => readClientSettings(resource, deploymentOf(photos, resource))).toThrow(/Invalid scope/);
  });
});

test("the API describes the resource servers of a pool", async () => {
  const directory = await TestDirectory.of(poolResource(1), poolResource(2), photos);

  const list = await directory.call("ListResourceServers", { UserPoolId: "us-east-1_Pool1", MaxResults: 1 });
  const none = await directory.call("ListResourceServers", { UserPoolId: "us-east-1_Pool2" });
  const one = await directory.call("DescribeResourceServer", {
    UserPoolId: "us-east-1_Pool1",
    Identifier: "https://photos.example.com",
  });

  expect(list).toEqual({ ResourceServers: [one.ResourceServer], NextToken: undefined });
  expect(none.ResourceServers).toEqual([]);
  expect(one.ResourceServer).toEqual({
    UserPoolId: "us-east-1_Pool1",
    Identifier: "https://photos.example.com",
    Name: "Photos",
    Scopes: [
      { ScopeName: "read", ScopeDescription: "See photos" },
      { ScopeName: "write", ScopeDescription: "Change photos" },
    ],
  });
  expect(
    await directory.refusal("DescribeResourceServer", { UserPoolId: "us-east-1_Pool1", Identifier: "x" }),
  ).toBe("ResourceNotFoundException: Resource server does not exist.");
});

describe("an access token of a client itself", () => {
  const start = async () => {
    const directory = await TestDirectory.of(
      poolResource(1, { arn: POOL_ARN }),
      photos,
      clientResource("client1", 1, machine),
    );
    const pool = directory.directory.pools.byId("us-east-1_Pool1");
    const issue = async (scopes: string[]) =>
      (await issueClientToken(pool, pool.client("client1"), scopes)).access_token;
    return { directory, issue };
  };

  test("names the client and its scopes, and no user", async () => {
    const { issue } = await start();

    const claims = decode(await issue([read]));

    expect(claims).toMatchObject({
      sub: "client1",
      client_id: "client1",
      scope: read,
      token_use: "access",
      version: 2,
    });
    expect(Number(claims.exp) - Number(claims.iat)).toBe(3600);
    expect(claims).not.toHaveProperty("username");
  });

  test("opens a method that asks for its scope, and no other one", async () => {
    const { directory, issue } = await start();
    const statusFor = async (scope: string, method: Values) => {
      const bench = new Bench({
        ...baseResources(),
        ...lambdaMethod("lambda1", "res001", "POST", {
          authorization: "COGNITO_USER_POOLS",
          authorizer_id: "auth01",
          ...method,
        }),
      });
      bench.tokens.verify = (arn, token, use) => directory.directory.verifier.verify(arn, token, use);
      return (await bench.send({ headers: [["Authorization", await issue([scope])]] })).status;
    };

    expect(await statusFor(read, { authorization_scopes: [read] })).toBe(200);
    expect(await statusFor(write, { authorization_scopes: [read] })).toBe(401);
    expect(await statusFor(read, {})).toBe(401);
  });

  test("is not a key to a user's own account", async () => {
    const { directory, issue } = await start();

    expect(await directory.refusal("GetUser", { AccessToken: await issue([read]) })).toBe(
      "NotAuthorizedException: Access Token does not have required scopes",
    );
  });
});
