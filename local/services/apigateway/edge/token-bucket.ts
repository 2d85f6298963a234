import type { Clock } from "../../../kernel/clock";

export interface RateLimit {
  /** Tokens a second. */
  readonly rate: number;
  /** The bucket's size. */
  readonly burst: number;
}

/**
 * Grants at most `burst + rate × t` requests in any `t` seconds, with no timer: the level is worked out when asked.
 *
 * The level is kept in thousandths of a token, so that whole rates and whole milliseconds add up without rounding.
 */
export class TokenBucket {
  private level: number;
  private updatedAt: number;

  constructor(
    private readonly clock: Clock,
    readonly limit: RateLimit,
  ) {
    this.level = limit.burst * 1000;
    this.updatedAt = clock.now();
  }

  /** Whether a token is there; takes none. */
  hasToken(): boolean {
    this.refill();
    return this.level >= 1000;
  }

  /** Takes a token when one is there. */
  take(): boolean {
    if (!this.hasToken()) return false;
    this.level -= 1000;
    return true;
  }

  /** Takes back a token that was not used after all. */
  giveBack(): void {
    this.level = Math.min(this.limit.burst * 1000, this.level + 1000);
  }

  /** Tokens in the bucket, parts of one included. */
  get tokens(): number {
    this.refill();
    return this.level / 1000;
  }

  private refill(): void {
    const now = this.clock.now();
    // A clock that was set back adds nothing, and does not grant the same time twice.
    if (now <= this.updatedAt) return;
    this.level = Math.min(this.limit.burst * 1000, this.level + (now - this.updatedAt) * this.limit.rate);
    this.updatedAt = now;
  }
}
