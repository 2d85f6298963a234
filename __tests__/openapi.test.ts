import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { openApiDocuments } from "../local/openapi";
import { documentedRoutes } from "./support/synthesis";
import { synthesizedDeployment } from "./support/synthesized-folder";

const FILE = path.resolve(__dirname, "../docs/openapi.json");

function currentText(): string {
  const routes = documentedRoutes(readFileSync(FILE, "utf8"));
  const document = openApiDocuments(synthesizedDeployment({ ...(routes && { routes }) })).get("development");
  return `${JSON.stringify(document, null, 2)}\n`;
}

describe("docs/openapi.json", () => {
  it("describes the API as it is synthesized (UPDATE_DOCS=1 npx jest openapi writes it)", () => {
    const text = currentText();
    if (process.env.UPDATE_DOCS) writeFileSync(FILE, text);

    expect(readFileSync(FILE, "utf8")).toBe(text);
  });

  it("breaks no rule of the linter", () => {
    const text = readFileSync(FILE, "utf8");

    const [problems, ofDoubled] = problemsOf([text, text.replaceAll('"postLambda2"', '"postLambda1"')]);

    expect(problems).toEqual([]);
    expect(ofDoubled).toMatchObject([{ ruleId: "operation-operationId-unique" }]);
  });
});

function problemsOf(documents: readonly string[]): readonly unknown[] {
  const linter = path.join(__dirname, "support/openapi-lint.mjs");
  return JSON.parse(
    execFileSync(process.execPath, [linter], { input: JSON.stringify(documents), encoding: "utf8" }),
  );
}
