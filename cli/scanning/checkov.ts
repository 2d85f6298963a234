import { execFile, spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as v from "valibot";
import { UserError } from "../../local/kernel/user-error";

const CHECKOV_VERSION = "3.3.30";

const MAX_BYTES = 64 * 1024 * 1024;

/** A program with the words that it is always called with. */
export type Program = readonly [command: string, ...words: string[]];

/**
 * checkov of the pinned version: the one on the PATH, else one in a virtual environment below `.local`.
 *
 * @throws UserError where there is neither, nor a Python to install it with
 */
export function findCheckov(localFolder: string, say: (line: string) => void): Program {
  const venv = path.join(localFolder, "checkov");
  const venvPython = path.join(venv, process.platform === "win32" ? "Scripts" : "bin", "python");
  // Not the environment's own script: its first line names its interpreter, which a path with a space in it breaks.
  const own: Program = [venvPython, "-m", "checkov.main"];
  const found = [["checkov"] as const, own].find(isPinned);
  if (found !== undefined) return found;
  say(`installing checkov ${CHECKOV_VERSION} into ${venv}`);
  const python = ["python3", "python"].find((name) => succeeds(name, ["-c", "import venv, ensurepip"]));
  if (python === undefined)
    throw new UserError(
      `checkov ${CHECKOV_VERSION} is not on the PATH, and there is no Python 3 with venv to install it with: install Python 3.9 or newer, or pip install checkov==${CHECKOV_VERSION}`,
    );
  rmSync(venv, { recursive: true, force: true });
  const pip = ["-m", "pip", "install", "--quiet", `checkov==${CHECKOV_VERSION}`];
  const made = spawnSync(python, ["-m", "venv", venv], { encoding: "utf8" });
  const installed = made.status === 0 ? spawnSync(venvPython, pip, { encoding: "utf8" }) : made;
  if (installed.status !== 0 || !isPinned(own)) {
    rmSync(venv, { recursive: true, force: true });
    throw new UserError(
      `checkov ${CHECKOV_VERSION} cannot be installed: ${installed.stderr?.trim().split("\n").at(-1) || "it does not start"}`,
    );
  }
  return own;
}

function isPinned([command, ...words]: Program): boolean {
  const { status, stdout } = spawnSync(command, [...words, "--version"], { encoding: "utf8" });
  return status === 0 && stdout.trim() === CHECKOV_VERSION;
}

function succeeds(command: string, words: readonly string[]): boolean {
  return spawnSync(command, [...words], { stdio: "ignore" }).status === 0;
}

const checkSchema = v.object({ check_id: v.string(), resource: v.string(), file_path: v.string() });
const reportSchema = v.object({
  results: v.object({
    passed_checks: v.array(checkSchema),
    failed_checks: v.array(checkSchema),
    parsing_errors: v.array(v.string()),
  }),
});

/** A check, at one resource of one stack. */
export interface ScannedCheck {
  readonly id: string;
  readonly stack: string;
  readonly resource: string;
}

/** What checkov says of one synthesized folder. */
export interface Scan {
  readonly passed: readonly ScannedCheck[];
  readonly failed: readonly ScannedCheck[];
}

/**
 * Scans every stack of a synthesized folder. checkov passes over a file that it cannot parse, and `removed` and `import`
 * blocks it cannot: they are left out of a copy, and every stack must have been checked.
 *
 * @throws UserError for a stack that was not scanned
 */
export async function scan(checkov: Program, folder: string, signal: AbortSignal): Promise<Scan> {
  const copy = path.join(folder, "scanned");
  const stacks = readdirSync(path.join(folder, "stacks"));
  for (const stack of stacks) {
    const file = path.join(copy, stack, "cdk.tf.json");
    cpSync(path.join(folder, "stacks", stack, "cdk.tf.json"), file);
    const { removed: _, import: __, ...rest } = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify(rest, null, 2));
  }
  // The framework `terraform` sees nothing in JSON, and says that all is well.
  const words = ["-d", copy, "--framework", "terraform_json", "-o", "json", "--compact", "--skip-download"];
  return readReport(await run(checkov, words, signal), stacks);
}

/** @throws UserError for a stack that was not scanned */
export function readReport(text: string, stacks: readonly string[]): Scan {
  const report = v.safeParse(reportSchema, jsonIn(text));
  if (!report.success)
    throw new UserError(`checkov printed no report: ${JSON.stringify(text.slice(0, 200))}`);
  const { passed_checks, failed_checks, parsing_errors } = report.output.results;
  const read = ({ check_id, resource, file_path }: v.InferOutput<typeof checkSchema>): ScannedCheck => ({
    id: check_id,
    stack: path.basename(path.dirname(file_path)),
    resource,
  });
  const [passed, failed] = [passed_checks.map(read), failed_checks.map(read)];
  const unscanned = stacks.filter(
    (stack) =>
      parsing_errors.some((file) => path.basename(path.dirname(file)) === stack) ||
      ![...passed, ...failed].some((check) => check.stack === stack),
  );
  if (unscanned.length > 0 || parsing_errors.length > 0)
    throw new UserError(
      `checkov has not scanned ${[...unscanned, ...parsing_errors].join(", ")}: leave what it cannot parse out of the copy in cli/scanning/checkov.ts`,
    );
  return { passed, failed };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** checkov ends with 1 where a check fails: the report decides, not the exit code. */
function run([command, ...own]: Program, words: readonly string[], signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, [...own, ...words], { signal, maxBuffer: MAX_BYTES }, (error, stdout, stderr) => {
      if (signal.aborted) reject(signal.reason);
      else if (error !== null && stdout === "")
        reject(new UserError(`checkov failed: ${stderr.trim().split("\n").at(-1)}`));
      else resolve(stdout);
    });
  });
}
