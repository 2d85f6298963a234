import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { CATEGORIES, headingOf, LOGIN_PAGE, suiteOf } from "./support/security-document";

/** What stands between the marks. Each suite compares its own category's table with the threats that it registers. */
const [, threats = ""] =
  /<!-- threats: begin -->\n([\s\S]*)<!-- threats: end -->/.exec(
    readFileSync(path.resolve(__dirname, "../../docs/security.md"), "utf8"),
  ) ?? [];
const lines = threats.split("\n").filter((line) => line !== "");
const rows = lines.filter((line) => line.startsWith("| ") && !/^\| (threat|---) \|/.test(line));

describe("docs/security.md", () => {
  it("has OWASP's ten categories, in their order, and the login page", () => {
    const headings = lines.filter((line) => line.startsWith("#"));

    expect(headings).toEqual([...CATEGORIES, "login page"].map((_name, index) => headingOf(index + 1)));
  });

  it.each([...CATEGORIES.map((_name, index) => index + 1), LOGIN_PAGE])(
    "has a suite for category %i, and its threats",
    (category) => {
      const [suite, ...others] = readdirSync(__dirname).filter((file) => file.startsWith(suiteOf(category)));

      expect(others).toEqual([]);
      expect(suite).toMatch(/\.slow\.test\.ts$/);
      expect(rows.filter((row) => row.includes(`/${suite})`))).not.toEqual([]);
    },
  );

  it("names each threat once", () => {
    const names = rows.map((row) => row.split(" | ")[0]);

    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});
