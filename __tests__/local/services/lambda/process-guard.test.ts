import childProcess, { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endGuard, ProcessGuard } from "../../../../local/services/lambda/process-guard";
import { eventually } from "../../../support/eventually";

/** A process in an endless loop, in a group of its own: what a handler that never yields is. */
function endless(): ChildProcess {
  const started = spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore", detached: true });
  loops.push(started);
  return started;
}

const loops: ChildProcess[] = [];
afterEach(() => {
  for (const loop of loops.splice(0)) loop.kill("SIGKILL");
});

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
});

test("the next shell is told what the one that somebody has ended knew", async () => {
  const folder = newFolder();
  const guard = new ProcessGuard(() => folder);
  const [left, later] = [endless(), endless()];
  const started = jest.spyOn(childProcess, "spawn");
  guard.watch(left.pid ?? 0);
  const shell: ChildProcess | undefined = started.mock.results[0]?.value;
  started.mockRestore();
  shell?.kill("SIGKILL");
  await eventually(() => (shell?.signalCode === "SIGKILL" ? true : undefined));
  guard.watch(later.pid ?? 0);

  endGuard();

  const ends = [left, later].map((one) => once(one, "exit"));
  expect(await Promise.all(ends)).toEqual([
    [null, "SIGKILL"],
    [null, "SIGKILL"],
  ]);
  await eventually(() => (existsSync(folder) ? undefined : true));
});

test("kills nothing that a variable of whoever started it names", async () => {
  const [folder, bystander, left] = [newFolder(), endless(), endless()];
  process.env.pids = String(bystander.pid);
  new ProcessGuard(() => folder).watch(left.pid ?? 0);
  delete process.env.pids;

  endGuard();

  await once(left, "exit");

  await eventually(() => (existsSync(folder) ? undefined : true));
  expect(bystander.signalCode).toBeNull();
});
