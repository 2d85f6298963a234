/** Lets at most `size` holders in at a time; the others wait in the order in which they came. */
export class Slots {
  #free: number;
  #closed = false;
  readonly #waiting: ((entered: boolean) => void)[] = [];

  constructor(size: number) {
    this.#free = size;
  }

  /** Resolves to `true` with a slot, to `false` when the slots were closed. */
  enter(): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false);
    if (this.#free > 0) {
      this.#free -= 1;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
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
