import { readFileSync } from "node:fs";

const INTERVAL_MS = 500;
const SHELLS = new Set(["sh", "dash", "bash", "ash", "busybox", "zsh"]);

/**
 * Calls back once the npm process above this one is gone. npm hands signals on as long as it lives; killed outright, it
 * would leave behind a server that nobody can stop. Without npm above nothing is watched: then it may be meant to outlive
 * its parent.
 */
export function watchNpm(onGone: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const npm = processAbove();
  const timer = setInterval(() => {
    if (processAbove() === npm) return;
    clearInterval(timer);
    onGone();
  }, INTERVAL_MS);
  timer.unref();
}

/** npm starts a shell, and that the command. Some shells stay in between, others, as macOS's, step aside. */
function processAbove(): number {
  const parent = process.ppid;
  try {
    const status = readFileSync(`/proc/${parent}/status`, "utf8");
    const name = /^Name:\s+(.*)$/m.exec(status)?.[1] ?? "";
    const grandparent = /^PPid:\s+(\d+)$/m.exec(status)?.[1];
    return grandparent !== undefined && SHELLS.has(name) ? Number(grandparent) : parent;
  } catch {
    return parent;
  }
}
