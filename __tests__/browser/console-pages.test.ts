import type { Page } from "playwright-core";
import { PAGES } from "../../local/console/pages/kit/router";
import { type FakeConsole, startFakeConsole } from "../local/console/support/fake-console";
import { sampleRequest } from "../local/console/support/sample-requests";
import { eventually } from "../support/local-runtime";
import { obstacles } from "./support/accessibility";
import { useBrowser } from "./support/browser";

/** What holds of the console's pages whatever is deployed: shown by a server that has as many requests as a test likes. */
describe("the console's pages", () => {
  const { it } = useBrowser();
  let fake: FakeConsole;

  async function open(page: Page, path = "/", requests = 0): Promise<void> {
    fake = await startFakeConsole({ requests });
    await page.goto(fake.url);
    await page.locator(".connection.live").waitFor();
    if (path !== "/") await page.goto(new URL(path, fake.url).href);
  }
  afterEach(() => fake.close());

  async function expectStreams(count: number): Promise<void> {
    await eventually(() => (fake.streams() === count ? true : undefined));
  }

  it("keep the token and take it out of the address", async (page) => {
    await open(page);

    expect(new URL(page.url()).hash).toBe("");
    await page.reload();
    await page.locator(".node").first().waitFor();
  });

  it("say what to do to somebody who comes without the token", async (page) => {
    fake = await startFakeConsole();
    await page.goto(new URL("/", fake.url).href.replace(/#.*/, ""));
    await page.getByText("The runtime does not know this page.").waitFor();
  });

  it("draw some of 10,000 requests at a time, whether they are scrolled or arrive", async (page) => {
    await open(page, "/requests", 10_000);
    await page.getByText("10,000 requests", { exact: true }).waitFor();
    const drawn = () => page.locator("tbody tr").count();
    expect(await drawn()).toBeLessThan(80);

    const scrolled = await framesDuring(page, () => scrollThrough(page));
    expect(await drawn()).toBeLessThan(80);
    await page.locator(".scroll").evaluate((box) => box.scrollTo(0, 0));
    const burst = await framesDuring(page, async () => {
      for (let index = 0; index < 500; index++) fake.emit("request", sampleRequest(20_000 + index));
      await page.locator('tr[data-id="request-20499"]').waitFor();
    });
    expect(await drawn()).toBeLessThan(80);
    process.stderr.write(
      `10,000 requests: ${scrolled} scrolling two screens a frame, ${burst} while 500 more arrive\n`,
    );
  });

  it("do not move what is read when requests arrive above it", async (page) => {
    await open(page, "/requests", 1_000);
    const box = page.locator(".scroll");
    await box.evaluate((element) => element.scrollTo(0, 7_200));
    await page.locator('tr[data-id="request-790"]').waitFor();
    const top = () =>
      page.locator('tr[data-id="request-790"]').evaluate((row) => row.getBoundingClientRect().top);
    const before = await top();
    for (let index = 0; index < 40; index++) fake.emit("request", sampleRequest(30_000 + index));
    await page.getByText("1,040 requests", { exact: true }).waitFor();

    expect(Math.abs((await top()) - before)).toBeLessThan(2);
  });

  it("are used with the keyboard alone", async (page) => {
    await open(page, "/requests", 50);
    await page.locator("tbody tr").first().waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("authorizer");
    await page.keyboard.press("Escape");
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.locator('.rung.deciding[data-layer="authorizer"]').waitFor();
    expect(page.url()).toMatch(/\/requests\/request-\d+\?q=authorizer$/);
    await page.keyboard.press("Escape");
    await page.locator(".detail").waitFor({ state: "detached" });
    await page.keyboard.press("?");
    await page.getByRole("dialog").getByText("try a request").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await page.keyboard.press("t");
    await page.getByRole("heading", { name: "Try it" }).waitFor();
    await page.goBack();
    await page.getByRole("heading", { name: "Requests" }).waitFor();
  });

  it("give a key its meaning back with what is drawn, not a paint later", async (page) => {
    await open(page, "/requests/request-3", 50);
    await page.locator(".request-head").waitFor();
    await page.evaluate(() => {
      const press = (key: string) =>
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
      new MutationObserver((_, observer) => {
        if (document.querySelector(".detail") !== null) return;
        observer.disconnect();
        press("?");
      }).observe(document.body, { childList: true, subtree: true });
      press("Escape");
    });

    await page.getByRole("dialog").getByText("list the keys").waitFor();
    expect(await page.getByRole("dialog").getByText("try", { exact: false }).allInnerTexts()).toEqual([
      "try a request",
    ]);
  });

  it("go on by themselves when the runtime was away", async (page) => {
    await open(page, "/requests", 3);
    await page.locator("tbody tr").first().waitFor();
    const colour = () => page.locator(".connection").evaluate((element) => getComputedStyle(element).color);
    const live = await colour();
    fake.breakStreams();
    await page.locator(".connection", { hasText: "reconnecting" }).waitFor();
    expect(await colour()).not.toBe(live);
    fake.requests.unshift(sampleRequest(99));
    await page.locator(".connection.live").waitFor();
    await page.locator('tr[data-id="request-99"]').waitFor();
  });

  it("give their connection back while nobody sees them, and catch up afterwards", async (page) => {
    await page.clock.install();
    await open(page, "/requests", 3);
    await page.locator("tbody tr").first().waitFor();
    await see(page, "hidden");
    await page.clock.runFor(30_000);
    await expectStreams(0);
    fake.requests.unshift(sampleRequest(99));
    await see(page, "visible");
    await page.locator('tr[data-id="request-99"]').waitFor();
    await expectStreams(1);
  });

  for (const colorScheme of ["light", "dark"] as const) {
    it(
      `have no obstacle for anybody (${colorScheme})`,
      async (page) => {
        await open(page, "/", 30);
        for (const path of [...PAGES.map(({ id }) => `/${id}`), "/requests/request-3", "/nowhere"]) {
          await page.goto(new URL(path, fake.url).href);
          await page.locator("main h1:visible, main h2:visible").first().waitFor();
          expect({ path, obstacles: await obstacles(page) }).toEqual({ path, obstacles: [] });
        }
      },
      { colorScheme },
    );
  }

  it(
    "fit a screen of 360 pixels",
    async (page) => {
      await open(page, "/", 30);
      for (const path of [...PAGES.map(({ id }) => `/${id}`), "/requests/request-3"]) {
        await page.goto(new URL(path, fake.url).href);
        await page.locator("main h1:visible, main h2:visible").first().waitFor();
        const { scrollWidth } = await page.evaluate(() => ({
          scrollWidth: document.documentElement.scrollWidth,
        }));
        expect({ path, scrollWidth }).toEqual({ path, scrollWidth: 360 });
      }
    },
    { viewport: { width: 360, height: 740 } },
  );
});

/** As the browser tells a page that its tab is in front, or is not. */
async function see(page: Page, state: "hidden" | "visible"): Promise<void> {
  await page.evaluate((value) => {
    Object.defineProperty(document, "visibilityState", { configurable: true, value });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);
}

/** The times between two frames while something goes on, in words. */
async function framesDuring(page: Page, during: () => Promise<void>): Promise<string> {
  await page.evaluate(() => {
    const frames: number[] = [];
    Object.assign(globalThis, { frames });
    let last = performance.now();
    const next = (now: number) => {
      frames.push(now - last);
      last = now;
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
  await during();
  const frames = await page.evaluate<number[]>("frames");
  const inOrder = frames.sort((one, other) => one - other);
  const at = (part: number) => `${(inOrder[Math.floor((inOrder.length - 1) * part)] ?? 0).toFixed(1)} ms`;
  return `${at(0.5)} a frame (95 %: ${at(0.95)}, longest: ${at(1)})`;
}

async function scrollThrough(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const box = document.querySelector(".scroll");
        let steps = 0;
        const step = () => {
          box?.scrollBy(0, 1_700);
          if (steps++ < 120) requestAnimationFrame(step);
          else resolve();
        };
        step();
      }),
  );
}
