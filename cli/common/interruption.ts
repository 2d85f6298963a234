import { watchNpm } from "./npm-process";

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
 * npm, which hands it on; later than this it is the user, who has waited long enough.
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

/** Without a listener Node.js would end the process with a stack trace where `head` has seen enough. */
export function watchOutput(interrupt: (interruption: Interruption) => void): void {
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
