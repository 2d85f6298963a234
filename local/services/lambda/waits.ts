/** Waits that the end of the runtime cuts short, and that do not keep its process alive. */
export class Waits {
  readonly #sleepers = new Set<() => void>();

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#sleepers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      timer.unref();
      this.#sleepers.add(wake);
    });
  }

  close(): void {
    for (const wake of [...this.#sleepers]) wake();
  }
}

/** In milliseconds: 1 s, 2 s, 4 s … up to 5 minutes, before an event that was throttled is tried again. */
export function backOffMs(throttles: number): number {
  return Math.min(1000 * 2 ** throttles, 300_000);
}
