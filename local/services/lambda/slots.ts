/** Lets at most `size` holders in at a time; the others wait in the order in which they came. */
export class Slots {
  #free: number;
  #closed = false;
  readonly #waiting: ((entered: boolean) => void)[] = [];

  constructor(size: number) {
    this.#free = size;
  }

  /** Resolves to `true` with a slot, to `false` when the slots were closed or the signal came first. */
  enter(signal?: AbortSignal): Promise<boolean> {
    if (this.#closed || signal?.aborted) return Promise.resolve(false);
    if (this.#free > 0) {
      this.#free -= 1;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const wait = (entered: boolean) => {
        signal?.removeEventListener("abort", leave);
        resolve(entered);
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(wait), 1);
        resolve(false);
      };
      signal?.addEventListener("abort", leave, { once: true });
      this.#waiting.push(wait);
    });
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next(true);
  }

  close(): void {
    this.#closed = true;
    for (const waiting of this.#waiting.splice(0)) waiting(false);
  }
}
