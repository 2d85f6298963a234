import { mkdirSync } from "node:fs";
import path from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { PROJECT } from "../../../cli/common/project";
import { readEndpoints } from "../../../local/command/endpoints";

/** Where a page was when its test failed. Git does not see it. */
const FAILURES = path.join(PROJECT, ".local", "browser-failures");

export type Visit = (page: Page) => Promise<void>;

/**
 * A browser for the tests of this file. `it` gives each test a page of its own; a page that reports an error of its script, or
 * something that its security policy forbids, fails its test. What it looked like then is kept as a picture.
 */
export function useBrowser(options: BrowserContextOptions = {}): {
  it: (name: string, visit: Visit, own?: BrowserContextOptions) => void;
} {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "chromium" });
  });
  afterAll(() => browser?.close());

  return {
    it: (name, visit, own = {}) =>
      it(name, async () => {
        if (browser === undefined) throw new Error("the browser did not start");
        const context = await browser.newContext({
          viewport: { width: 1280, height: 860 },
          ...options,
          ...own,
        });
        const page = await context.newPage();
        page.setDefaultTimeout(20_000);
        const problems: string[] = [];
        page.on("pageerror", (error) => problems.push(String(error.stack)));
        page.on("console", (message) => {
          if (/Content Security Policy|Trusted/i.test(message.text())) problems.push(message.text());
        });
        try {
          await visit(page);
          expect(problems).toEqual([]);
        } catch (error) {
          mkdirSync(FAILURES, { recursive: true });
          await page.screenshot({ path: path.join(FAILURES, `${name.replace(/\W+/g, "-")}.png`) });
          throw error;
        } finally {
          await context.close();
        }
      }),
  };
}

/** The address of an app that this run registered; its first one is the runtime's own page. */
export function appCallback(): URL {
  return new URL(process.env.CALLBACK_URLS?.split(",").at(-1) ?? "");
}

/** Where the deployment of this run is served. */
export function deployment(): ReturnType<typeof readEndpoints> {
  return readEndpoints(process.env.BROWSER_TESTS_ENDPOINTS ?? "");
}
