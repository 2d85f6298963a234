import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { crc32, deflateSync } from "node:zlib";
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
  await page.locator(".rung.deciding", { hasText: "Checks signature" }).waitFor();
  await take(page, "console-request.png");
}

/** The map, while a request goes along it. */
async function takeMap(page: Page): Promise<void> {
  await page.setViewportSize({ width: 1320, height: 890 });
  await page.goto(new URL("/", page.url()).href);
  await page.locator(".counts").first().waitFor();
  await page.evaluate(sendAsUser);
  await page.locator(".runner").first().waitFor();
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
  const taken = await page.screenshot({ animations: "allow" });
  writeFileSync(path.join(FOLDER, name), await withFewColours(page, taken));
  process.stdout.write(`docs/images/${name}\n`);
}

/** As a PNG with a palette, which is half as large: the 256 colours that are there most often and not nearly alike, and the others as the next of them. */
async function withFewColours(page: Page, png: Buffer): Promise<Buffer> {
  const { width, height, colours, indices } = await page.evaluate(paletteOf, png.toString("base64"));
  const pixels = Buffer.from(indices, "base64");
  const lines = Array.from({ length: height }, (_, y) =>
    Buffer.concat([Buffer.from([0]), pixels.subarray(y * width, (y + 1) * width)]),
  );
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    // Eight bits a pixel, of a palette (PNG, 11.2.2).
    chunk("IHDR", Buffer.concat([size, Buffer.from([8, 3, 0, 0, 0])])),
    chunk("PLTE", Buffer.from(colours.flatMap((one) => [one >> 16, (one >> 8) & 255, one & 255]))),
    chunk("IDAT", deflateSync(Buffer.concat(lines), { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

/** In the page: the picture's colours, and which of them each pixel has. */
async function paletteOf(base64: string) {
  const image = await createImageBitmap(
    new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))]),
  );
  const { width, height } = image;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context?.drawImage(image, 0, 0);
  const { data = new Uint8ClampedArray() } = context?.getImageData(0, 0, width, height) ?? {};
  const at = (pixel: number) =>
    ((data[pixel * 4] ?? 0) << 16) | ((data[pixel * 4 + 1] ?? 0) << 8) | (data[pixel * 4 + 2] ?? 0);
  const counts = new Map<number, number>();
  for (let pixel = 0; pixel < width * height; pixel++)
    counts.set(at(pixel), (counts.get(at(pixel)) ?? 0) + 1);
  const distance = (one: number, other: number) =>
    ((one >> 16) - (other >> 16)) ** 2 +
    (((one >> 8) & 255) - ((other >> 8) & 255)) ** 2 +
    ((one & 255) - (other & 255)) ** 2;
  // What can be told apart comes first: the shades of a letter's edge are many, and a sign has few pixels.
  const colours: number[] = [];
  for (const [colour] of [...counts].sort(([, one], [, other]) => other - one)) {
    if (colours.length === 256) break;
    if (colours.every((other) => distance(colour, other) > 40)) colours.push(colour);
  }
  const nearest = new Map(
    [...counts.keys()].map((colour) => {
      const [best] = colours
        .map((other, index) => [distance(colour, other), index] as const)
        .sort(([one], [other]) => one - other);
      return [colour, best?.[1] ?? 0] as const;
    }),
  );
  let indices = "";
  for (let pixel = 0; pixel < width * height; pixel++)
    indices += String.fromCharCode(nearest.get(at(pixel)) ?? 0);
  return { width, height, colours, indices: btoa(indices) };
}

void main();
