import type { JsonObject } from "../../../../local/kernel/json";
import { issueClientToken } from "../../../../local/services/cognito/scopes";
import { decode, type TestDirectory, tokensIn } from "./fixture";
import { arn, poolWith } from "./trigger-functions";

const ada = "ada@example.com";

/** What the claims of both tokens are after the trigger answered with `details`. */
async function tokensAfter(details: unknown, version = "V1_0") {
  const member = version === "V1_0" ? "claimsOverrideDetails" : "claimsAndScopeOverrideDetails";
  const { directory, functions } = await poolWith(
    { tokens: () => ({ [member]: details }) },
    {
      pool: {
        lambda_config: {
          pre_token_generation_config: { lambda_arn: arn("tokens"), lambda_version: version },
        },
      },
    },
  );
  await createAdaInGroup(directory);
  const { id, access } = await directory.tokens(ada);
  return { id: decode(id), access: decode(access), functions };
}

async function createAdaInGroup(directory: TestDirectory): Promise<void> {
  const UserPoolId = "us-east-1_Pool1";
  directory.confirmedUser(ada);
  await directory.call("CreateGroup", { UserPoolId, GroupName: "staff", RoleArn: role("staff") });
  await directory.call("AdminAddUserToGroup", { UserPoolId, GroupName: "staff", Username: ada });
}

const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;

describe("a V1_0 event", () => {
  test("tells the user's groups, and lets the claims of the ID token be changed", async () => {
    const { id, access, functions } = await tokensAfter({
      claimsToAddOrOverride: { tier: "gold", email: "shown@example.com", gone: "x" },
      claimsToSuppress: ["email_verified", "gone"],
    });

    expect(functions.event("TokenGeneration_Authentication")).toMatchObject({
      version: "1",
      request: {
        groupConfiguration: {
          groupsToOverride: ["staff"],
          iamRolesToOverride: [role("staff")],
          preferredRole: role("staff"),
        },
      },
    });
    expect(functions.events[0]?.request).not.toHaveProperty("scopes");
    expect(id).toMatchObject({ tier: "gold", email: "shown@example.com", "cognito:groups": ["staff"] });
    expect(Object.keys(id)).not.toEqual(expect.arrayContaining(["email_verified"]));
    expect(id).not.toHaveProperty("gone");
    expect(access).not.toHaveProperty("tier");
  });

  test("changes no claim that tells who signed in, where and when", async () => {
    const names = ["sub", "iss", "aud", "exp", "token_use", "cognito:username", "auth_time", "origin_jti"];
    const before = (await tokensAfter(null)).id;

    const { id } = await tokensAfter({
      claimsToAddOrOverride: Object.fromEntries(names.map((name) => [name, "forged"])),
      claimsToSuppress: names,
    });

    expect(Object.values(id)).not.toContain("forged");
    expect(Object.keys(id).sort()).toEqual(Object.keys(before).sort());
  });

  test("replaces the groups in both tokens, or suppresses them", async () => {
    const replaced = await tokensAfter({
      groupOverrideDetails: { groupsToOverride: ["guests"], iamRolesToOverride: [], preferredRole: null },
    });
    const suppressed = await tokensAfter({ groupOverrideDetails: null });
    const kept = await tokensAfter({ claimsToAddOrOverride: {} });

    expect([replaced.id["cognito:groups"], replaced.access["cognito:groups"]]).toEqual([
      ["guests"],
      ["guests"],
    ]);
    expect(replaced.id).not.toHaveProperty("cognito:roles");
    expect(suppressed.id).not.toHaveProperty("cognito:groups");
    expect(suppressed.access).not.toHaveProperty("cognito:groups");
    expect(kept.access["cognito:groups"]).toEqual(["staff"]);
  });

  test("takes texts only", async () => {
    await expect(tokensAfter({ claimsToAddOrOverride: { tags: ["a"] } })).rejects.toThrow(
      "Unrecognizable lambda output",
    );
  });
});

