import type { Page } from "playwright-core";
import { PAGES } from "../../local/console/pages/kit/router";
import { obstacles } from "./support/accessibility";
import { deployment, useBrowser } from "./support/browser";

/** What a visitor of the console sees of the deployment. */
describe("a visitor of the console", () => {
  const { it } = useBrowser();

  for (const { name, who, reason } of [
    { name: "nobody", who: /^Nobody/, reason: "no token" },
    { name: "a forger", who: /^A forger/, reason: "key id is not the pool's" },
    { name: "a user with yesterday's token", who: person(1, "an ID token .* expired"), reason: "expired" },
    { name: "a user of the other pool", who: person(2, "an ID token .* good for"), reason: "AGAuthorizer1" },
    { name: "a user with an access token", who: person(1, "an access token"), reason: "token_use is not id" },
  ]) {
    it(`sends as ${name} and finds the authorizer, and its reason`, async (page) => {
      await open(page, "/try");
      await send(page, who);
      const deciding = page.locator(".rung.deciding");

      expect(await deciding.getAttribute("data-layer")).toBe("authorizer");
      expect(await deciding.getAttribute("data-verdict")).toBe("refused");
      expect(await deciding.innerText()).toContain(reason);
      expect(await page.locator(".try-result h2").first().innerText()).toMatch(/^401/);
      await page.getByText("How to get through").waitFor();
    });
  }

  it("sends a body that does not fit, and takes the advice that gets it through", async (page) => {
    await open(page, "/try");
    await page.getByRole("button", { name: "an empty object" }).click();
    await send(page, person(1, "an ID token .* good for"));
    expect(await page.locator(".rung.deciding").getAttribute("data-layer")).toBe("body");
    expect(await page.locator(".rung.deciding").innerText()).toContain("name");

    await page.getByRole("link", { name: "Try it that way" }).click();
    await page.getByText("The form has changed since this was sent").waitFor();
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.locator('.rung.deciding[data-layer="function"]').waitFor();
  });

  it("switches the authorizer off and sees 200, on again and sees 401", async (page) => {
    await open(page, "/defences/no-token");
    const status = async () => {
      await page.goto(new URL("/try?person=nobody", page.url()).href);
      await page.getByRole("button", { name: "Send", exact: true }).click();
      await page.locator(".rung.deciding").waitFor();
      return (await page.locator(".try-result h2").first().innerText()).slice(0, 3);
    };
    await page.getByRole("button", { name: "on, turn off: No token" }).click();
    await page.getByRole("alert").getByText("A defence is off").waitFor();
    expect(await status()).toBe("200");

    await page.getByRole("button", { name: "Turn all on" }).click();
    await page.getByText(/all \d+ defences on/).waitFor();
    expect(await status()).toBe("401");
  });

  it("compares an attack with and without the defence, side by side", async (page) => {
    await open(page, "/defences");
    await page.locator('[data-defence="no-token"]').getByRole("button", { name: "Compare" }).click();
    const sides = page.locator('[data-defence="no-token"] .side');
    await sides.nth(1).getByText("attack succeeded").waitFor();

    expect(await sides.nth(0).innerText()).toMatch(/attack failed[\s\S]*401/);
    expect(await sides.nth(1).innerText()).toMatch(/200/);
    await page.getByText(/all \d+ defences on/).waitFor();
  });

  it("follows a name from the request to InternalLambda's log line", async (page) => {
    const name = `Grace${Date.now()}`;
    await open(page, `/try?${new URLSearchParams({ body: JSON.stringify({ name }) })}`);
    await send(page, person(1, "an ID token .* good for"));
    const run = page.getByRole("region", { name: "Run of InternalLambda" });
    await run.getByText(name).first().waitFor();
    await run.getByRole("link", { name: "All lines of this run in Logs" }).click();

    await page.getByRole("heading", { name: "Logs" }).waitFor();
    await page.locator(".log-group .lines").getByText(name).first().waitFor();
    expect(page.url()).toContain("InternalLambda");
  });

  it("signs somebody up and confirms them from the inbox", async (page) => {
    const email = `ada${Date.now()}@example.com`;
    await open(page, "/users");
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password").fill("correct-Horse-7-battery");
    await page.getByRole("button", { name: "Sign up" }).click();
    await page.getByRole("row", { name: email }).getByText("UNCONFIRMED").waitFor();

    await page.getByRole("link", { name: /^Inbox/ }).click();
    await page
      .getByRole("article", { name: email })
      .getByRole("button", { name: "Confirm the sign-up" })
      .click();
    await page.getByText(`${email} is confirmed.`).waitFor();
    await page.getByRole("link", { name: "Users" }).click();
    await page
      .getByRole("row", { name: email })
      .getByText(/(?<!UN)CONFIRMED/)
      .waitFor();
  });

  it("sees a request that curl sends, on the map and in the list, within a moment", async (page) => {
    await open(page, "/");
    await page.locator(".node").first().waitFor();
    await fetch(`${deployment().invokeUrl}/lambda1?from=curl`, { method: "POST", body: "{}" });
    await page.locator(".latest a").first().getByText("POST /development/lambda1").waitFor();
    await page.locator(".latest a").first().click();

    expect(await page.locator(".request-head h2").innerText()).toContain("from=curl");
    expect(await page.locator(".rung.deciding").getAttribute("data-layer")).toBe("authorizer");
  });

  for (const { name, ...own } of [
    { name: "light", colorScheme: "light" },
    { name: "dark", colorScheme: "dark" },
    { name: "on a telephone", viewport: { width: 360, height: 740 } },
  ] as const) {
    it(
      `finds no obstacle on any page, and nothing out of sight (${name})`,
      async (page) => {
        await open(page, "/defences");
        for (const id of ["no-token", "another-api"]) {
          const compared = page.waitForResponse((response) =>
            response.url().endsWith("/api/defences/compare"),
          );
          await page.locator(`[data-defence="${id}"]`).getByRole("button", { name: "Compare" }).click();
          await (await compared).finished();
          await page.locator(`[data-defence="${id}"] .side`).nth(1).getByText("attack succeeded").waitFor();
        }
        await page.goto(new URL("/try", page.url()).href);
        await send(page, person(1, "an ID token .* good for"));
        expect({ path: "/try, sent", obstacles: await obstacles(page) }).toEqual({
          path: "/try, sent",
          obstacles: [],
        });
        for (const path of [
          ...PAGES.map(({ id }) => `/${id}`),
          "/defences/no-token",
          await newestRequest(page),
        ]) {
          await page.goto(new URL(path, page.url()).href);
          await page.locator("main .card, main .map, main .empty, main table").first().waitFor();
          const tooWide = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          );
          expect({ path, tooWide, obstacles: await obstacles(page) }).toEqual({
            path,
            tooWide: 0,
            obstacles: [],
          });
        }
      },
      own,
    );
  }
});

/** What the choice of a person says: who it is, and what its token is. */
function person(pool: 1 | 2, token: string): RegExp {
  return new RegExp(`^myuserpool${pool}@example\\.com ${token}`);
}

/** The console, at a path of it, once it is live. */
async function open(page: Page, path: string): Promise<void> {
  const { consoleUrl } = deployment();
  if (consoleUrl === undefined)
    throw new Error("npm start serves no console: endpoints.json has no consoleUrl");
  await page.goto(consoleUrl);
  await page.locator(".connection.live").waitFor();
  if (path !== "/") await page.goto(new URL(path, consoleUrl).href);
}

/** The path at which the newest request is opened. */
async function newestRequest(page: Page): Promise<string> {
  await page.goto(new URL("/requests", page.url()).href);
  const href = await page.locator("tbody a").first().getAttribute("href");
  return href ?? "/requests";
}

/** Sends as somebody, and waits for the way of the request. */
async function send(page: Page, who: RegExp): Promise<void> {
  await page.getByRole("radio", { name: who }).check();
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.locator(".rung.deciding").waitFor();
}
