import { readFileSync } from "node:fs";
import path from "node:path";
import type { Value } from "../../../local/deployment/attributes";

/** Expressions with the values that Terraform gave them, run in `expression-files`. */
export const recordedExpressions: readonly (readonly [expression: string, value: Value])[] = JSON.parse(
  readFileSync(path.join(__dirname, "terraform-language.json"), "utf8"),
);
