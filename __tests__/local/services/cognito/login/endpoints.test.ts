import { resourceAt } from "../../../../support/deployment";
import { decode, password, region, tokensIn } from "../fixture";
import { at, callback, TestSite, verifier, withoutPkce } from "./fixture";

const ada = "ada@example.com";
const exchange = (code: string, changes: Readonly<Record<string, string>> = {}) => ({
  grant_type: "authorization_code",
  client_id: "client1",
  redirect_uri: callback,
  code_verifier: verifier,
  code,
  ...changes,
});
const refused = (error: string, status = 400) => ({ status, body: { error } });
const basic = (id: string, secret: string) =>
  [["Authorization", `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`]] as const;

describe("the token endpoint", () => {
  test("gives tokens for a code, with the scopes that were granted", async () => {
    const site = await TestSite.of();
    const code = await site.code({ nonce: "n-1" });

    const { status, body } = await site.call("/oauth2/token", exchange(code));

    expect(status).toBe(200);
    expect(body).toEqual({
      id_token: expect.any(String),
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      expires_in: 3600,
      token_type: "Bearer",
    });
    expect(decode(String(body.id_token))).toMatchObject({ email: ada, nonce: "n-1", aud: "client1" });
    expect(decode(String(body.access_token))).toMatchObject({ scope: "openid email", client_id: "client1" });
  });

  test("its tokens say when the user signed in, not when the app came for them", async () => {
    const site = await TestSite.of();
    const browser = site.browser();
    await browser.open(at("login"));
    await browser.submit({ username: ada, password });
    const signedInAt = Math.floor(site.test.clock.now() / 1000);
    site.test.clock.advance({ minutes: 30 });
    const back = await browser.open(at("oauth2/authorize"));

    const { body } = await site.call("/oauth2/token", exchange(back.sent.get("code") ?? ""));

    expect(decode(String(body.id_token)).auth_time).toBe(signedInAt);
  });

  test("answers as AWS does: JSON that no cache keeps", async () => {
    const site = await TestSite.of();
    const answer = await site.send({
      method: "POST",
      path: at("oauth2/token").split("?")[0] ?? "",
      headers: [["Content-Type", "application/x-www-form-urlencoded"]],
      body: "grant_type=password&client_id=client1",
    });

    expect(answer.status).toBe(400);
    expect(answer.headers).toContainEqual(["Content-Type", "application/json;charset=UTF-8"]);
    expect(answer.headers).toContainEqual(["Cache-Control", "no-store"]);
    expect(answer.body).toBe('{"error":"unsupported_grant_type"}');
  });

  test("takes a code once", async () => {
    const site = await TestSite.of();
    const code = await site.code();

    const first = await site.call("/oauth2/token", exchange(code));
    const second = await site.call("/oauth2/token", exchange(code));

    expect(first.status).toBe(200);
    expect(second).toEqual(refused("invalid_grant"));
  });

  test("takes a code for five minutes", async () => {
    const site = await TestSite.of();
    const early = await site.code();
    site.test.clock.advance({ minutes: 4, seconds: 59 });
    const inTime = await site.call("/oauth2/token", exchange(early));
    const late = await site.code();
    site.test.clock.advance({ minutes: 5 });

    expect(inTime.status).toBe(200);
    expect(await site.call("/oauth2/token", exchange(late))).toEqual(refused("invalid_grant"));
  });

  test.each([
    ["with another verifier", { code_verifier: "b".repeat(43) }, "invalid_grant"],
    ["with a verifier that is too short", { code_verifier: "a" }, "invalid_grant"],
    ["without the verifier", { code_verifier: "" }, "invalid_grant"],
    ["with another address", { redirect_uri: "https://app.example.com/callback" }, "invalid_grant"],
    ["without the address", { redirect_uri: "" }, "invalid_request"],
    ["without a code", { code: "" }, "invalid_request"],
    ["with a code that nobody has", { code: "nothing" }, "invalid_grant"],
    ["by another client", { client_id: "client2" }, "invalid_grant"],
    ["by a client that nobody has", { client_id: "nobody" }, "invalid_client"],
    ["by no client", { client_id: "" }, "invalid_client"],
    ["with a secret that the client does not have", { client_secret: "x" }, "invalid_client"],
    ["without a grant", { grant_type: "" }, "invalid_request"],
    ["for a password", { grant_type: "password" }, "unsupported_grant_type"],
  ])("refuses a code %s", async (_name, changes, error) => {
    const site = await TestSite.of();
    const code = await site.code();

    expect(await site.call("/oauth2/token", exchange(code, changes))).toEqual(refused(error));
  });

  test("takes an empty secret for none, in the form and in the header", async () => {
    const site = await TestSite.of();
    const { client_id: _, ...anonymous } = exchange(await site.code());

    const inForm = await site.call("/oauth2/token", exchange(await site.code(), { client_secret: "" }));
    const inHeader = await site.call("/oauth2/token", anonymous, basic("client1", ""));

    expect([inForm.status, inHeader.status]).toEqual([200, 200]);
  });

  test("a wrong verifier spends the code", async () => {
    const site = await TestSite.of();
    const code = await site.code();
    await site.call("/oauth2/token", exchange(code, { code_verifier: "b".repeat(43) }));

    expect(await site.call("/oauth2/token", exchange(code))).toEqual(refused("invalid_grant"));
  });

  test("does not take a verifier for a code that was asked for without a challenge", async () => {
    const site = await TestSite.of();
    const [plain, downgraded] = [await site.code(withoutPkce), await site.code(withoutPkce)];

    expect((await site.call("/oauth2/token", exchange(plain, { code_verifier: "" }))).status).toBe(200);
    expect(await site.call("/oauth2/token", exchange(downgraded))).toEqual(refused("invalid_grant"));
  });

  test("takes a form and nothing else", async () => {
    const site = await TestSite.of();
    const json = [["Content-Type", "application/json"]] as const;

    expect(await site.call("/oauth2/token", exchange("code"), json)).toEqual(refused("invalid_request"));
  });

  test("gives no ID token without the scope openid, and no key to the own account without its scope", async () => {
    const scopes = ["openid", "email", "aws.cognito.signin.user.admin"];
    const site = await TestSite.of({ client: { allowed_oauth_scopes: scopes } });
    const without = await site.call("/oauth2/token", exchange(await site.code({ scope: "openid" })));
    const own = { scope: "aws.cognito.signin.user.admin" };
    const withIt = await site.call("/oauth2/token", exchange(await site.code(own)));

    expect(withIt.body).not.toHaveProperty("id_token");
    expect(await site.test.refusal("GetUser", { AccessToken: without.body.access_token })).toBe(
      "NotAuthorizedException: Access Token does not have required scopes",
    );
    expect(await site.test.call("GetUser", { AccessToken: withIt.body.access_token })).toHaveProperty(
      "Username",
    );
  });

  test("gives nothing to a user who was disabled since", async () => {
    const site = await TestSite.of();
    const code = await site.code();
    await site.test.call("AdminDisableUser", { UserPoolId: `${region}_Pool1`, Username: ada });

    expect(await site.call("/oauth2/token", exchange(code))).toEqual(refused("invalid_grant"));
  });

  test("refreshes tokens with the same scopes, and the refresh token stays", async () => {
    const site = await TestSite.of();
    const { body: first } = await site.call("/oauth2/token", exchange(await site.code()));
    const form = {
      grant_type: "refresh_token",
      client_id: "client1",
      refresh_token: String(first.refresh_token),
    };

    const { status, body } = await site.call("/oauth2/token", form);

    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual(["access_token", "expires_in", "id_token", "token_type"]);
    expect(decode(String(body.access_token)).scope).toBe("openid email");
    expect(await site.call("/oauth2/token", { ...form, client_id: "client2" })).toEqual(
      refused("invalid_grant"),
    );
    expect(await site.call("/oauth2/token", { ...form, refresh_token: "" })).toEqual(
      refused("invalid_request"),
    );
  });

  test("refreshes what was signed in through the API too", async () => {
    const site = await TestSite.of();
    const { refresh } = await site.test.tokens(ada);

    const form = { grant_type: "refresh_token", client_id: "client1", refresh_token: refresh };

    expect((await site.call("/oauth2/token", form)).status).toBe(200);
  });

  test("gives a new refresh token where the client rotates them, and the old one ends", async () => {
    const site = await TestSite.of({
      client: {
        refresh_token_rotation: { feature: "ENABLED", retry_grace_period_seconds: 0 },
        explicit_auth_flows: ["ALLOW_USER_PASSWORD_AUTH"],
      },
    });
    const { body: first } = await site.call("/oauth2/token", exchange(await site.code()));
    const form = (token: unknown) => ({
      grant_type: "refresh_token",
      client_id: "client1",
      refresh_token: String(token),
    });
    const second = await site.call("/oauth2/token", form(first.refresh_token));

    expect(second.body.refresh_token).not.toBe(first.refresh_token);
    expect(await site.call("/oauth2/token", form(first.refresh_token))).toEqual(refused("invalid_grant"));
    expect((await site.call("/oauth2/token", form(second.body.refresh_token))).status).toBe(200);
  });
});

