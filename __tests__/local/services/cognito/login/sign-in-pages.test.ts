import { authenticatorCode, fromBase32 } from "../../../../../local/services/cognito/authenticator-code";
import { members, password, region } from "../fixture";
import { at, callback, TestSite, withoutPkce } from "./fixture";

const ada = "ada@example.com";

describe("signing in on the page", () => {
  test("leads from the app over the page back to the app, with a code and the state", async () => {
    const site = await TestSite.of();
    const browser = site.browser();

    const login = await browser.open(at("oauth2/authorize"));
    const back = await browser.submit({ username: ada, password });

    expect([login.status, login.heading, login.fields]).toEqual([200, "Sign in", ["username", "password"]]);
    expect(back.status).toBe(302);
    expect(back.location.startsWith(`${callback}?code=`)).toBe(true);
    expect(back.sent.get("state")).toBe("state-1");
  });

  test("keeps the query of the app's address", async () => {
    const redirectUri = "http://localhost:5173/callback?from=login";
    const site = await TestSite.of({ client: { callback_urls: [redirectUri] } });
    const browser = site.browser();
    await browser.open(at("login", { redirect_uri: redirectUri }));

    const back = await browser.submit({ username: ada, password });

    expect(back.location).toMatch(/\/callback\?from=login&code=[\w-]+&state=state-1$/);
  });

  test("says what is missing beside its field, and puts the focus there", async () => {
    const site = await TestSite.of();
    const browser = site.browser();
    await browser.open(at("login"));

    const empty = await browser.submit({ username: "", password: "" });
    const noPassword = await browser.submit({ username: ada, password: "" });

    expect(empty.status).toBe(400);
    expect([empty.error("username"), empty.error("password")]).toEqual([
      "E-mail address is missing.",
      "Password is missing.",
    ]);
    expect(empty.focused).toBe("username");
    expect([noPassword.value("username"), noPassword.focused]).toEqual([ada, "password"]);
  });

  test("says the same of a wrong password and of a name that nobody has", async () => {
    const site = await TestSite.of();
    const browser = site.browser();
    await browser.open(at("login"));

    const wrong = await browser.submit({ username: ada, password: "wrong" });
    const unknown = await browser.submit({ username: "eve@example.com", password: "wrong" });

    expect([wrong.status, wrong.alert]).toEqual([400, "E-mail address or password is wrong."]);
    expect(unknown.answer.body.replaceAll("eve@", "ada@")).toBe(wrong.answer.body);
  });

  test("never repeats a password", async () => {
    const site = await TestSite.of();
    const browser = site.browser();
    await browser.open(at("login"));

    const wrong = await browser.submit({ username: ada, password: "Secret-Horse-9" });

    expect(wrong.answer.body).not.toContain("Secret-Horse-9");
  });

  test("is limited as in the API, and together with it", async () => {
    const site = await TestSite.of();
    const browser = site.browser();
    await browser.open(at("login"));
    for (let attempt = 0; attempt < 5; attempt++) await browser.submit({ username: ada, password: "wrong" });

    const locked = await browser.submit({ username: ada, password });
    const inTheApi = await site.test.refusedSignIn(ada);
    site.test.clock.advance({ minutes: 1 });
    const later = await browser.submit({ username: ada, password });

    expect(locked.alert).toBe("Too many attempts. Wait a little, and try again.");
    expect(inTheApi).toBe("NotAuthorizedException: Password attempts exceeded");
    expect(later.status).toBe(302);
  });

  test("of a disabled user is refused", async () => {
    const site = await TestSite.of();
    await site.test.call("AdminDisableUser", { UserPoolId: `${region}_Pool1`, Username: ada });
    const browser = site.browser();
    await browser.open(at("login"));

    expect((await browser.submit({ username: ada, password })).alert).toBe("User is disabled.");
  });

  test("takes the login hint for the name, and links to the other pages with the same request", async () => {
    const site = await TestSite.of();
    const browser = site.browser();

    const login = await browser.open(at("login", { login_hint: ada }));

    expect(login.value("username")).toBe(ada);
    expect(login.focused).toBe("password");
    expect(login.link("Create an account")).toBe(at("signup", { login_hint: ada }));
    expect(login.link("Forgot your password?")).toBe(at("forgotPassword", { login_hint: ada }));
  });

  test("a form of a page that was open for more than an hour is shown anew", async () => {
    const site = await TestSite.of();
    const browser = site.browser();
    await browser.open(at("login"));
    site.test.clock.advance({ minutes: 61 });

    const again = await browser.submit({ username: ada, password });

    expect([again.status, again.heading]).toEqual([200, "Sign in"]);
    expect(again.notice).toContain("open for too long");
    expect((await browser.submit({ username: ada, password })).status).toBe(302);
  });
});

