import { at, callback, host, TestSite } from "./fixture";

describe("an authorization request", () => {
  test.each([
    ["without a response type", { response_type: undefined }, "invalid_request"],
    ["with a response type that AWS does not have", { response_type: "token id_token" }, "invalid_request"],
    ["for tokens where the client has the code flow only", { response_type: "token" }, "unauthorized_client"],
    ["for a scope that the client does not have", { scope: "openid profile" }, "invalid_scope"],
    ["for a scope of nobody's", { scope: "openid admin" }, "invalid_scope"],
    ["with a challenge without its method", { code_challenge_method: undefined }, "invalid_request"],
    ["with a method without its challenge", { code_challenge: undefined }, "invalid_request"],
    ["with a challenge in plain text", { code_challenge_method: "plain" }, "invalid_request"],
    ["with a challenge that is not a digest", { code_challenge: "abc" }, "invalid_request"],
    ["for another provider", { identity_provider: "Google" }, "invalid_request"],
  ])("%s goes back to the app with the error and the state", async (_name, changes, error) => {
    const site = await TestSite.of();

    for (const page of ["oauth2/authorize", "login", "signup"]) {
      const back = await site.browser().get(at(page, changes));

      expect(back.status).toBe(302);
      expect(back.location.startsWith(`${callback}?error=${error}&`)).toBe(true);
      expect(back.sent.get("state")).toBe("state-1");
    }
  });

  test("with a parameter twice goes back to the app, and one with two addresses does not", async () => {
    const site = await TestSite.of();

    const scope = await site.browser().get(`${at("oauth2/authorize")}&scope=openid`);
    const address = await site
      .browser()
      .get(`${at("oauth2/authorize")}&redirect_uri=https%3A%2F%2Fevil.example`);

    expect(scope.sent.get("error")).toBe("invalid_request");
    expect(address.location).toBe(`/${host}/error?error=redirect_mismatch&client_id=client1`);
  });

  test.each([
    ["of another site", { redirect_uri: "https://evil.example/callback" }, "redirect_mismatch"],
    ["with a slash more", { redirect_uri: `${callback}/` }, "redirect_mismatch"],
    ["with a query", { redirect_uri: `${callback}?next=evil` }, "redirect_mismatch"],
    ["below the registered one", { redirect_uri: `${callback}/../evil` }, "redirect_mismatch"],
    ["on another port", { redirect_uri: "http://localhost:5174/callback" }, "redirect_mismatch"],
    ["that is missing", { redirect_uri: undefined }, "redirect_mismatch"],
    ["of a client that nobody has", { client_id: "nobody" }, "unknown_client"],
    ["of no client", { client_id: undefined }, "unknown_client"],
  ])("with an address %s stays here", async (_name, changes, error) => {
    const site = await TestSite.of();

    const browser = site.browser();
    const first = await browser.get(at("oauth2/authorize", changes));
    const page = await browser.open(first.location);

    expect(first.location.startsWith(`/${host}/error?error=${error}&`)).toBe(true);
    expect(page.status).toBe(400);
    expect(page.words).not.toContain("evil.example");
  });

  test("says on the error's page what is registered", async () => {
    const site = await TestSite.of();

    const page = await site.browser().open(at("login", { redirect_uri: "https://evil.example" }));

    expect(page.words).toContain(callback);
  });

  test.each([
    ["does not use the login page", { allowed_oauth_flows_user_pool_client: false }],
    [
      "has no flow for users",
      { allowed_oauth_flows: ["client_credentials"], client_secret: "s", allowed_oauth_scopes: [] },
    ],
  ])("of a client that %s stays here", async (_name, client) => {
    const site = await TestSite.of({ client });

    for (const page of ["oauth2/authorize", "login", "signup", "forgotPassword"]) {
      expect((await site.browser().open(at(page))).heading).toBe("This client does not use the login page");
    }
  });

  test("without an address takes the client's default one", async () => {
    const site = await TestSite.of({ client: { default_redirect_uri: callback } });
    const browser = site.browser();
    await browser.open(at("login", { redirect_uri: undefined }));

    const back = await browser.submit({ username: "ada@example.com", password: "Correct-Horse-7" });

    expect(back.location.startsWith(`${callback}?code=`)).toBe(true);
  });

  test("with an address that is none has its page all the same, where it is registered", async () => {
    const site = await TestSite.of({ client: { callback_urls: ["myapp://[nowhere"] } });

    const page = await site.browser().open(at("login", { redirect_uri: "myapp://[nowhere" }));

    expect([page.status, page.heading]).toEqual([200, "Sign in"]);
  });

  test("may go back to an app's own scheme", async () => {
    const site = await TestSite.of({ client: { callback_urls: ["myapp://signed-in"] } });
    const browser = site.browser();
    const page = await browser.open(at("login", { redirect_uri: "myapp://signed-in" }));

    const back = await browser.submit({ username: "ada@example.com", password: "Correct-Horse-7" });

    expect(page.header("content-security-policy")).toContain("form-action 'self' myapp:;");
    expect(back.location.startsWith("myapp://signed-in?code=")).toBe(true);
  });
});

