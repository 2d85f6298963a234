import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PROJECT } from "../../cli/common/project";
import { UserError } from "../../local/kernel/user-error";
import { prepare } from "./support/prepare";

/**
 * `npm run test:terraform`: runs the tests with the real Terraform and AWS provider, and leaves no process and no file
 * behind, interrupted or not. Where something is missing it says what, and how to get it; that is a failure in CI.
 *
 * Arguments go to jest.
 */
async function main(): Promise<number> {
  const started = Date.now();
  const folder = mkdtempSync(path.join(tmpdir(), "secure-lambda-terraform-"));
  try {
    return await runJest(folder, await prepare(folder));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return skipOrFail(error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    say(`test:terraform took ${Math.round((Date.now() - started) / 1000)} s`);
  }
}

function skipOrFail(error: UserError): number {
  const inCi = Boolean(process.env.CI);
  say(`\n${inCi ? "FAILED" : "SKIPPED, nothing was tested"}: ${error.message}\n`);
  return inCi ? 1 : 0;
}

/** jest and whatever it starts are one process group, so that a signal to this process ends them all. */
async function runJest(folder: string, env: Readonly<Record<string, string>>): Promise<number> {
  const jest = path.join(PROJECT, "node_modules", "jest", "bin", "jest.js");
  const args = [jest, "--config", "jest.terraform.config.js", ...process.argv.slice(2)];
  const child = spawn(process.execPath, args, {
    cwd: PROJECT,
    detached: true,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...env },
  });
  let interrupted = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      interrupted = true;
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  });
  if (!interrupted) return code ?? 1;
  endTerraform(folder);
  return 130;
}

/** The commands give Terraform a process group of its own: the signal to jest's has not reached it. */
function endTerraform(folder: string): void {
  const { stdout } = spawnSync("ps", ["-eo", "pid=,pgid=,args="], { encoding: "utf8" });
  for (const line of stdout.split("\n")) {
    const [, pid, group, words = ""] = /^\s*(\d+)\s+(\d+)\s+terraform (.*)$/.exec(line) ?? [];
    if (pid !== undefined && pid === group && words.includes(folder)) process.kill(-Number(pid), "SIGKILL");
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

void main().then((code) => {
  process.exitCode = code;
});
