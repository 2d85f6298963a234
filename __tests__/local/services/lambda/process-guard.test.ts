import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ProcessGuard } from "../../../../local/services/lambda/process-guard";

/** A process in an endless loop, in a group of its own: what a handler that never yields is. */
function endless() {
  return spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore", detached: true });
}

// What the guard hears when the runtime is killed is the end of its input, as when it is closed.
test("kills the processes that are left when the runtime is gone, and no other", async () => {
  const guard = new ProcessGuard(() => mkdtempSync(join(tmpdir(), "guarded ")));
  const [left, released] = [endless(), endless()];
  guard.watch(left.pid ?? 0);
  guard.watch(released.pid ?? 0);
  guard.release(released.pid ?? 0);

  guard.close();

  expect(await once(left, "exit")).toEqual([null, "SIGKILL"]);
  expect(released.signalCode).toBeNull();
  released.kill("SIGKILL");
  await once(released, "exit");
});
