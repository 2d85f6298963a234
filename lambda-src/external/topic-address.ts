import { DependencyError } from "./dependency-error";

export interface TopicAddressProps {
  /** Reads the topic's ARN from where it is kept. @throws DependencyError */
  readonly read: (signal: AbortSignal) => Promise<string>;
  readonly maxAgeMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told each time an ARN is used beyond its age because `error` kept it from being read again. */
  readonly onStale: (error: DependencyError) => void;
}

/** For how long an ARN past its age is used before the next attempt to read it, so that an outage does not slow every request. */
const STALE_USE_MS = 10_000;

/**
 * The topic's ARN, read at most once per `maxAgeMs`, by one call however many ask for it at once.
 *
 * When the ARN can't be read again for a passing reason, the old one stays in use: the topic hardly ever moves, a publish
 * says when it has, and so Secrets Manager being down does not stop the API. When Secrets Manager refuses, or the secret
 * holds no ARN, the old one is forgotten: somebody took the permission away or changed the secret, and that must count.
 */
export class TopicAddress {
  #held: { readonly arn: string; readonly freshUntil: number } | undefined;
  #loading: Promise<string> | undefined;

  constructor(private readonly props: TopicAddressProps) {}

  /** @throws DependencyError */
  async current(signal: AbortSignal): Promise<string> {
    const held = this.#held;
    if (held && this.props.now() < held.freshUntil) return held.arn;
    try {
      return await this.#load(signal);
    } catch (error) {
      if (!held || !(error instanceof DependencyError) || error.trouble === "refused") throw error;
      this.props.onStale(error);
      return held.arn;
    }
  }

  /**
   * The ARN to use instead of `gone`, read again unless that has happened since.
   *
   * @throws DependencyError also for a passing reason: there is no use in a topic that is gone
   */
  async insteadOf(gone: string, signal: AbortSignal): Promise<string> {
    return this.#held && this.#held.arn !== gone ? this.#held.arn : this.#load(signal);
  }

  /**
   * Those who wait share the first one's signal. It ends first anyway, as all have the same time, and a call of its own
   * for each would be what sharing is to avoid.
   */
  #load(signal: AbortSignal): Promise<string> {
    this.#loading ??= this.#read(signal).finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #read(signal: AbortSignal): Promise<string> {
    const { read, now, maxAgeMs } = this.props;
    try {
      const arn = await read(signal);
      this.#held = { arn, freshUntil: now() + maxAgeMs };
      return arn;
    } catch (error) {
      const passing = error instanceof DependencyError && error.trouble !== "refused";
      this.#held =
        passing && this.#held ? { arn: this.#held.arn, freshUntil: now() + STALE_USE_MS } : undefined;
      throw error;
    }
  }
}