describe("a client with a secret", () => {
  const secret = "s3cr3t&:%=";

  test("proves it in the header or in the form, and cannot leave it out", async () => {
    const site = await TestSite.of({ client: { client_secret: secret } });
    const form = async () => exchange(await site.code());
    const { client_id: _, ...anonymous } = await form();
    const encoded = encodeURIComponent(secret);

    const byHeader = await site.call("/oauth2/token", anonymous, basic("client1", encoded));
    const byForm = await site.call("/oauth2/token", { ...(await form()), client_secret: secret });
    const without = await site.call("/oauth2/token", await form());
    const wrong = await site.call("/oauth2/token", await form(), basic("client1", "wrong"));
    const other = await site.call(
      "/oauth2/token",
      { ...(await form()), client_id: "client2" },
      basic("client1", encoded),
    );

    expect([byHeader.status, byForm.status]).toEqual([200, 200]);
    expect([without, wrong, other]).toEqual([
      refused("invalid_client"),
      refused("invalid_client"),
      refused("invalid_client"),
    ]);
  });

  test("asks for itself, with the scopes of an API", async () => {
    const site = await TestSite.of({
      client: {
        ...{ client_secret: secret, allowed_oauth_flows: ["client_credentials"] },
        allowed_oauth_scopes: ["photos/read", "photos/write"],
      },
      resources: [
        resourceAt("aws_cognito_resource_server.Photos", {
          ...{ user_pool_id: `${region}_Pool1`, identifier: "photos", name: "Photos" },
          scope: ["read", "write"].map((name) => ({ scope_name: name, scope_description: name })),
        }),
      ],
    });
    const form = { grant_type: "client_credentials", client_id: "client1", client_secret: secret };

    const all = await site.call("/oauth2/token", form);
    const one = await site.call("/oauth2/token", { ...form, scope: "photos/read" });
    const others = await site.call("/oauth2/token", { ...form, scope: "openid" });

    expect(all.body).toEqual({ access_token: expect.any(String), expires_in: 3600, token_type: "Bearer" });
    expect(decode(String(all.body.access_token)).scope).toBe("photos/read photos/write");
    expect(decode(String(one.body.access_token)).scope).toBe("photos/read");
    expect(others).toEqual(refused("invalid_scope"));
  });

  test("cannot ask for itself unless it has the flow", async () => {
    const site = await TestSite.of({ client: { client_secret: secret } });
    const form = { grant_type: "client_credentials", client_id: "client1", client_secret: secret };

    expect(await site.call("/oauth2/token", form)).toEqual(refused("unauthorized_client"));
  });
});