describe("signing out", () => {
  async function signedIn() {
    const site = await TestSite.of();
    const browser = site.browser();
    await browser.open(at("login"));
    await browser.submit({ username: "ada@example.com", password: "Correct-Horse-7" });
    return { site, browser };
  }

  test("ends the browser's sign-in and goes to the registered address", async () => {
    const { browser } = await signedIn();
    const bye = encodeURIComponent("http://localhost:5173/bye");

    const out = await browser.get(`/${host}/logout?client_id=client1&logout_uri=${bye}`);
    const next = await browser.open(at("oauth2/authorize"));

    expect([out.status, out.location]).toEqual([302, "http://localhost:5173/bye"]);
    expect(browser.cookies.has("cognito")).toBe(false);
    expect(next.heading).toBe("Sign in");
  });

  test("or goes to sign in again, with the same request", async () => {
    const { browser } = await signedIn();

    const page = await browser.open(at("logout"));

    expect([page.status, page.heading]).toEqual([200, "Sign in"]);
  });

  test("ends the sign-in for a copy of the cookie too", async () => {
    const { browser, site } = await signedIn();
    const copy = site.browser();
    for (const [name, value] of browser.cookies) copy.cookies.set(name, value);
    await browser.open(at("logout"));

    expect((await copy.open(at("oauth2/authorize"))).heading).toBe("Sign in");
  });

  test.each([
    [
      "an address that is not registered",
      "client_id=client1&logout_uri=https%3A%2F%2Fevil.example",
      "logout_mismatch",
    ],
    [
      "a client that nobody has",
      "client_id=nobody&logout_uri=http%3A%2F%2Flocalhost%3A5173%2Fbye",
      "logout_mismatch",
    ],
    ["no address", "client_id=client1", "redirect_mismatch"],
    [
      "OpenID Connect's parameters",
      "id_token_hint=x&post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A5173%2Fbye",
      "unknown_client",
    ],
  ])("with %s stays here, and ends nothing", async (_name, query, error) => {
    const { browser } = await signedIn();

    const out = await browser.get(`/${host}/logout?${query}`);
    const page = await browser.open(out.location);

    expect(out.location.startsWith(`/${host}/error?error=${error}&`)).toBe(true);
    expect(page.status).toBe(400);
    expect((await browser.open(at("oauth2/authorize"))).sent.get("code")).not.toBeNull();
  });
});

describe("any other path below the address", () => {
  test("is a page that says what there is", async () => {
    const site = await TestSite.of();

    const page = await site.browser().open(`/${host}/nowhere`);
    const wrongMethod = await site.browser().post(at("oauth2/authorize"), {});

    expect([page.status, page.heading]).toEqual([404, "There is no such page"]);
    expect(wrongMethod.status).toBe(404);
  });

  test("of another host is not the login page's", async () => {
    const site = await TestSite.of();

    expect(site.port.at("/elsewhere.auth.us-east-1.amazoncognito.com/login")).toBeUndefined();
    expect(site.port.at("/development/lambda1")).toBeUndefined();
  });
});
