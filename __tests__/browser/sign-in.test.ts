import type { Page } from "playwright-core";
import { authenticatorCode, fromBase32 } from "../../local/services/cognito/authenticator-code";
import { TEST_PASSWORD } from "../support/local-runtime";
import { obstacles } from "./support/accessibility";
import { deployment, useBrowser } from "./support/browser";
import { codeFor, cognito, createUser } from "./support/users";

const { callbackPageUrl = "", userPools } = deployment();
const [first, second] = userPools;

const button = (page: Page, name: string) => page.getByRole("button", { name }).click();
const heading = (page: Page, name: string | RegExp) =>
  page.getByRole("heading", { name, level: 1 }).waitFor();

/** From the runtime's own page to the pool's login page. */
async function leaveFor(page: Page, pool = first): Promise<void> {
  await page.goto(callbackPageUrl);
  await button(page, `Sign in to ${pool?.name}`);
  await page.getByLabel("E-mail address").waitFor();
}

async function fill(page: Page, fields: Readonly<Record<string, string>>): Promise<void> {
  for (const [label, value] of Object.entries(fields))
    await page.getByLabel(label, { exact: true }).fill(value);
  await page.keyboard.press("Enter");
}

/** Sends the example to the route on the page, and reads the status. */
async function send(page: Page, route: string): Promise<string> {
  const form = page.locator("form", { has: page.locator(`input[name=route][value="${route}"]`) });
  await form.getByRole("button", { name: "Send" }).click();
  return form.locator("#answer .meta span").first().innerText();
}

describe("a visitor", () => {
  const { it } = useBrowser();

  it("signs up, takes the code from the inbox, confirms, signs in, and is let in with one pool's token alone", async (page) => {
    const email = `new-${Date.now()}@example.com`;
    await leaveFor(page);
    await page.getByRole("link", { name: "Create an account" }).click();
    await fill(page, { "E-mail address": email, Password: TEST_PASSWORD });
    await heading(page, "Confirm your account");
    await fill(page, { Code: await codeFor(email) });
    await page.getByText("Your account is confirmed. Sign in.").waitFor();
    await fill(page, { Password: TEST_PASSWORD });
    await heading(page, `Signed in as ${email}`);

    expect(await send(page, "POST /lambda1")).toBe("200");
    expect(await send(page, "POST /lambda2")).toBe("401");
  });

  it("of the other pool is let in there, and not here", async (page) => {
    const email = await createUser(second);
    await leaveFor(page, second);
    await fill(page, { "E-mail address": email, Password: TEST_PASSWORD });
    await heading(page, `Signed in as ${email}`);

    expect(await send(page, "POST /lambda2")).toBe("200");
    expect(await send(page, "POST /lambda1")).toBe("401");
  });

  it("who forgot the password gets another one with the code that was sent", async (page) => {
    const email = await createUser();
    await leaveFor(page);
    await page.getByRole("link", { name: /Forgot/ }).click();
    await fill(page, { "E-mail address": email });
    await page.getByLabel("Code", { exact: true }).waitFor();
    await fill(page, { Code: await codeFor(email), "New password": "another-Horse-8-battery" });
    await page.getByRole("status").waitFor();
    await fill(page, { "E-mail address": email, Password: "another-Horse-8-battery" });

    await heading(page, `Signed in as ${email}`);
  });

  it("with an authenticator app is asked for its code, and is not let in with another", async (page) => {
    const email = await createUser();
    const secret = await setUpAuthenticator(email);
    await leaveFor(page);
    await fill(page, { "E-mail address": email, Password: TEST_PASSWORD });
    await page.getByLabel("Code", { exact: true }).waitFor();
    await fill(page, { Code: "000000" });
    await page.getByRole("alert").or(page.locator(".error")).first().waitFor();
    await fill(page, { Code: authenticatorCode(secret, Date.now() + 30_000) });

    await heading(page, `Signed in as ${email}`);
  });

  it("who signs out is asked for the password again", async (page) => {
    const email = await createUser();
    await leaveFor(page);
    await fill(page, { "E-mail address": email, Password: TEST_PASSWORD });
    await heading(page, `Signed in as ${email}`);
    await button(page, "Sign out");
    await heading(page, "Sign in");

    await leaveFor(page);
  });

  it("sees a token only after asking for it", async (page) => {
    const email = await createUser();
    await leaveFor(page);
    await fill(page, { "E-mail address": email, Password: TEST_PASSWORD });
    await heading(page, `Signed in as ${email}`);

    expect(await page.content()).not.toMatch(/ey[\w-]+\.ey/);
    await button(page, "Show the ID token");
    await page.getByText(/^ey[\w-]+\.ey/).waitFor();
    await page.getByRole("link", { name: "Hide it" }).click();
    expect(await page.content()).not.toMatch(/ey[\w-]+\.ey/);
  });

  for (const [looks, options] of [
    ["light", { colorScheme: "light" }],
    ["dark", { colorScheme: "dark" }],
    ["on a phone", { viewport: { width: 360, height: 640 } }],
  ] as const)
    it(
      `finds no obstacle on the page where a sign-in ends, ${looks}`,
      async (page) => {
        const tooWide = () => page.evaluate("document.documentElement.scrollWidth > innerWidth");
        const email = await createUser();
        await page.goto(callbackPageUrl);
        const before = [...(await obstacles(page)), await tooWide()];
        await leaveFor(page);
        await fill(page, { "E-mail address": email, Password: TEST_PASSWORD });
        await heading(page, `Signed in as ${email}`);
        await send(page, "POST /lambda1");

        expect([before, await obstacles(page), await tooWide()]).toEqual([[false], [], false]);
      },
      options,
    );
});

/** Sets an app up for a user, as an app of one's own would; the secret. */
async function setUpAuthenticator(email: string): Promise<Buffer> {
  const { AuthenticationResult } = await cognito("AdminInitiateAuth", {
    ...{ UserPoolId: first?.id, ClientId: first?.clientId, AuthFlow: "ADMIN_USER_PASSWORD_AUTH" },
    AuthParameters: { USERNAME: email, PASSWORD: TEST_PASSWORD },
  });
  const { AccessToken } = AuthenticationResult as { AccessToken: string };
  const { SecretCode } = await cognito("AssociateSoftwareToken", { AccessToken });
  const secret = fromBase32(String(SecretCode));
  await cognito("VerifySoftwareToken", { AccessToken, UserCode: authenticatorCode(secret, Date.now()) });
  await cognito("SetUserMFAPreference", {
    AccessToken,
    SoftwareTokenMfaSettings: { Enabled: true, PreferredMfa: true },
  });
  return secret;
}
