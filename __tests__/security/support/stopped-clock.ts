import type { Clock } from "../../../local/kernel/clock";

/** Stands still until it is moved, so that a bucket gives out exactly what it holds. */
export class StoppedClock implements Clock {
  #now = Date.now();

  now(): number {
    return this.#now;
  }

  advance({ seconds }: { readonly seconds: number }): void {
    this.#now += seconds * 1000;
  }
}
