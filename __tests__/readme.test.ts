import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { architectureOf, toMermaid } from "../local/architecture";
import { loadSynthesized } from "../local/load";
import { required, type SettingName, settings } from "../stacks/common/settings";
import { expectGeneratedSection } from "./support/generated-section";
import { synthesizeToFolder } from "./support/synthesized-folder";

const project = path.resolve(__dirname, "..");
const readme = path.join(project, "README.md");

describe("the README", () => {
  it("lists every setting with its default (UPDATE_DOCS=1 npx jest readme writes the table)", () => {
    expectGeneratedSection("README.md", "settings", settingsTable());
  });

  it("draws the architecture from the deployment (UPDATE_DOCS=1 npx jest readme draws it)", () => {
    const { folder, remove } = synthesizeToFolder();
    try {
      const picture = toMermaid(architectureOf(loadSynthesized(folder)));
      expectGeneratedSection("README.md", "architecture", `\`\`\`mermaid\n${picture}\n\`\`\``);
    } finally {
      remove();
    }
  });

  it("lists every npm script, and none that is not there", () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(
      readFileSync(path.join(project, "package.json"), "utf8"),
    );
    const text = readFileSync(readme, "utf8");

    const named = new Set(
      [...text.matchAll(/npm (?:run (?:--silent )?)?([a-z:]+)/g)].map(([, name]) => name),
    );
    named.delete("ci");

    expect([...named].sort()).toEqual(Object.keys(scripts).sort());
  });

  it.each([
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/security.md",
    "docs/local-runtime.md",
    "docs/house-style.md",
    "docs/after-cdktf.md",
    "docs/compliance.md",
  ])("%s links to files that are there", (file) => {
    const links = [...readFileSync(path.join(project, file), "utf8").matchAll(/\]\((?!https?:)([^)#]+)/g)];

    for (const [, link] of links) {
      expect([link, existsSync(path.resolve(project, path.dirname(file), String(link)))]).toEqual([
        link,
        true,
      ]);
    }
  });
});

function settingsTable(): string {
  const rows = Object.entries(settings).map(([name, setting]) => {
    const standard = setting.standard === "" ? "" : `\`${setting.standard}\``;
    const production = inProduction(setting);
    return `| \`${name}\` | ${setting.description} | ${setting.accepted} | ${standard}${production} |`;
  });
  return ["| setting | meaning | accepted | default |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function inProduction(setting: (typeof settings)[SettingName]): string {
  if (!("production" in setting) || setting.production === undefined) return "";
  return setting.production === required
    ? "; none in `production`"
    : `; \`${setting.production}\` in \`production\``;
}
