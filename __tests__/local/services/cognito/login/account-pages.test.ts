import { password, region } from "../fixture";
import { at, TestSite } from "./fixture";

const eve = "eve@example.com";

describe("opening an account", () => {
  test("leads over the code to signing in", async () => {
    const site = await TestSite.of();
    const browser = site.browser();
    const login = await browser.open(at("oauth2/authorize"));
    const signUp = await browser.open(login.link("Create an account"));

    const confirm = await browser.submit({ username: eve, password });
    const wrong = await browser.submit({ code: "000000" }, "confirm");
    const done = await browser.submit({ code: site.test.lastCode() }, "confirm");
    const back = await browser.submit({ username: eve, password });

    expect([signUp.heading, signUp.fields]).toEqual(["Create an account", ["username", "password"]]);
    expect([confirm.heading, confirm.notice]).toEqual(["Confirm your account", "Your account was created."]);
    expect(confirm.link("inbox of this machine")).toBe("/.inbox");
    expect(wrong.error("code")).toBe("This code is wrong. Check it, and type it in again.");
    expect([done.heading, done.notice]).toEqual(["Sign in", "Your account is confirmed. Sign in."]);
    expect([done.value("username"), done.focused]).toEqual([eve, "password"]);
    expect(back.sent.get("code")).toMatch(/^[\w-]{36}$/);
  });

  test("asks for what the pool requires, and says what is wrong beside its field", async () => {
    const site = await TestSite.of({
      pool: {
        schema: [
          { name: "given_name", attribute_data_type: "String", required: true, mutable: true },
          { name: "phone_number", attribute_data_type: "String", required: true, mutable: true },
        ],
      },
    });
    const browser = site.browser();
    const page = await browser.open(at("signup"));
    const filledIn = { username: eve, given_name: "Eve", phone_number: "+12065550100", password };

    const empty = await browser.submit({ username: eve, given_name: "", phone_number: "", password });
    const noAddress = await browser.submit({ ...filledIn, username: "eve" });
    const noPhone = await browser.submit({ ...filledIn, phone_number: "555" });
    const weak = await browser.submit({ ...filledIn, password: "correct-horse-77" });
    const taken = await browser.submit({ ...filledIn, username: "ada@example.com" });
    const confirm = await browser.submit(filledIn);

    expect(page.fields).toEqual(["username", "given_name", "phone_number", "password"]);
    expect([empty.error("given_name"), empty.error("phone_number"), empty.focused]).toEqual([
      ...["First name is missing.", "Phone number is missing.", "given_name"],
    ]);
    expect(empty.value("username")).toBe(eve);
    expect(noAddress.error("username")).toBe("This is not a valid e-mail address.");
    expect(noPhone.error("phone_number")).toBe("Type it in with its country, as in +12065550100.");
    expect(weak.error("password")).toBe("Password must have uppercase characters.");
    expect(taken.error("username")).toBe("There is an account with this name already.");
    expect(confirm.heading).toBe("Confirm your account");
  });

  test("takes a name and an address where the pool's users have names of their own", async () => {
    const site = await TestSite.of({ pool: { username_attributes: [] } });
    const browser = site.browser();
    const page = await browser.open(at("signup"));

    await browser.submit({ username: "eve", email: eve, password });
    await browser.submit({ code: site.test.lastCode() }, "confirm");
    const back = await browser.submit({ username: "eve", password });

    expect(page.fields).toEqual(["username", "email", "password"]);
    expect(back.sent.get("code")).toMatch(/^[\w-]{36}$/);
  });

  test("is neither offered nor possible where administrators do it", async () => {
    const site = await TestSite.of({
      pool: { admin_create_user_config: { allow_admin_create_user_only: true } },
    });
    const browser = site.browser();
    const login = await browser.open(at("login"));
    const { action, hidden } = login.form("login");

    const page = await site.browser().open(at("signup"));
    const posted = await browser.post(action.replace("/login?", "/signup?"), {
      ...hidden,
      username: eve,
      password,
    });

    expect(login.words).not.toContain("Create an account");
    expect([page.status, page.heading]).toEqual([403, "You cannot sign up here"]);
    expect([posted.status, posted.heading]).toEqual([403, "You cannot sign up here"]);
  });

  test("of a client with a secret works too", async () => {
    const site = await TestSite.of({ client: { client_secret: "s3cr3t" } });
    const browser = site.browser();
    await browser.open(at("signup"));

    const confirm = await browser.submit({ username: eve, password });
    const done = await browser.submit({ code: site.test.lastCode() }, "confirm");

    expect([confirm.heading, done.heading]).toEqual(["Confirm your account", "Sign in"]);
  });

  test("gets another code, as often as the API sends one", async () => {
    const site = await TestSite.of();
    const browser = site.browser();
    await browser.open(at("signup"));
    await browser.submit({ username: eve, password });
    const first = site.test.lastCode();

    const again = await browser.submit({}, "resendcode");
    const sent = site.test.messages.length;
    const old = await browser.submit({ code: first }, "confirm");
    for (let number = 0; number < 3; number++) await browser.submit({}, "resendcode");
    const tooMany = await browser.submit({}, "resendcode");

    expect(again.notice).toBe("A new code was sent. The one before it does not work any more.");
    expect(sent).toBe(2);
    expect(old.error("code")).not.toBe("");
    expect(tooMany.alert).toBe("Too many attempts. Wait a while, and try again.");
  });

  test("goes on where it was left, once the password was right", async () => {
    const site = await TestSite.of();
    const first = site.browser();
    await first.open(at("signup"));
    await first.submit({ username: eve, password });
    const browser = site.browser();
    await browser.open(at("login"));

    const confirm = await browser.submit({ username: eve, password });
    const done = await browser.submit({ code: site.test.lastCode() }, "confirm");

    expect([confirm.heading, confirm.notice]).toEqual([
      ...["Confirm your account", "Your account is not confirmed yet."],
    ]);
    expect(done.notice).toBe("Your account is confirmed. Sign in.");
  });

  test("waits for an administrator where no code is sent", async () => {
    const site = await TestSite.of({ pool: { auto_verified_attributes: [] } });
    const browser = site.browser();
    await browser.open(at("signup"));

    const page = await browser.submit({ username: eve, password });

    expect([page.heading, page.notice]).toEqual([
      "Sign in",
      "Your account was created. An administrator has to confirm it before you can sign in.",
    ]);
  });
});

