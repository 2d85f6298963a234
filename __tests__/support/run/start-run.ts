import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Jest's global set-up: a folder for what all suites of one run share. Nothing is put into it before a suite asks. */
export default function startRun(): void {
  process.env.TEST_RUN_FOLDER = mkdtempSync(path.join(tmpdir(), "secure-lambda-tests-"));
}
