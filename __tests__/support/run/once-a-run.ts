import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import path from "node:path";

/**
 * A folder that the first suite of a run fills and the others read: its content takes long to make and is the same for all of
 * them. It appears whole, because suites run side by side. Nobody writes into it: whoever wants to change something copies it.
 */
export function folderOnceARun(name: string, fill: (folder: string) => unknown): string {
  return folderOnce(path.join(runFolder(), name), fill);
}

/** As `folderOnceARun`, for a folder that outlives the run. */
export function folderOnce(folder: string, fill: (folder: string) => unknown): string {
  if (existsSync(folder)) return folder;
  mkdirSync(path.dirname(folder), { recursive: true });
  const draft = mkdtempSync(`${folder}-`);
  try {
    fill(draft);
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

export function runFolder(): string {
  const folder = process.env.TEST_RUN_FOLDER;
  if (folder === undefined)
    throw new Error("TEST_RUN_FOLDER is not set; the globalSetup of Jest's configuration sets it");
  return folder;
}