describe("userInfo", () => {
  test("tells what the scopes let be known, flags as text", async () => {
    const site = await TestSite.of();
    const { body } = await site.call("/oauth2/token", exchange(await site.code()));

    const answer = await site.userInfo(String(body.access_token));

    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toEqual({
      sub: expect.any(String),
      email: ada,
      email_verified: "true",
      username: expect.any(String),
    });
  });

  test("refuses tokens without openid, of the wrong kind, revoked and out of date", async () => {
    const site = await TestSite.of();
    const { body } = await site.call("/oauth2/token", exchange(await site.code()));
    const ofApi = await site.test.tokens(ada);
    const statusOf = async (token: unknown) => {
      const { status, headers } = await site.userInfo(String(token));
      return [status, headers.find(([name]) => name === "WWW-Authenticate")?.[1].split(",")[0]];
    };
    const invalid = [401, 'Bearer error="invalid_token"'];

    expect(await statusOf(ofApi.access)).toEqual(invalid);
    expect(await statusOf(body.id_token)).toEqual(invalid);
    expect(await statusOf("nonsense")).toEqual(invalid);
    await site.call("/oauth2/revoke", { token: String(body.refresh_token), client_id: "client1" });
    expect(await statusOf(body.access_token)).toEqual(invalid);
    const none = await site.send({ method: "GET", path: at("oauth2/userInfo"), headers: [] });
    expect(none.status).toBe(400);
  });
});

