import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isNamedTest } from "./support/named-tests";
import type { Threat } from "./support/threat";
import { authorizationThreats } from "./threats-auth";
import { edgeThreats } from "./threats-edge";

const DOCUMENT = path.resolve(__dirname, "../../docs/security.md");
const [BEGIN, END] = ["<!-- threats: begin -->", "<!-- threats: end -->"];

/** OWASP API Security Top 10, edition 2023. */
const CATEGORIES = [
  "Broken Object Level Authorization",
  "Broken Authentication",
  "Broken Object Property Level Authorization",
  "Unrestricted Resource Consumption",
  "Broken Function Level Authorization",
  "Unrestricted Access to Sensitive Business Flows",
  "Server Side Request Forgery",
  "Security Misconfiguration",
  "Improper Inventory Management",
  "Unsafe Consumption of APIs",
];

const threats = [...authorizationThreats, ...edgeThreats];

describe("docs/security.md", () => {
  it("has every threat with its test (UPDATE_DOCS=1 npm test -- security-document writes the tables)", () => {
    const tables = CATEGORIES.map(categoryTable).join("\n\n");
    const [before = "", after = ""] = readFileSync(DOCUMENT, "utf8").split(
      /<!-- threats: begin -->[\s\S]*?(?=<!-- threats: end -->)/,
    );
    const expected = `${before}${BEGIN}\n\n${tables}\n\n${after}`;

    if (process.env.UPDATE_DOCS) writeFileSync(DOCUMENT, expected);

    expect(after.startsWith(END)).toBe(true);
    expect(readFileSync(DOCUMENT, "utf8")).toBe(expected);
  });

  it("leaves none of OWASP's ten categories out", () => {
    const missing = CATEGORIES.filter((_name, index) => inCategory(index).length === 0);

    expect(missing).toEqual([]);
  });
});

describe("the table of threats to the edge", () => {
  it.each([...new Set(edgeThreats.flatMap(({ test, counterpart = test }) => [test, counterpart]))])(
    "names a test that is there: %s",
    (reference) => {
      expect(isNamedTest(reference)).toBe(true);
    },
  );

  it("has a counterpart for every defence that a setting takes out", () => {
    const without = edgeThreats.filter(({ counterpart }) => counterpart === undefined);

    expect(without.map(({ setting }) => setting)).toEqual(without.map(() => "built in"));
  });

  it("names each threat once, in both tables", () => {
    const names = threats.map(({ threat }) => threat);

    expect(new Set(names).size).toBe(names.length);
  });
});

function inCategory(index: number): Threat[] {
  return threats.filter(({ owasp }) => owasp === `API${index + 1}:2023`);
}

function categoryTable(name: string, index: number): string {
  const rows = inCategory(index).map(({ threat, layer, setting, test, counterpart }) =>
    [threat, layer, code(setting), link(test), counterpart === undefined ? "" : link(counterpart)]
      .map((cell) => cell.replaceAll("|", "\\|"))
      .join(" | "),
  );
  return [
    `### API${index + 1}:2023 ${name}`,
    "",
    "| threat | layer | setting | test | without the defence |",
    "| --- | --- | --- | --- | --- |",
    ...rows.map((row) => `| ${row} |`),
  ].join("\n");
}

/** Names of Terraform's arguments as code; what explains them, in brackets, as it stands. */
function code(setting: string): string {
  return setting.replace(/\baws_\w+(\.\w+)*/g, "`$&`");
}

function link(reference: string): string {
  const [file = "", name = ""] = reference.split(" › ");
  return `[${name.replace(/[[\]<>*_]/g, "\\$&")}](../__tests__/security/${file})`;
}
