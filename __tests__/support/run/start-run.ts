import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Jest's global set-up: a folder for what all suites of one run share. Nothing is put into it before a suite asks. */
export default function startRun(_: unknown, { testMatch }: { readonly testMatch: readonly string[] }): void {
  const folder = mkdtempSync(path.join(tmpdir(), "secure-lambda-tests-"));
  process.env.TEST_RUN_FOLDER = folder;
  // What suites leave behind goes with the folder: cdktf creates one for each app of a test, and removes none.
  process.env.TMPDIR = path.join(folder, "tmp");
  mkdirSync(process.env.TMPDIR);
  // Where a machine sets it, every process of Node.js reads the file when it starts. Only the suites with tools leave the machine.
  if (!testMatch.some((pattern) => pattern.includes(".tools."))) delete process.env.NODE_EXTRA_CA_CERTS;
}
