import { gzipSync } from "node:zlib";
import { buildPages } from "../../../../local/console/pages/build";

describe("the console's pages", () => {
  it("are below 120 KB compressed, all files together", async () => {
    const files = [...(await buildPages()).values()];

    expect(files.length).toBeGreaterThan(3);
    expect(files.reduce((sum, { body }) => sum + gzipSync(body).length, 0)).toBeLessThan(120 * 1024);
  });

  it("have scripts and styles in files of their own, and load nothing from elsewhere", async () => {
    const files = await buildPages();
    const document = files.get("/index.html")?.body.toString("utf8") ?? "";

    expect(document).toContain('<script type="module" src="/assets/console.js"></script>');
    expect(document).not.toMatch(/<style|style=|\son\w+=|<script>/);
    expect(document.match(/(?:src|href)="([^"]+)"/g)?.every((link) => /="\/assets\//.test(link))).toBe(true);
    expect(files.get("/assets/console.css")?.body.toString("utf8")).not.toMatch(/@import|url\(/);
    expect(files.get("/assets/console.js")?.body.toString("utf8")).not.toMatch(/\beval\(|new Function\(/);
  });

  it("are built once", async () => {
    expect(await buildPages()).toBe(await buildPages());
  });
});
