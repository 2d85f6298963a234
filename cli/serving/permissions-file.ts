import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { FunctionPermissions } from "../../local/console/contract";
import { permissionsOf } from "../../local/console/permissions";
import { UserError } from "../../local/kernel/user-error";
import type { Runtime } from "../../local/runtime-options";

/** What was seen of permissions when the last runtime of this folder stopped. */
export interface SeenPermissions {
  readonly seenAt: string;
  readonly functions: readonly FunctionPermissions[];
}

const fileOf = (project: string) => path.join(project, ".local", "permissions.json");

/** A runtime without a single call would erase what an earlier one saw, so it writes nothing. */
export function keepPermissions(project: string, runtime: Pick<Runtime, "inside">): void {
  const functions = permissionsOf(runtime);
  if (functions.every(({ calls }) => calls === 0)) return;
  const file = fileOf(project);
  const seen: SeenPermissions = { seenAt: new Date().toISOString(), functions };
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, `${JSON.stringify(seen, null, 2)}\n`);
  renameSync(`${file}.${process.pid}`, file);
}

/** @throws UserError where nothing was seen yet */
export function readPermissions(project: string): SeenPermissions {
  try {
    return JSON.parse(readFileSync(fileOf(project), "utf8"));
  } catch {
    throw new UserError(
      "nothing was seen yet: run npm run demo, a test with useStacks, or npm start and send requests, and then this again",
    );
  }
}
