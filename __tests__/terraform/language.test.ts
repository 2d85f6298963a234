import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import path from "node:path";
import { checkTools } from "../../local/command/terraform/tools";
import { recordedExpressions } from "../local/deployment/terraform-language";

const FILES = path.join(__dirname, "..", "local", "deployment", "expression-files");

it("Terraform gives the expressions the values that are recorded, which the local runtime gives them too", () => {
  // A copy: the console keeps its lock and its state where it runs.
  const folder = mkdtempSync(path.join(tmpdir(), "language "));
  cpSync(FILES, folder, { recursive: true });
  const expressions = recordedExpressions.map(([expression]) => expression);

  const { stdout, stderr } = spawnSync(String(checkTools().terraform.command), ["console"], {
    cwd: folder,
    input: `jsonencode([${expressions.join(", ")}])\n`,
    encoding: "utf8",
    env: { ...process.env, CHECKPOINT_DISABLE: "1", TF_CLI_CONFIG_FILE: devNull },
  });
  rmSync(folder, { recursive: true });

  expect({ stderr, values: stdout === "" ? stdout : JSON.parse(JSON.parse(stdout)) }).toEqual({
    stderr: "",
    values: recordedExpressions.map(([, value]) => value),
  });
});