describe("a browser that is signed in", () => {
  async function signedIn() {
    const site = await TestSite.of();
    const browser = site.browser();
    await browser.open(at("login"));
    await browser.submit({ username: ada, password });
    return { site, browser };
  }

  test("is sent back without a page, for every client of the pool", async () => {
    const { browser } = await signedIn();

    const own = await browser.open(at("oauth2/authorize"));
    const other = await browser.open(at("oauth2/authorize", { client_id: "client2" }));

    expect(own.sent.get("code")).toMatch(/^[\w-]{36}$/);
    expect(other.sent.get("code")).toMatch(/^[\w-]{36}$/);
  });

  test("sees the page after an hour", async () => {
    const { browser, site } = await signedIn();
    site.test.clock.advance({ minutes: 60 });

    expect((await browser.open(at("oauth2/authorize"))).heading).toBe("Sign in");
  });

  test("sees the page where the app asks for it, and may go on as who it is with select_account", async () => {
    const { browser } = await signedIn();

    const login = await browser.open(at("oauth2/authorize", { prompt: "login" }));
    const select = await browser.open(at("oauth2/authorize", { prompt: "select_account" }));
    const back = await browser.submit({ continue: "yes" });

    expect(login.words).not.toContain("Continue as");
    expect(select.words).toContain(`Continue as ${ada}`);
    expect(back.sent.get("code")).toMatch(/^[\w-]{36}$/);
  });

  test("cannot go on as who it is where the app wants the password", async () => {
    const { browser } = await signedIn();
    await browser.open(at("login", { prompt: "login" }));

    const page = await browser.submit({ continue: "yes" });

    expect([page.status, page.heading]).toEqual([200, "Sign in"]);
  });

  test("is told to the app that asks without a page, and one that is not is told too", async () => {
    const { browser, site } = await signedIn();

    const known = await browser.open(at("oauth2/authorize", { prompt: "none" }));
    const stranger = await site.browser().open(at("oauth2/authorize", { prompt: "none" }));

    expect(known.sent.get("code")).toMatch(/^[\w-]{36}$/);
    expect(stranger.location).toBe(`${callback}?error=login_required&state=state-1`);
  });

  test.each(["AdminDisableUser", "AdminDeleteUser"])("sees the page after %s", async (operation) => {
    const { browser, site } = await signedIn();
    await site.test.call(operation, { UserPoolId: `${region}_Pool1`, Username: ada });

    expect((await browser.open(at("oauth2/authorize"))).heading).toBe("Sign in");
  });

  test("has two cookies that only the page gets back, for an hour at most", async () => {
    const site = await TestSite.of();
    const browser = site.browser();
    const login = await browser.open(at("login"));
    const back = await browser.submit({ username: ada, password });

    const cookies = [login, back]
      .flatMap(({ answer }) => answer.headers)
      .filter(([name, value]) => name === "Set-Cookie" && !value.includes("Max-Age=0"))
      .map(([, value]) => value.replace(/=[\w-]{43};/, "=…;"));

    const attributes =
      "Path=/myuserpool1.auth.us-east-1.amazoncognito.com; Max-Age=3600; HttpOnly; SameSite=Lax";
    expect(cookies).toEqual([`cognito-visit=…; ${attributes}`, `cognito=…; ${attributes}`]);
  });
});

describe("a temporary password", () => {
  async function invited(pool = {}) {
    const site = await TestSite.of({ pool });
    await site.test.call("AdminCreateUser", {
      UserPoolId: `${region}_Pool1`,
      Username: "bob@example.com",
      TemporaryPassword: "Temporary-Horse-1",
      UserAttributes: [{ Name: "email_verified", Value: "true" }],
    });
    const browser = site.browser();
    await browser.open(at("login"));
    const page = await browser.submit({ username: "bob@example.com", password: "Temporary-Horse-1" });
    return { site, browser, page };
  }

  test("has to be changed before the browser goes back", async () => {
    const { browser, page } = await invited();

    const weak = await browser.submit({ password: "short" });
    const back = await browser.submit({ password });

    expect([page.status, page.heading, page.fields]).toEqual([200, "Choose a new password", ["password"]]);
    expect([weak.status, weak.error("password")]).toEqual([400, "Password not long enough."]);
    expect(back.sent.get("code")).toMatch(/^[\w-]{36}$/);
  });

  test("is changed together with the required attributes that are missing", async () => {
    const { browser, page } = await invited({
      schema: [{ name: "given_name", attribute_data_type: "String", required: true, mutable: true }],
    });

    const empty = await browser.submit({ password, given_name: "" });
    const back = await browser.submit({ password, given_name: "Bob" });

    expect(page.fields).toEqual(["password", "given_name"]);
    expect(empty.error("given_name")).toBe("First name is missing.");
    expect(back.sent.get("code")).toMatch(/^[\w-]{36}$/);
  });
});

