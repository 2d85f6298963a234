import { randomInt, timingSafeEqual } from "node:crypto";
import { attemptLimitExceeded, codeExpired, codeMismatch } from "./errors";
import { keyOf } from "./lockout";

const hourMs = 3_600_000;
const codesAnHour = 5;
const guessesACode = 5;

/**
 * One user's code for one purpose: six digits, good for a time, for one use and for five guesses.
 *
 * Cognito does not publish its limits beyond "between 5 and 20" an hour ("Recovering user accounts", Amazon Cognito
 * Developer Guide); this is its strictest.
 */
export class ConfirmationCode {
  private current: { readonly digits: string; readonly expiresAt: number; guesses: number } | undefined;
  private issuedAt: number[] = [];

  constructor(private readonly validMs: number) {}

  /** A new code; the one before it ends. */
  issue(now: number): string {
    this.issuedAt = this.issuedAt.filter((time) => now - time < hourMs);
    if (this.issuedAt.length >= codesAnHour) throw attemptLimitExceeded();
    this.issuedAt.push(now);
    const digits = String(randomInt(1_000_000)).padStart(6, "0");
    this.current = { digits, expiresAt: now + this.validMs, guesses: 0 };
    return digits;
  }

  /** Returns, and ends the code, when it is the right one. */
  redeem(now: number, digits: string): void {
    if (this.current === undefined || now >= this.current.expiresAt) throw codeExpired();
    if (this.current.guesses >= guessesACode) throw attemptLimitExceeded();
    if (!equal(digits, this.current.digits)) {
      this.current.guesses++;
      throw codeMismatch();
    }
    this.current = undefined;
  }
}

const decoys = 10_000;

/**
 * Codes that are sent to nobody, for names that nobody has: they run into the same limits as a user's, which would otherwise
 * tell who exists. Only so many are remembered.
 */
export class DecoyCodes {
  private readonly codes = new Map<string, ConfirmationCode>();

  constructor(private readonly validMs: number) {}

  /** Throws once too many were asked for. */
  issue(now: number, name: string): void {
    const key = keyOf(name);
    const code = this.codes.get(key) ?? new ConfirmationCode(this.validMs);
    this.codes.delete(key);
    this.codes.set(key, code);
    const [oldest] = this.codes.keys();
    if (this.codes.size > decoys && oldest !== undefined) this.codes.delete(oldest);
    code.issue(now);
  }

  /** What a guess is answered. No guess is right: a code that is hit by chance is spent, and wrong all the same. */
  refusal(now: number, name: string, digits: string): unknown {
    const code = this.codes.get(keyOf(name));
    try {
      code?.redeem(now, digits);
    } catch (error) {
      return error;
    }
    return codeMismatch();
  }
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** The address as `CodeDeliveryDetails` shows it: `a***@e***`. */
export function maskAddress(address: string): string {
  const [local = "", domain = ""] = address.split("@");
  return domain === "" ? `${local.charAt(0)}***` : `${local.charAt(0)}***@${domain.charAt(0)}***`;
}
