import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { isRunning } from "./process-state";

/** A folder for what this process synthesizes, so that two runs at once do not meet. */
export interface SynthesisFolder {
  readonly folder: string;
  remove(): void;
}

/** Makes the folder, and removes those that processes left behind which were ended before they could clean up. */
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
