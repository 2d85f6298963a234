import { mkdirSync } from "node:fs";
import path from "node:path";
import { chromium, type Page } from "playwright-core";
import { PROJECT } from "../../cli/common/project";
import { readEndpoints } from "../../local/command/endpoints";
import startDeployment from "./support/start-deployment";
import stopDeployment from "./support/stop-deployment";

const FOLDER = path.join(PROJECT, "docs", "images");

/**
 * Takes README's pictures of the console anew, into `docs/images`.
 *
 *     node --require ./typescript.js __tests__/browser/console-screenshots.ts
 */
async function main(): Promise<void> {
  await startDeployment();
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium" });
  try {
    const { consoleUrl, invokeUrl } = readEndpoints(process.env.BROWSER_TESTS_ENDPOINTS ?? "");
    const page = await browser.newPage({ viewport: { width: 1180, height: 800 }, colorScheme: "light" });
    await page.goto(consoleUrl ?? "");
    await page.locator(".node").first().waitFor();
    mkdirSync(FOLDER, { recursive: true });
    await takeRequest(page, invokeUrl);
    await takeMap(page);
  } finally {
    await browser.close();
    await stopDeployment();
  }
}

/** A request that the authorizer refused, with every layer. */
async function takeRequest(page: Page, invokeUrl: string): Promise<void> {
  await page.goto(new URL("/try", page.url()).href);
  for (const who of [/^myuserpool1@example.com an ID token .* good for/, /^A forger/, /^Nobody/]) {
    await page.getByRole("radio", { name: who }).check();
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.locator(".rung.deciding").waitFor();
  }
  await call(invokeUrl, "lambda2", "{}");
  await call(invokeUrl, "lambda1", JSON.stringify({ name: "x".repeat(9_000) }));
  await call(invokeUrl, "lambda1", JSON.stringify({ name: "Ada" }));
  await page.goto(new URL("/requests", page.url()).href);
  await page.locator("tbody a").first().click();
  await page.locator(".rung.deciding").waitFor();
  await take(page, "console-request.png");
}

/** The map, while a request goes along it. */
async function takeMap(page: Page): Promise<void> {
  await page.setViewportSize({ width: 1320, height: 890 });
  await page.goto(new URL("/", page.url()).href);
  await page.locator(".counts").first().waitFor();
  await page.evaluate(sendAsUser);
  await page.locator(".runner").waitFor();
  await take(page, "console-map.png");
}

/** In the page: a request of the second route's own user, whose answer is not waited for. */
async function sendAsUser(): Promise<void> {
  const headers = {
    "X-Console-Token": localStorage.getItem("console-token") ?? "",
    "Content-Type": "application/json",
  };
  const { data } = await (await fetch("/api/try", { headers })).json();
  const { method, path: route, poolIds } = data.routes[1];
  const { id } = data.people.find(
    ({ kind, poolId }: { kind: string; poolId: string }) => kind === "user" && poolIds.includes(poolId),
  );
  const request = { stage: data.stages[0], method, path: route, person: id, body: '{"name":"Ada"}' };
  void fetch("/api/try", { method: "POST", headers, body: JSON.stringify(request) });
}

async function call(invokeUrl: string, route: string, body: string): Promise<void> {
  await fetch(`${invokeUrl}/${route}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "User-Agent": "curl/8.5.0" },
    body,
  });
}

async function take(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: path.join(FOLDER, name), animations: "allow" });
  process.stdout.write(`docs/images/${name}\n`);
}

void main();