describe("a V2_0 event", () => {
  test("lets the claims of both tokens and the scopes be changed", async () => {
    const { id, access, functions } = await tokensAfter(
      {
        idTokenGeneration: { claimsToAddOrOverride: { tags: ["a", "b"] } },
        accessTokenGeneration: {
          claimsToAddOrOverride: { tenant: { id: 7 }, username: "root", scope: "everything" },
          scopesToAdd: ["orders/read"],
          scopesToSuppress: ["aws.cognito.signin.user.admin"],
        },
      },
      "V2_0",
    );

    expect(functions.events[0]).toMatchObject({
      version: "2",
      request: { scopes: ["aws.cognito.signin.user.admin"] },
      response: { claimsAndScopeOverrideDetails: null },
    });
    expect(id.tags).toEqual(["a", "b"]);
    expect(access).toMatchObject({ tenant: { id: 7 }, scope: "orders/read" });
    expect(access.username).not.toBe("root");
    expect(access).not.toHaveProperty("tags");
  });

  test.each<[string, JsonObject]>([
    ["claims that are a list", { idTokenGeneration: [] }],
    ["scopes that are a text", { accessTokenGeneration: { scopesToAdd: "a b" } }],
    ["a scope that is a number", { accessTokenGeneration: { scopesToAdd: [1] } }],
  ])("is not answered with %s", async (_what, details) => {
    await expect(tokensAfter(details, "V2_0")).rejects.toThrow("Unrecognizable lambda output");
  });
});

test("the trigger is told why tokens are issued", async () => {
  const { directory, functions } = await poolWith({ pre_token_generation: () => ({}) });
  const UserPoolId = "us-east-1_Pool1";
  await directory.call("AdminCreateUser", {
    UserPoolId,
    Username: ada,
    TemporaryPassword: "Temporary-Pass-1",
  });
  const challenge = await directory.signIn(ada, "Temporary-Pass-1");
  const answer = await directory.call("RespondToAuthChallenge", {
    ClientId: "client1",
    ChallengeName: "NEW_PASSWORD_REQUIRED",
    Session: challenge.Session,
    ChallengeResponses: { USERNAME: ada, NEW_PASSWORD: "Correct-Horse-7" },
    ClientMetadata: { step: "new password" },
  });
  const RefreshToken = tokensIn(answer).refresh;
  await directory.call("InitiateAuth", {
    ClientId: "client1",
    AuthFlow: "REFRESH_TOKEN_AUTH",
    AuthParameters: { REFRESH_TOKEN: RefreshToken },
  });
  await directory.call("GetTokensFromRefreshToken", { ClientId: "client1", RefreshToken });

  expect(functions.sources).toEqual([
    "TokenGeneration_NewPasswordChallenge",
    "TokenGeneration_RefreshTokens",
    "TokenGeneration_RefreshTokens",
  ]);
  expect(functions.events[0]?.request.clientMetadata).toEqual({ step: "new password" });
});

test.each([
  ["V3_0", ["TokenGeneration_ClientCredentials"], "orders/read orders/write"],
  ["V2_0", [], "orders/read"],
])("a client's own token is changed by a V3_0 event alone: %s", async (version, sources, scope) => {
  const { directory, functions } = await poolWith(
    {
      tokens: () => ({
        claimsAndScopeOverrideDetails: { accessTokenGeneration: { scopesToAdd: ["orders/write"] } },
      }),
    },
    {
      pool: {
        lambda_config: {
          pre_token_generation_config: { lambda_arn: arn("tokens"), lambda_version: version },
        },
      },
    },
  );
  const pool = directory.directory.pools.byId("us-east-1_Pool1");

  const { access_token } = await issueClientToken(pool, pool.client("client1"), ["orders/read"]);

  expect(functions.sources).toEqual(sources);
  expect(decode(access_token)).toMatchObject({ scope, sub: "client1" });
});

test("the older attribute stands for a V1_0 event", async () => {
  const { directory, functions } = await poolWith({ pre_token_generation: () => ({}) });
  directory.confirmedUser(ada);

  await directory.signIn(ada);

  expect(functions.events[0]?.version).toBe("1");
});
