import { once } from "node:events";
import { rmSync } from "node:fs";

/** Ends what `startDeployment` started, and leaves nothing of it. */
export default async function stopDeployment(): Promise<void> {
  const { child, folder } = globalThis.served ?? {};
  if (child !== undefined && child.exitCode === null) {
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  }
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}
