import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Jest's global set-up: a folder for what all suites of one run share. Nothing is put into it before a suite asks. */
export default function startRun(_: unknown, { testMatch }: { readonly testMatch: readonly string[] }): void {
  process.env.TEST_RUN_FOLDER = mkdtempSync(path.join(tmpdir(), "secure-lambda-tests-"));
  // Where a machine sets it, every process of Node.js reads the file when it starts. Only the suites with tools leave the machine.
  if (!testMatch.some((pattern) => pattern.includes(".tools."))) delete process.env.NODE_EXTRA_CA_CERTS;
}
