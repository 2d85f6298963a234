import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endGuard, ProcessGuard } from "../../../../local/services/lambda/process-guard";
import { eventually } from "../../../support/eventually";

/** A process in an endless loop, in a group of its own: what a handler that never yields is. */
function endless() {
  return spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore", detached: true });
}

const newFolder = () => mkdtempSync(join(tmpdir(), "guarded "));

// What the guard hears when the runtime is killed is the end of its input.
test("kills the processes and removes the folders that are left when the runtime is gone, and no other", async () => {
  const [folder, closed] = [newFolder(), newFolder()];
  const [guard, other] = [folder, closed].map((one) => new ProcessGuard(() => one));
  const [left, released] = [endless(), endless()];
  guard?.watch(left.pid ?? 0);
  other?.watch(released.pid ?? 0);
  other?.release(released.pid ?? 0);
  other?.close();

  endGuard();

  expect(await once(left, "exit")).toEqual([null, "SIGKILL"]);
  await eventually(() => (existsSync(folder) ? undefined : true));
  expect([released.signalCode, existsSync(closed)]).toEqual([null, true]);
  rmSync(closed, { recursive: true });
  released.kill("SIGKILL");
  await once(released, "exit");
});
