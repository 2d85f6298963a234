import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { BUILT_IN, NOT_RUN } from "../../local/console/defences/not-run";
import { ATTACKS } from "../../local/console/defences/rows";
import { expectGeneratedSection } from "../support/generated-section";
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

  it("has each threat that the console shows, under its category or at the login page", () => {
    const sections = threats.split("\n### ");
    const missing = ATTACKS.filter(
      ({ threat, owasp }) =>
        !sections.some((section) => section.includes(`\n| ${threat} | `) && section.startsWith(`${owasp}\n`)),
    );

    expect(missing.map(({ id, threat }) => `${id}: ${threat}`)).toEqual([]);
  });

  it("says of each threat whether the console runs it, or why not (UPDATE_DOCS=1 npx jest security-document writes it)", () => {
    const shown = new Set(ATTACKS.map(({ threat }) => threat));
    const others = threats
      .split("\n### ")
      .flatMap((section) => {
        const [owasp = "", ...all] = section.split("\n");
        return all
          .filter((line) => rows.includes(line))
          .map((line) => [owasp, ...line.slice(2).split(" | ")] as const);
      })
      .filter(([, threat = ""]) => !shown.has(threat));
    const settings = [...new Set(ATTACKS.map(({ defence }) => defence))];

    expectGeneratedSection(
      "docs/security.md",
      "console",
      [
        "| what the switch takes out | on by | attacks |",
        "| --- | --- | --- |",
        ...settings.map((setting) => {
          const attacks = ATTACKS.filter(({ defence }) => defence === setting).map(({ threat }) => threat);
          const by = (setting.turnedOnBy ?? "").replace(/[A-Z_]{4,}\S*/g, "`$&`");
          return `| \`${setting.setting}\` | ${by} | ${attacks.join("; ")} |`;
        }),
        "",
        "What is built in has no setting that a switch could take out. The console does not run these other threats:",
        "",
        "| threat | why the console does not run it |",
        "| --- | --- |",
        ...NOT_RUN.filter(({ why }) => why !== BUILT_IN).map(({ threat, why }) => `| ${threat} | ${why} |`),
      ].join("\n"),
    );
    expect(NOT_RUN.map(({ owasp, threat, why }) => [owasp, threat, why === BUILT_IN])).toEqual(
      others.map(([owasp, threat, , setting]) => [owasp, threat, setting === "built in"]),
    );
  });

  it("names each threat once", () => {
    const names = rows.map((row) => row.split(" | ")[0]);

    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});
