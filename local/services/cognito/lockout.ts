import { createHash } from "node:crypto";
import type { Clock } from "../../kernel/clock";

interface Failures {
  count: number;
  lockedUntil: number;
  lastAttempt: number;
}

const freeAttempts = 5;
const forgottenAfterMs = 15 * 60_000;
const longestLockMs = 15 * 60_000;
const rememberedNames = 10_000;

/**
 * Slows down whoever guesses a user's password: five wrong ones lock the user for a second, each further one doubles
 * that, up to a quarter of an hour. Attempts while locked count for nothing but put off the moment at which the failures
 * are forgotten: 15 minutes without an attempt ("Lockout behavior for failed sign-in attempts", Amazon Cognito
 * Developer Guide).
 *
 * Names that nobody has are counted too: the lock must not tell who exists. Only so many of those are remembered;
 * those of users never give way to them.
 */
export class Lockout {
  private readonly ofUsers = new WeakMap<object, Failures>();
  private readonly ofNames = new Map<string, Failures>();

  constructor(private readonly clock: Clock) {}

  /** Whether a sign-in may be tried now. `who`: the user, or the name where there is no such user. */
  admits(who: object | string): boolean {
    const failures = this.failuresOf(who);
    if (failures === undefined) return true;
    const now = this.clock.now();
    if (now - failures.lastAttempt >= forgottenAfterMs && now >= failures.lockedUntil) this.forget(who);
    failures.lastAttempt = now;
    return now >= failures.lockedUntil;
  }

  failed(who: object | string): void {
    const now = this.clock.now();
    const count = (this.failuresOf(who)?.count ?? 0) + 1;
    const lockMs = count < freeAttempts ? 0 : Math.min(1000 * 2 ** (count - freeAttempts), longestLockMs);
    this.remember(who, { count, lockedUntil: now + lockMs, lastAttempt: now });
  }

  forget(who: object | string): void {
    if (typeof who === "string") this.ofNames.delete(keyOf(who));
    else this.ofUsers.delete(who);
  }

  private failuresOf(who: object | string): Failures | undefined {
    return typeof who === "string" ? this.ofNames.get(keyOf(who)) : this.ofUsers.get(who);
  }

  private remember(who: object | string, failures: Failures): void {
    if (typeof who !== "string") {
      this.ofUsers.set(who, failures);
      return;
    }
    this.ofNames.delete(keyOf(who));
    this.ofNames.set(keyOf(who), failures);
    const [oldest] = this.ofNames.keys();
    if (this.ofNames.size > rememberedNames && oldest !== undefined) this.ofNames.delete(oldest);
  }
}

/** A name may be as long as its sender likes; what is remembered of it is not. */
export function keyOf(name: string): string {
  return createHash("sha256").update(name).digest("base64");
}
