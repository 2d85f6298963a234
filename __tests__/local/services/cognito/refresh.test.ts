import { clientResource, decode, members, poolResource, TestDirectory } from "./fixture";

const Username = "ada@example.com";

let directory: TestDirectory;

beforeEach(async () => {
  const rotating = (seconds: number) => ({
    explicit_auth_flows: ["ALLOW_USER_PASSWORD_AUTH"],
    refresh_token_rotation: [{ feature: "ENABLED", retry_grace_period_seconds: seconds }],
    refresh_token_validity: 1,
  });
  directory = await TestDirectory.of(
    poolResource(1),
    clientResource("client1", 1),
    clientResource("other", 1),
    clientResource("secretive", 1, { client_secret: "s".repeat(30) }),
    clientResource("rotating", 1, rotating(10)),
    clientResource("strict", 1, rotating(0)),
  );
  directory.confirmedUser(Username);
});

const renew = (RefreshToken: string, ClientId = "client1", changes: object = {}) =>
  directory.call("GetTokensFromRefreshToken", { RefreshToken, ClientId, ...changes });
const refused = (RefreshToken: string, ClientId = "client1", changes: object = {}) =>
  directory.refusal("GetTokensFromRefreshToken", { RefreshToken, ClientId, ...changes });
const renewed = async (token: string, ClientId: string) =>
  String(members((await renew(token, ClientId)).AuthenticationResult).RefreshToken);

test("without rotation a refresh token brings tokens of the same sign-in, and stays as it is", async () => {
  const { refresh, access } = await directory.tokens(Username);

  const answer = await renew(refresh);
  const again = await renew(refresh);

  expect(answer).toEqual({
    AuthenticationResult: {
      AccessToken: expect.any(String),
      IdToken: expect.any(String),
      ExpiresIn: 3600,
      TokenType: "Bearer",
    },
  });
  const result = members(again.AuthenticationResult);
  expect(decode(String(result.AccessToken)).origin_jti).toBe(decode(access).origin_jti);
});

test("is refused for another client, garbage, a revoked and an expired token", async () => {
  const { refresh } = await directory.tokens(Username);
  const { refresh: revoked } = await directory.tokens(Username);
  await directory.call("RevokeToken", { Token: revoked, ClientId: "client1" });

  expect(await refused(refresh, "other")).toBe("NotAuthorizedException: Invalid Refresh Token");
  expect(await refused("garbage")).toBe("NotAuthorizedException: Invalid Refresh Token");
  expect(await refused(revoked)).toBe("NotAuthorizedException: Refresh Token has been revoked");
  directory.clock.advance({ days: 30 });
  expect(await refused(refresh)).toBe("NotAuthorizedException: Refresh Token has expired");
});

test("a client with a secret sends it as it is", async () => {
  const unable = "NotAuthorizedException: Unable to verify secret for client";
  const { refresh } = await directory.tokens(Username);

  expect(await refused(refresh, "secretive")).toContain(unable);
  expect(await refused(refresh, "secretive", { ClientSecret: "x".repeat(30) })).toContain(unable);
  expect(await refused(refresh, "client1", { ClientSecret: "x".repeat(30) })).toContain(unable);
  expect(await refused(refresh, "secretive", { ClientSecret: "s".repeat(30) })).toBe(
    "NotAuthorizedException: Invalid Refresh Token",
  );
});

describe("with rotation", () => {
  const reused = "RefreshTokenReuseException: Refresh token was rotated and can not be used again";

  test("each use brings a new token, and the one used works for the grace period", async () => {
    const { refresh: first } = await directory.tokens(Username, "rotating");

    const second = await renewed(first, "rotating");
    directory.clock.advance({ seconds: 9 });
    const third = await renewed(first, "rotating");
    directory.clock.advance({ seconds: 1 });

    expect(new Set([first, second, third]).size).toBe(3);
    expect(await refused(first, "rotating")).toBe(reused);
    expect(await renewed(second, "rotating")).toMatch(/^[\w-]+$/);
  });

  test("without a grace period the token used ends at once", async () => {
    const { refresh: first } = await directory.tokens(Username, "strict");

    const second = await renewed(first, "strict");

    expect(await refused(first, "strict")).toBe(reused);
    expect(await refused(second, "strict")).toContain("IdToken");
  });

  test("a new token ends when the first one would have", async () => {
    const { refresh: first } = await directory.tokens(Username, "strict");
    directory.clock.advance({ hours: 23 });
    const second = await renewed(first, "strict");
    directory.clock.advance({ hours: 1 });

    expect(await refused(second, "strict")).toBe("NotAuthorizedException: Refresh Token has expired");
  });

  test("revoking one token of a sign-in ends all of them", async () => {
    const { refresh: first } = await directory.tokens(Username, "rotating");
    const second = await renewed(first, "rotating");

    await directory.call("RevokeToken", { Token: first, ClientId: "rotating" });

    expect(await refused(second, "rotating")).toBe("NotAuthorizedException: Refresh Token has been revoked");
  });

  test("the older flow is refused, and names the operation", async () => {
    const usualFlows = { refresh_token_rotation: [{ feature: "ENABLED" }], explicit_auth_flows: [] };
    directory = await TestDirectory.of(poolResource(1), clientResource("client1", 1, usualFlows));

    expect(
      await directory.refusal("InitiateAuth", {
        ClientId: "client1",
        AuthFlow: "REFRESH_TOKEN_AUTH",
        AuthParameters: { REFRESH_TOKEN: "token" },
      }),
    ).toContain("use GetTokensFromRefreshToken");
  });

  test("keeps a hundred tokens of a sign-in, the latest", async () => {
    const { refresh: first } = await directory.tokens(Username, "strict");
    let latest = first;
    for (let count = 0; count < 101; count++) latest = await renewed(latest, "strict");

    expect(await refused(first, "strict")).toBe("NotAuthorizedException: Invalid Refresh Token");
    expect(await refused(latest, "strict")).toContain("IdToken");
  });
});

test("a parameter that is null is none, as a browser's client sends the key of a device that it does not have", async () => {
  const { refresh } = await directory.tokens(Username);
  const input = { AuthFlow: "REFRESH_TOKEN_AUTH", ClientId: "client1" };

  expect(
    await directory.call("InitiateAuth", {
      ...input,
      AuthParameters: { REFRESH_TOKEN: refresh, DEVICE_KEY: null },
    }),
  ).toMatchObject({ AuthenticationResult: { AccessToken: expect.any(String) } });
  expect(
    await directory.refusal("InitiateAuth", {
      ...input,
      AuthParameters: { REFRESH_TOKEN: refresh, DEVICE_KEY: {} },
    }),
  ).toMatch(/^SerializationException: /);
});
