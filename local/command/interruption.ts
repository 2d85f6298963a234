import { readFileSync } from "node:fs";
import { isRunning } from "./process-state";

/** What ended a command from outside, with the exit code that a shell would give it. */
export class Interruption extends Error {
  override readonly name = "Interruption";

  constructor(
    /** Shown to the user; empty where nobody is there to read it. */
    message: string,
    readonly exitCode: number,
  ) {
    super(message);
  }
}

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
const SIGPIPE = 13;

/**
 * For how long further signals are ignored while a command cleans up. One Ctrl-C arrives twice, from the terminal and from
 * npm, which hands it on. A signal that comes later is the user's, and ends the command at once.
 */
const PATIENCE_MS = 3000;

/**
 * Aborts, with an `Interruption` as the reason, when the process is to end: at Ctrl-C, `kill`, a closed terminal, an output
 * that nobody reads any more, or the end of the npm process that it belongs to. Whoever holds the signal cleans up.
 */
export function watchForInterruption(): AbortSignal {
  const controller = new AbortController();
  const interrupt = (interruption: Interruption) => controller.abort(interruption);
  let first: number | undefined;
  for (const [name, number] of Object.entries(SIGNALS)) {
    process.on(name, () => {
      first ??= Date.now();
      if (Date.now() - first > PATIENCE_MS) process.exit(128 + number);
      interrupt(new Interruption(name === "SIGINT" ? "interrupted" : `ended by ${name}`, 128 + number));
    });
  }
  watchOutput(interrupt);
  watchNpm(() => interrupt(new Interruption("npm is gone", 128 + SIGNALS.SIGHUP)));
  return controller.signal;
}

/** How often to look whether npm is still there: nothing tells a process of the end of one that is not its child. */
const NPM_INTERVAL_MS = 500;
const SHELLS = new Set(["sh", "dash", "bash", "ash", "busybox", "zsh"]);

/**
 * Calls back once the npm process that started this one is gone. npm hands signals on as long as it lives; killed
 * outright, it would leave behind a server that nobody can stop. Without npm nothing is watched: the command may be meant
 * to outlive its parent.
 */
function watchNpm(onGone: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const npm = npmAbove(parent);
  const timer = setInterval(() => {
    if (process.ppid === parent && isRunning(npm)) return;
    clearInterval(timer);
    onGone();
  }, NPM_INTERVAL_MS);
  timer.unref();
}

/** npm starts a shell, and that the command. Some shells stay in between, others, as macOS's, step aside. */
function npmAbove(parent: number): number {
  try {
    const status = readFileSync(`/proc/${parent}/status`, "utf8");
    const name = /^Name:\s+(.*)$/m.exec(status)?.[1] ?? "";
    const grandparent = /^PPid:\s+(\d+)$/m.exec(status)?.[1];
    return grandparent !== undefined && SHELLS.has(name) ? Number(grandparent) : parent;
  } catch {
    return parent;
  }
}

/** Without a listener Node.js would end the process with a stack trace where `head` has seen enough. */
function watchOutput(interrupt: (interruption: Interruption) => void): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") interrupt(new Interruption("", 128 + SIGPIPE));
    else interrupt(new Interruption(`cannot write the output: ${error.message}`, 1));
  });
  // Where standard error is closed there is nobody to tell.
  process.stderr.on("error", () => {});
}

/** Resolves once the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
