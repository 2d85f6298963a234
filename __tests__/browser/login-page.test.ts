import type { Page } from "playwright-core";
import { TEST_PASSWORD } from "../support/local-runtime";
import { obstacles } from "./support/accessibility";
import { deployment, useBrowser } from "./support/browser";

const [pool] = deployment().userPools;
const login = pool?.loginPageUrl ?? "";
const callback = new URL(login).searchParams.get("redirect_uri") ?? "";
const { inboxUrl } = deployment();

/** What is typed before the page has its field focused is lost. */
const focused = (page: Page) => page.locator("input:focus").waitFor();

/** A form without scripts, used by keyboard alone. */
async function type(page: Page, ...values: readonly string[]): Promise<void> {
  await focused(page);
  for (const [index, value] of values.entries()) {
    if (index > 0) await page.keyboard.press("Tab");
    await page.keyboard.type(value);
  }
  const loaded = page.waitForNavigation();
  await page.keyboard.press("Enter");
  await loaded;
}

const heading = (page: Page) => page.locator("h1").innerText();

describe("somebody on the login page", () => {
  const { it } = useBrowser();

  it("signs up, takes the code from the inbox, confirms and signs in, by keyboard alone", async (page) => {
    await page.goto(login);
    await page.getByRole("link", { name: "Create an account" }).press("Enter");
    await type(page, "kay@example.com", TEST_PASSWORD);
    expect(await heading(page)).toBe("Confirm your account");

    const popup = page.waitForEvent("popup");
    await page.locator("main").getByRole("link", { name: "inbox of this machine" }).press("Enter");
    const inbox = await popup;
    const message = inbox.locator("li", { hasText: "to kay@example.com" }).first();
    const code = await message.locator("code").innerText();
    await inbox.close();

    // From the link to the field that follows it.
    await page.keyboard.press("Tab");
    await type(page, code);
    expect(await page.getByRole("status").innerText()).toBe("Your account is confirmed. Sign in.");
    const back = page.waitForRequest((request) => request.url().startsWith(callback));
    await focused(page);
    await page.keyboard.type(TEST_PASSWORD);
    await page.keyboard.press("Enter");
    const { searchParams } = new URL((await back).url());

    expect([...searchParams.keys()]).toEqual(["code"]);
    expect((await back).headers().referer).toBeUndefined();
  });

  it("hears what is wrong where it is wrong", async (page) => {
    await page.goto(login);
    await page.getByRole("button", { name: "Sign in" }).click();

    const field = page.getByLabel("E-mail address");
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    expect(await field.evaluate((input) => document.activeElement === input)).toBe(true);
    await page.getByText("E-mail address is missing.").waitFor();
    expect(await page.title()).toMatch(/^Error: /);
  });

  for (const [looks, options] of [
    ["light", { colorScheme: "light" }],
    ["dark", { colorScheme: "dark" }],
    ["on a phone", { viewport: { width: 360, height: 640 } }],
  ] as const) {
    it(
      `finds no obstacle on any page, ${looks}`,
      async (page) => {
        const found: string[] = [];
        const look = async () => {
          const width = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
          found.push(...(await obstacles(page)), ...(width === 0 ? [] : [`${page.url()} is too wide`]));
        };
        await page.goto(login);
        await look();
        await page.getByRole("button", { name: "Sign in" }).click();
        await look();
        await page.goto(login.replace("/login?", "/signup?"));
        await look();
        const email = `${looks.replaceAll(" ", "-")}@example.com`;
        await type(page, email, TEST_PASSWORD);
        await look();
        await type(page, "000000");
        await look();
        await page.goto(login.replace("/login?", "/forgotPassword?"));
        await look();
        await page.goto(login.replace(/redirect_uri=[^&]*/, "redirect_uri=x"));
        await look();
        await page.goto(`${inboxUrl}?live=no`);
        await look();

        expect(found).toEqual([]);
      },
      options,
    );
  }
});
