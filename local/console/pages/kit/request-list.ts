import type { RequestSummary } from "../../contract";

/** The newest requests, newest first. Those that come in one frame are told as one change. */
export class RequestList {
  #newestFirst: readonly RequestSummary[] = [];
  #arrived: RequestSummary[] = [];
  #isTold = true;
  readonly #listeners = new Set<() => void>();

  constructor(
    private readonly capacity: number,
    private readonly nextFrame: (tell: () => void) => void = (tell) => requestAnimationFrame(tell),
  ) {}

  get newestFirst(): readonly RequestSummary[] {
    if (this.#arrived.length > 0) {
      this.#newestFirst = [...this.#arrived.reverse(), ...this.#newestFirst].slice(0, this.capacity);
      this.#arrived = [];
    }
    return this.#newestFirst;
  }

  add(request: RequestSummary): void {
    this.#arrived.push(request);
    this.#tell();
  }

  /** What the server knows, and what arrived while it was asked. */
  replace(newestFirst: readonly RequestSummary[]): void {
    const known = new Set(newestFirst.map(({ id }) => id));
    const newestAt = newestFirst[0]?.at ?? 0;
    const since = this.newestFirst.filter(({ id, at }) => at >= newestAt && !known.has(id));
    this.#newestFirst = [...since, ...newestFirst].slice(0, this.capacity);
    this.#tell();
  }

  clear(): void {
    this.#newestFirst = [];
    this.#arrived = [];
    this.#tell();
  }

  /** @returns what ends the listening */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #tell(): void {
    if (!this.#isTold) return;
    this.#isTold = false;
    this.nextFrame(() => {
      this.#isTold = true;
      for (const listener of [...this.#listeners]) listener();
    });
  }
}
