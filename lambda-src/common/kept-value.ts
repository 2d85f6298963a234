import { DependencyError } from "./dependency-error";

export interface KeptValueProps<T> {
  /** Reads the value from where it is kept. @throws DependencyError */
  readonly read: (signal: AbortSignal) => Promise<T>;
  readonly maxAgeMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told each time a value is used beyond its age because `error` kept it from being read again. */
  readonly onStale: (error: DependencyError) => void;
}

/** For how long a value past its age is used before the next attempt to read it, so that an outage does not slow every request. */
const STALE_USE_MS = 10_000;

/**
 * A value of another service's, such as what a secret holds, read at most once per `maxAgeMs`, by one call however many
 * ask for it at once.
 *
 * When it can't be read again for a passing reason, the old one stays in use: it hardly ever changes, whoever uses it
 * learns when it has, and so Secrets Manager being down does not stop the API. When the service refuses, or holds something
 * unusable, the old one is forgotten: somebody took the permission away or changed the secret, and that must count.
 */
export class KeptValue<T> {
  #held: { readonly value: T; readonly freshUntil: number } | undefined;
  #loading: Promise<T> | undefined;

  constructor(private readonly props: KeptValueProps<T>) {}

  /** @throws DependencyError */
  async current(signal: AbortSignal): Promise<T> {
    const held = this.#held;
    if (held && this.props.now() < held.freshUntil) return held.value;
    try {
      return await this.#load(signal);
    } catch (error) {
      if (!held || !(error instanceof DependencyError) || error.trouble === "refused") throw error;
      this.props.onStale(error);
      return held.value;
    }
  }

  /**
   * The value to use instead of `gone`, which is no use any more, read again unless that has happened since.
   *
   * @throws DependencyError also for a passing reason: there is no use in a value that is gone
   */
  async insteadOf(gone: T, signal: AbortSignal): Promise<T> {
    return this.#held && this.#held.value !== gone ? this.#held.value : this.#load(signal);
  }

  /**
   * Those who wait share the first one's signal. It ends first anyway, as all have the same time, and a call of its own
   * for each would be what sharing is to avoid.
   */
  #load(signal: AbortSignal): Promise<T> {
    this.#loading ??= this.#read(signal).finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #read(signal: AbortSignal): Promise<T> {
    const { read, now, maxAgeMs } = this.props;
    try {
      const value = await read(signal);
      this.#held = { value, freshUntil: now() + maxAgeMs };
      return value;
    } catch (error) {
      const passing = error instanceof DependencyError && error.trouble !== "refused";
      this.#held =
        passing && this.#held ? { value: this.#held.value, freshUntil: now() + STALE_USE_MS } : undefined;
      throw error;
    }
  }
}
