import { createHash, randomFillSync } from "node:crypto";

/** The characters from which AWS draws ids. */
export const LOWERCASE = "abcdefghijklmnopqrstuvwxyz0123456789";
export const UPPERCASE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
export const ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
export const DIGITS = "0123456789";

const pool = Buffer.alloc(8192);
let used = pool.length;

/** Random bytes for an id. They are drawn in advance for many ids: each draw by itself takes longer than all else of one. */
export function randomIdBytes(count: number): Buffer {
  if (used + count > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += count;
  return pool.subarray(used - count, used);
}

/** An id of the form that AWS draws at random, but the same for the same seed in every run. */
export function seededId(seed: string, length: number, alphabet: string): string {
  const characters: string[] = [];
  for (let block = 0; characters.length < length; block += 1) {
    const bytes = createHash("sha256").update(`${seed}/${block}`).digest();
    characters.push(...Array.from(bytes, (byte) => alphabet.charAt(byte % alphabet.length)));
  }
  return characters.slice(0, length).join("");
}

/** A UUID of version 4, the same for the same seed in every run. */
export function seededUuid(seed: string): string {
  const hex = seededId(seed, 32, "0123456789abcdef");
  const [, a, b, c, d, e] = /^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/.exec(hex) ?? [];
  return `${a}-${b}-4${c}-8${d}-${e}`;
}
