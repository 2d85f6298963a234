import { randomBytes, randomInt, scryptSync, timingSafeEqual } from "node:crypto";
import { AwsError } from "../../kernel/aws-error";

export interface PasswordPolicy {
  readonly minimumLength: number;
  readonly requireLowercase: boolean;
  readonly requireUppercase: boolean;
  readonly requireNumbers: boolean;
  readonly requireSymbols: boolean;
}

export interface PasswordHash {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/**
 * Far below scrypt's usual cost: the hashes live in this process's memory for one run, where the code that made them is too, and
 * load tests sign in.
 */
const cost = { N: 64, r: 8, p: 1 };
const hashBytes = 32;

export function hashPassword(password: string): PasswordHash {
  const salt = randomBytes(16);
  return { salt, hash: scryptSync(password, salt, hashBytes, cost) };
}

/** The hash of a password that nobody knows: random, so that it costs nothing to create and as much to check as any other. */
export function unknownHash(): PasswordHash {
  return { salt: randomBytes(16), hash: randomBytes(hashBytes) };
}

/** Synchronous, so that guesses made at the same time cannot overtake the counter of failed attempts. */
export function isPassword(password: string, { salt, hash }: PasswordHash): boolean {
  return timingSafeEqual(scryptSync(password, salt, hashBytes, cost), hash);
}

/** The symbols that Cognito counts: "Adding user pool password requirements", Amazon Cognito Developer Guide. */
const symbols = "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+- ";

/**
 * Refuses a password that breaks the policy, naming the first rule broken.
 *
 * @param wording how the operation words it: `policy` where users choose a password, `password policy` where an
 *   administrator sets it or a challenge asks for it
 */
export function checkPassword(
  password: string,
  policy: PasswordPolicy,
  wording: "policy" | "password policy",
): void {
  const broken = brokenRule(password, policy);
  if (broken !== undefined) {
    throw new AwsError("InvalidPasswordException", `Password did not conform with ${wording}: ${broken}`);
  }
}

function brokenRule(password: string, policy: PasswordPolicy): string | undefined {
  if (password.length < policy.minimumLength) return "Password not long enough";
  if (policy.requireUppercase && !/[A-Z]/.test(password)) return "Password must have uppercase characters";
  if (policy.requireLowercase && !/[a-z]/.test(password)) return "Password must have lowercase characters";
  if (policy.requireNumbers && !/[0-9]/.test(password)) return "Password must have numeric characters";
  const hasSymbol = [...password.trim()].some((character) => symbols.includes(character));
  if (policy.requireSymbols && !hasSymbol) return "Password must have symbol characters";
  return undefined;
}

/** A password that fits every policy: it has each kind of character and the policy's length, 12 at least. */
export function generatePassword(policy: PasswordPolicy): string {
  const kinds = ["ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789", "!@#%*?"];
  const characters = kinds.map(pick);
  while (characters.length < Math.max(policy.minimumLength, 12)) characters.push(pick(kinds.join("")));
  for (let last = characters.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [characters[last], characters[other]] = [characters[other] ?? "", characters[last] ?? ""];
  }
  return characters.join("");
}

function pick(alphabet: string): string {
  return alphabet.charAt(randomInt(alphabet.length));
}