describe("a forgotten password", () => {
  test("is replaced with the code from the e-mail", async () => {
    const site = await TestSite.of();
    const browser = site.browser();
    const login = await browser.open(at("login"));
    const forgot = await browser.open(login.link("Forgot your password?"));

    const reset = await browser.submit({ username: "ada@example.com" });
    const weak = await browser.submit({ code: site.test.lastCode(), password: "short" });
    const done = await browser.submit({ code: site.test.lastCode(), password: "Better-Horse-88" });
    const back = await browser.submit({ username: "ada@example.com", password: "Better-Horse-88" });

    expect([forgot.heading, reset.heading]).toEqual(["Forgot your password?", "Set a new password"]);
    expect(weak.error("password")).toBe("Password not long enough.");
    expect(weak.value("code")).toBe(site.test.lastCode());
    expect(done.notice).toBe("Your new password is set. Sign in.");
    expect(back.sent.get("code")).toMatch(/^[\w-]{36}$/);
  });

  test("of a name that nobody has gets the same pages, with the same words, as often as one that somebody has", async () => {
    const site = await TestSite.of();
    const tour = async (name: string) => {
      const browser = site.browser();
      const words: string[] = [];
      for (let round = 0; round < 6; round++) {
        await browser.open(at("forgotPassword"));
        words.push((await browser.submit({ username: name })).words);
        for (let guess = 0; guess < 6 && browser.page.fields.includes("code"); guess++) {
          words.push((await browser.submit({ code: "00000x", password })).words);
        }
      }
      return words.map((text) => text.replaceAll(name, "NAME"));
    };

    const known = await tour("ada@example.com");

    expect(await tour("nobody@example.com")).toEqual(known);
    expect(known.at(-1)).toContain("Too many attempts");
  });

  test("has to be replaced where an administrator reset it", async () => {
    const site = await TestSite.of();
    await site.test.call("AdminResetUserPassword", {
      UserPoolId: `${region}_Pool1`,
      Username: "ada@example.com",
    });
    const browser = site.browser();
    await browser.open(at("login"));

    const reset = await browser.submit({ username: "ada@example.com", password });
    const done = await browser.submit({ code: site.test.lastCode(), password: "Better-Horse-88" });

    expect([reset.heading, reset.notice]).toEqual([
      ...["Set a new password", "Your password was reset. Set a new one."],
    ]);
    expect(done.notice).toBe("Your new password is set. Sign in.");
  });

  test("is not offered where administrators recover accounts", async () => {
    const site = await TestSite.of({
      pool: { account_recovery_setting: { recovery_mechanism: [{ name: "admin_only", priority: 1 }] } },
    });
    const browser = site.browser();
    const login = await browser.open(at("login"));
    await browser.open(at("forgotPassword"));

    const refused = await browser.submit({ username: "ada@example.com" });

    expect(login.words).not.toContain("Forgot your password?");
    expect([refused.status, refused.alert]).toEqual([400, "Contact administrator to reset password"]);
  });
});