describe("revoking", () => {
  test("ends the refresh token, and says nothing of tokens that nobody has", async () => {
    const site = await TestSite.of();
    const { body } = await site.call("/oauth2/token", exchange(await site.code()));
    const token = String(body.refresh_token);

    const unknown = await site.call("/oauth2/revoke", { token: "x".repeat(90), client_id: "client1" });
    const first = await site.call("/oauth2/revoke", { token, client_id: "client1" });
    const again = await site.call("/oauth2/revoke", { token, client_id: "client1" });

    expect([unknown.status, first.status, again.status]).toEqual([200, 200, 200]);
    expect(
      await site.call("/oauth2/token", {
        grant_type: "refresh_token",
        client_id: "client1",
        refresh_token: token,
      }),
    ).toEqual(refused("invalid_grant"));
  });

  test("refuses an access token, a missing one, another client and one that may not revoke", async () => {
    const site = await TestSite.of({ other: { enable_token_revocation: false } });
    const { body } = await site.call("/oauth2/token", exchange(await site.code()));
    const token = String(body.refresh_token);

    expect(
      await site.call("/oauth2/revoke", { token: String(body.access_token), client_id: "client1" }),
    ).toEqual(refused("unsupported_token_type"));
    expect(await site.call("/oauth2/revoke", { client_id: "client1" })).toEqual(refused("invalid_request"));
    expect(await site.call("/oauth2/revoke", { token, client_id: "nobody" })).toEqual(
      refused("invalid_client", 401),
    );
    expect(await site.call("/oauth2/revoke", { token, client_id: "client2" })).toEqual(
      refused("invalid_request"),
    );
  });

  test("does not end the browser's sign-in", async () => {
    const site = await TestSite.of();
    const browser = site.browser();
    await browser.open(at("login"));
    const back = await browser.submit({ username: ada, password });
    const { body } = await site.call("/oauth2/token", exchange(back.sent.get("code") ?? ""));
    await site.call("/oauth2/revoke", { token: String(body.refresh_token), client_id: "client1" });

    expect((await browser.open(at("oauth2/authorize"))).sent.get("code")).not.toBeNull();
  });
});

test("tokens of the page refresh through the API as well", async () => {
  const site = await TestSite.of();
  const { body } = await site.call("/oauth2/token", exchange(await site.code()));

  const answer = await site.test.call("GetTokensFromRefreshToken", {
    ClientId: "client1",
    RefreshToken: body.refresh_token,
  });

  expect(decode(tokensIn(answer).access).scope).toBe("openid email");
});
