import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import type { CommandContext } from "../../local/command/command";
import { isRunning } from "../../local/command/process-state";
import type { Deployment } from "../../local/deployment/deployment";
import { UserError } from "../../local/kernel/user-error";
import { PROJECT } from "../common/project";

const SYNTHESIS = path.join(__dirname, "synthesis.ts");

/**
 * The stacks, synthesized into a folder of their own below the checkout's `.local`.
 *
 * @throws the signal's reason when it is aborted; nothing is left behind
 */
export async function synthesizeForServing({
  project,
  signal,
}: Pick<CommandContext, "project" | "signal">): Promise<{ deployment: Deployment; remove: () => void }> {
  const { folder, remove } = makeSynthesisFolder(path.join(project, ".local"));
  try {
    // Meanwhile, this process loads what reads and serves them.
    const [{ loadSynthesized }] = await Promise.all([
      import("../../local/load"),
      synthesize(folder, {}, signal),
    ]);
    return { deployment: loadSynthesized(folder), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/**
 * Synthesizes the stacks into a folder, in a process of their own as the cdktf CLI does.
 *
 * @param signal ends the synthesis; when this then throws its reason, nothing writes into the folder any more
 * @throws UserError with what the stacks said when they cannot be synthesized
 */
export async function synthesize(
  folder: string,
  settings: Readonly<Record<string, string | undefined>> = {},
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  const child = spawn(process.execPath, ["--require", "./typescript.js", SYNTHESIS], {
    cwd: PROJECT,
    env: { ...process.env, ...settings, CDKTF_OUTDIR: folder },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const kill = () => child.kill("SIGKILL");
  signal?.addEventListener("abort", kill, { once: true });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const ending = await new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.once("error", reject).once("close", (code, killedBy) => resolve(code ?? killedBy));
  });
  signal?.removeEventListener("abort", kill);
  signal?.throwIfAborted();
  if (ending === 0) return;
  const said = errors.trim() || `the process ended with ${ending}`;
  throw new UserError(`the stacks cannot be synthesized: ${said}`);
}

/** A folder for what this process synthesizes, so that two runs at once do not meet. */
export interface SynthesisFolder {
  readonly folder: string;
  remove(): void;
}

/** Creates the folder, and removes the folders of processes that were ended before they could clean up. */
export function makeSynthesisFolder(parent: string): SynthesisFolder {
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent)) {
    const pid = /^synthesized-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) removeFolder(path.join(parent, name));
  }
  const folder = mkdtempSync(path.join(parent, `synthesized-${process.pid}-`));
  return { folder, remove: () => removeFolder(folder) };
}

function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