describe("a second factor", () => {
  async function withApp() {
    const site = await TestSite.of();
    const { access } = await site.test.tokens(ada);
    const { SecretCode } = await site.test.call("AssociateSoftwareToken", { AccessToken: access });
    const secret = fromBase32(String(SecretCode));
    const now = () => site.test.clock.now();
    const UserCode = authenticatorCode(secret, now());
    await site.test.call("VerifySoftwareToken", { AccessToken: access, UserCode });
    await site.test.call("SetUserMFAPreference", {
      AccessToken: access,
      SoftwareTokenMfaSettings: { Enabled: true },
    });
    site.test.clock.advance({ minutes: 1 });
    const browser = site.browser();
    await browser.open(at("login"));
    await browser.submit({ username: ada, password });
    return { site, browser, code: () => authenticatorCode(secret, now()) };
  }

  test("is asked for after the password", async () => {
    const { browser, code } = await withApp();
    const { page } = browser;

    const wrong = await browser.submit({ code: code() === "000000" ? "000001" : "000000" });
    const back = await browser.submit({ code: code() });

    expect([page.heading, page.fields]).toEqual(["Enter your code", ["code"]]);
    expect([wrong.status, wrong.error("code")]).toEqual([
      400,
      "This code is wrong. Check it, and type it in again.",
    ]);
    expect(back.sent.get("code")).toMatch(/^[\w-]{36}$/);
  });

  test("is not to be left out: without the code the browser is not signed in", async () => {
    const { browser } = await withApp();

    expect((await browser.open(at("oauth2/authorize"))).heading).toBe("Sign in");
  });

  test("guesses at it lock the user", async () => {
    const { browser, code } = await withApp();
    const wrong = code() === "000000" ? "000001" : "000000";
    for (let guess = 0; guess < 5; guess++) await browser.submit({ code: wrong });

    const locked = await browser.submit({ code: code() });

    expect([locked.heading, locked.notice]).toEqual([
      "Sign in",
      "Too many attempts. Wait a little, and try again.",
    ]);
  });

  test("has no page without a sign-in in progress", async () => {
    const site = await TestSite.of();

    for (const page of ["mfa", "mfaSetup", "changePassword", "confirm", "confirmforgotPassword"]) {
      expect((await site.browser().open(at(page))).heading).toBe("Sign in");
    }
  });

  test("is set up with a QR code or a key where the pool requires it", async () => {
    const site = await TestSite.of({ pool: { mfa_configuration: "ON" } });
    const browser = site.browser();
    await browser.open(at("login"));
    const setup = await browser.submit({ username: ada, password });
    const key = /key: ((?:[A-Z2-7]{4} )+)/.exec(setup.words)?.[1]?.replaceAll(" ", "") ?? "";
    const again = await browser.open(at("mfaSetup"));
    const code = authenticatorCode(fromBase32(key), site.test.clock.now());

    const wrong = await browser.submit({ code: code === "000000" ? "000001" : "000000" });
    const back = await browser.submit({ code });

    expect(setup.heading).toBe("Set up your authenticator app");
    expect(setup.answer.body).toContain(`<svg class="qr" viewBox="0 0 `);
    expect(setup.link("open it in the app")).toBe(
      `otpauth://totp/MyUserPool1:ada%40example.com?secret=${key}&issuer=MyUserPool1`,
    );
    expect(again.words).toBe(setup.words);
    expect(wrong.error("code")).toBe("This code is wrong. Type in the one that the app shows now.");
    expect(back.sent.get("code")).toMatch(/^[\w-]{36}$/);
  });
});

describe("the implicit grant", () => {
  test("brings tokens in the fragment, and no refresh token", async () => {
    const site = await TestSite.of({ client: { allowed_oauth_flows: ["implicit"] } });
    const browser = site.browser();
    await browser.open(at("login", { response_type: "token", nonce: "n-1", ...withoutPkce }));

    const back = await browser.submit({ username: ada, password });

    expect(back.location.startsWith(`${callback}#`)).toBe(true);
    expect([...back.sent.keys()].sort()).toEqual([
      ...["access_token", "expires_in", "id_token", "state", "token_type"],
    ]);
    const claims = JSON.parse(
      Buffer.from(String(back.sent.get("id_token")).split(".")[1] ?? "", "base64url").toString(),
    );
    expect(members(claims)).toMatchObject({ nonce: "n-1", email: ada });
  });
});
