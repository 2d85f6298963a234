import { randomInt, timingSafeEqual } from "node:crypto";
import { attemptLimitExceeded, codeExpired, codeMismatch } from "./errors";

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

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** The address as `CodeDeliveryDetails` shows it: `a***@e***`. */
export function maskAddress(address: string): string {
  const [local = "", domain = ""] = address.split("@");
  return domain === "" ? `${local.charAt(0)}***` : `${local.charAt(0)}***@${domain.charAt(0)}***`;
}
