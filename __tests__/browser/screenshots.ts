import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { synthesizeForServing } from "../../cli/serving/synthesize";
import { serve } from "../../local/command/serve";

/**
 * Takes a picture of every page that the local runtime shows in a browser: light, dark and narrow. With the word `readme`, only
 * docs/images/login.png.
 *
 *     node --require ./typescript.js __tests__/browser/screenshots.ts [readme | FOLDER]
 */
const project = path.resolve(__dirname, "../..");
const executablePath = ["/usr/bin/chromium", "/usr/bin/google-chrome"].find((file) => existsSync(file));

async function main([where = path.join(project, ".local/screenshots")]: readonly string[]): Promise<void> {
  if (executablePath === undefined) throw new Error("there is no Chromium: apt-get install chromium");
  const signal = new AbortController().signal;
  const { deployment, remove } = await synthesizeForServing({ project, signal });
  const { runtime, endpoints, stop } = await serve({ deployment, port: 0, managedRules: "off" }, remove);
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    const [pool] = endpoints.userPools;
    const login = runtime.userPools[0]?.loginPageUrl;
    if (pool === undefined || login === undefined) throw new Error("there is no login page");
    const codeOf = () => runtime.inbox.recent(1)[0]?.code ?? "";
    if (where === "readme") {
      const folder = path.join(project, "docs/images");
      mkdirSync(folder, { recursive: true });
      await forReadme(browser, login, path.join(folder, "login.png"));
      return;
    }
    mkdirSync(where, { recursive: true });
    for (const [name, colorScheme, width] of [
      ["light", "light", 1000],
      ["dark", "dark", 1000],
      ["narrow", "light", 360],
    ] as const) {
      const context = await browser.newContext({ colorScheme, viewport: { width, height: 760 } });
      const page = await context.newPage();
      await tour(page, login, runtime.awsEndpointUrl, codeOf, `${name}@example.com`, (title) =>
        page.screenshot({ path: path.join(where, `${title}-${name}.png`), fullPage: true }),
      );
      await context.close();
    }
  } finally {
    await browser.close();
    await stop();
  }
}

async function forReadme(browser: Browser, login: string, file: string): Promise<void> {
  const context = await browser.newContext({ colorScheme: "light", viewport: { width: 560, height: 600 } });
  const page = await context.newPage();
  await page.goto(login);
  await page.screenshot({ path: file });
}

async function tour(
  page: Page,
  login: string,
  url: string,
  codeOf: () => string,
  email: string,
  shoot: (title: string) => Promise<unknown>,
): Promise<void> {
  const submit = () => page.locator("main form button[type=submit]:not(.quiet):not(.link)").first().click();
  await page.goto(`${url}/.inbox`);
  await shoot("00-inbox-empty");
  await page.goto(login);
  await shoot("01-login");
  await submit();
  await shoot("02-login-empty");
  await page.fill("#username", email);
  await page.fill("#password", "wrong");
  await submit();
  await shoot("03-login-wrong");
  await page.getByRole("link", { name: "Create an account" }).click();
  await shoot("04-signup");
  await page.fill("#username", "nobody");
  await page.fill("#password", "short");
  await submit();
  await shoot("05-signup-wrong");
  await page.fill("#username", email);
  await page.fill("#password", "Correct-Horse-7-battery");
  await submit();
  await shoot("06-confirm");
  await page.fill("#code", "000000");
  await submit();
  await shoot("07-confirm-wrong");
  await page.fill("#code", codeOf());
  await submit();
  await shoot("08-login-confirmed");
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await shoot("09-forgot");
  await submit();
  await shoot("10-reset");
  await page.goto(`${url}/.inbox`);
  await shoot("11-inbox");
  await page.goto(login.replace(/redirect_uri=[^&]*/, "redirect_uri=https%3A%2F%2Fexample.com"));
  await shoot("12-error");
  await page.goto(`${login.split("/login")[0]}/nowhere`);
  await shoot("13-nowhere");
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
