import path from "node:path";
import { evaluateTemplate } from "../../../local/deployment/expression";
import { recordedExpressions } from "./terraform-language";

/** Expressions that refer to nothing, each with what Terraform 1.11.4 makes of it; `npm run test:terraform` asks it again. */
describe("the value of an expression is Terraform's", () => {
  const scope = {
    folder: path.join(__dirname, "expression-files"),
    resolve: (path: readonly string[]) => {
      throw new Error(`nothing at ${path.join(".")}`);
    },
  };

  it.each(recordedExpressions)("%s", (expression, expected) => {
    expect(evaluateTemplate(`\${${expression}}`, "output.value", scope)).toEqual(expected);
  });
});
