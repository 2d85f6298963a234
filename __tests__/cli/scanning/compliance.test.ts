import { accepted } from "../../../cli/scanning/accepted";
import { awsSolutions, type Control, securityHub } from "../../../cli/scanning/controls";
import { settings } from "../../../stacks/common/settings";
import { guardrails } from "../../../stacks/guardrails";
import { expectGeneratedSection } from "../../support/generated-section";

const rules = guardrails([]);

describe("the catalogues of auditors", () => {
  it("are answered in docs/compliance.md (UPDATE_DOCS=1 npx jest compliance writes the tables)", () => {
    const held = rules
      .filter(({ controls }) => controls.checkov !== undefined)
      .map(({ id, why, controls }) => `| ${(controls.checkov ?? []).join(", ")} | \`${id}\` | ${why} |`);
    const reasons = Object.entries(accepted).map(
      ([id, { title, reason, coveredBy, heldWith }]) =>
        `| ${id} | ${title} | ${heldWith === undefined ? "no" : "with a setting"} | ${reason} | ${coveredBy} |`,
    );
    expectGeneratedSection(
      "docs/compliance.md",
      "compliance",
      [
        "## checkov: held, and by which guardrail\n",
        table("ids", "guardrail", "without it"),
        ...held,
        "\nEvery other check that looks at a resource of the stacks passes, but for these.\n",
        "## checkov: not held, and why\n",
        table("id", "what it asks for", "held", "why not", "what covers it"),
        ...reasons,
        "\n## AWS Security Hub\n",
        ...controlsTable(securityHub),
        "\n## cdk-nag, AwsSolutions\n",
        ...controlsTable(awsSolutions),
      ].join("\n"),
    );
  });

  it("name every control that a guardrail claims to hold", () => {
    for (const { id, controls } of rules) {
      for (const control of controls.securityHub ?? [])
        expect([id, securityHub[control]?.held]).not.toContain(undefined);
      for (const rule of controls.cdkNag ?? [])
        expect([id, awsSolutions[rule]?.held]).not.toContain(undefined);
    }
  });

  it("name guardrails and settings that are there", () => {
    const told = [
      ...Object.values(accepted).map(({ coveredBy }) => coveredBy),
      ...[securityHub, awsSolutions].flatMap((controls) => Object.values(controls).map(({ how }) => how)),
    ];
    for (const text of told) {
      for (const [, id] of text.matchAll(/guardrail ([\w-]+)/g))
        expect(rules.map((rule) => rule.id)).toContain(id);
      for (const [name] of text.matchAll(/\b(?!CKV)[A-Z]{2,}_[A-Z_]+\b/g))
        expect(settings).toHaveProperty(name);
    }
  });
});

const table = (...heads: string[]) => `| ${heads.join(" | ")} |\n| ${heads.map(() => "---").join(" | ")} |`;

function controlsTable(controls: Readonly<Record<string, Control>>): string[] {
  return [
    table("id", "what it asks for", "held", "by what, or why not"),
    ...Object.entries(controls).map(
      ([id, { title, held, how }]) => `| ${id} | ${title} | ${held} | ${how} |`,
    ),
  ];
}
