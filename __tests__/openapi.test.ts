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
  // With this process's options of V8: what loads and then ends is not worth optimizing.
  const words = [...process.execArgv, path.join(__dirname, "support/openapi-lint.mjs")];
  const input = JSON.stringify(documents);
  return JSON.parse(execFileSync(process.execPath, words, { input, encoding: "utf8" }));
}
