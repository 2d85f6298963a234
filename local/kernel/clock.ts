/** Where the runtime reads the time, so that tests can move it. Milliseconds since the epoch, as `Date.now()`. */
export interface Clock {
  now(): number;
  /** Calls the listener when somebody has moved it; the system's moves by itself. @returns what ends that */
  onMoved?(listener: () => void): () => void;
}

export const systemClock: Clock = { now: () => Date.now() };

/** Stands still until somebody moves it, and tells those who wait for a time. */
export class StandingClock implements Clock {
  readonly #listeners = new Set<() => void>();
  #now: number;

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  /** By that many milliseconds. */
  move(milliseconds: number): void {
    this.#now += milliseconds;
    for (const listener of [...this.#listeners]) listener();
  }

  onMoved(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
