import { spawn } from "node:child_process";
import path from "node:path";
import { PROJECT } from "../../cli/common/project";
import { isExecutable } from "../../local/command/terraform/tools";

/**
 * `npm run test:browser`: runs the tests that look at pages as a visitor does, in the Chromium of this machine. Where there is
 * none it says so; that is a failure in CI.
 *
 * Arguments go to jest.
 */
async function main(): Promise<number> {
  const chromium = findChromium();
  if (chromium === undefined) {
    const inCi = Boolean(process.env.CI);
    process.stderr.write(
      `${inCi ? "FAILED" : "SKIPPED, nothing was tested"}: no Chromium on this machine: install it (apt-get install chromium), or name one with CHROMIUM=/path/to/it\n`,
    );
    return inCi ? 1 : 0;
  }
  const jest = path.join(PROJECT, "node_modules", "jest", "bin", "jest.js");
  const child = spawn(
    process.execPath,
    [jest, "--config", "jest.browser.config.js", ...process.argv.slice(2)],
    {
      cwd: PROJECT,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, CHROMIUM: chromium },
    },
  );
  return new Promise((resolve, reject) => {
    child.once("error", reject).once("close", (code) => resolve(code ?? 1));
  });
}

/** `CHROMIUM`, else the first of its names on the path. */
function findChromium(): string | undefined {
  const { CHROMIUM, PATH = "" } = process.env;
  if (CHROMIUM !== undefined && CHROMIUM !== "") return isExecutable(CHROMIUM) ? CHROMIUM : undefined;
  const folders = PATH.split(path.delimiter).filter(Boolean);
  return ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    .flatMap((name) => folders.map((folder) => path.join(folder, name)))
    .find(isExecutable);
}

void main().then((code) => {
  process.exitCode = code;
});
