import { createHmac, randomBytes } from "node:crypto";

const stepMs = 30_000;
const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The secret of an authenticator app: 32 random bytes, shown to the user in base 32. */
export function createAuthenticatorSecret(): Buffer {
  return randomBytes(32);
}

/** RFC 4648 base 32 without padding, as authenticator apps take a secret. */
export function toBase32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => base32.charAt(Number.parseInt(group.padEnd(5, "0"), 2))).join("");
}

/** The bytes that RFC 4648 base 32 without padding stands for: the secret as an authenticator app takes it. */
export function fromBase32(text: string): Buffer {
  const bits = [...text].map((letter) => base32.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const bytes = bits.match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
}

/** The code that an authenticator app shows at that time: RFC 6238, HMAC-SHA-1, 30 seconds, six digits. */
export function authenticatorCode(secret: Buffer, timeMs: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(timeMs / stepMs)));
  const mac = createHmac("sha1", secret).update(counter).digest();
  const offset = mac.readUInt8(mac.length - 1) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/**
 * The time step whose code this is, `undefined` for a wrong one. The steps before and after the present one count, for
 * clocks that differ (RFC 6238, section 5.2).
 */
export function matchingStep(secret: Buffer, code: string, timeMs: number): number | undefined {
  const offset = [-stepMs, 0, stepMs].find((shift) => authenticatorCode(secret, timeMs + shift) === code);
  return offset === undefined ? undefined : Math.floor((timeMs + offset) / stepMs);
}
