import { createHash } from "node:crypto";
import { isInScope, issueTokens } from "../../../../local/services/cognito/tokens";
import { clientResource, decode, poolResource, region, TestDirectory, tokensIn } from "./fixture";

async function granted(scopes: readonly string[], nonce?: string) {
  const test = await TestDirectory.of(poolResource(1), clientResource("client1", 1));
  test.confirmedUser("ada@example.com");
  const pool = test.directory.pools.byId(`${region}_Pool1`);
  const client = pool.client("client1");
  const user = pool.users.find("ada@example.com");
  if (user === undefined) throw new Error("the user was not created");
  const { session, refreshToken } = pool.sessions.open(user, client, { scopes, authTime: 1234 });
  return {
    test,
    refreshToken,
    tokens: await issueTokens(pool, client, user, session, { source: "TokenGeneration_HostedAuth", nonce }),
  };
}

describe("tokens of the login page", () => {
  test("have the granted scopes, the time of the sign-in, the nonce and the access token's hash", async () => {
    const { tokens } = await granted(["openid", "email"], "n-1");

    const accessToken = String(tokens.AccessToken);
    const digest = createHash("sha256").update(accessToken).digest().subarray(0, 16);
    expect(decode(accessToken)).toMatchObject({ scope: "openid email", auth_time: 1234 });
    expect(decode(String(tokens.IdToken))).toMatchObject({
      nonce: "n-1",
      at_hash: digest.toString("base64url"),
      email: "ada@example.com",
      auth_time: 1234,
    });
  });

  test("have no ID token without the scope openid", async () => {
    const { tokens } = await granted(["aws.cognito.signin.user.admin"]);

    expect(tokens).not.toHaveProperty("IdToken");
  });

  test("keep their scopes when they are refreshed, and lose the nonce", async () => {
    const { test, refreshToken } = await granted(["openid", "email"], "n-1");

    const refreshed = tokensIn(
      await test.call("GetTokensFromRefreshToken", { ClientId: "client1", RefreshToken: refreshToken }),
    );

    expect(decode(refreshed.access)).toHaveProperty("scope", "openid email");
    expect(decode(refreshed.id)).not.toHaveProperty("nonce");
  });

  test.each([
    ["openid", true, true, true],
    ["openid email", true, false, false],
    ["openid profile", false, true, true],
    ["openid phone", false, false, false],
    ["aws.cognito.signin.user.admin", false, false, false],
  ])("%s lets a client see email %s, name %s, custom:tier %s", (scopes, email, name, custom) => {
    const seen = ["email", "name", "custom:tier"].map((attribute) => isInScope(attribute, scopes.split(" ")));

    expect(seen).toEqual([email, name, custom]);
  });
});
