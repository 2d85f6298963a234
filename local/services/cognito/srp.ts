import {
  createDiffieHellman,
  createHash,
  createHmac,
  getDiffieHellman,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";

/**
 * Secure Remote Password as Cognito speaks it: RFC 5054 with SHA-256 and the 3072-bit group, but with numbers padded as
 * two's complement, and with a key and a signature of its own. The counterpart is `AuthenticationHelper` in
 * amazon-cognito-identity-js 6.3.21, aws-amplify 6.22.1 and `AWSSRP` in pycognito 2024.5.1, which the tests run.
 */
const PRIME = getDiffieHellman("modp15").getPrime();
const N = toNumber(PRIME);
const g = 2n;
const k = toNumber(sha256(pad(N), pad(g)));

/** What the pool keeps of a password: enough to check a proof, not enough to sign in. */
export interface SrpVerifier {
  readonly salt: bigint;
  readonly verifier: bigint;
}

/** `username`: the internal one that the client learns as `USER_ID_FOR_SRP`. */
export function createVerifier(poolId: string, username: string, password: string): SrpVerifier {
  const salt = toNumber(randomBytes(16));
  return { salt, verifier: power(g, privateKey(poolId, username, password, salt)) };
}

/**
 * The verifier of a name that nobody has: the same for the same name, and not that of a password. It is drawn, not computed as a power, which
 * would tell by the time of an answer who exists.
 */
export function decoyVerifier(secret: Buffer, name: string): SrpVerifier {
  const derive = (purpose: string, bytes: number) =>
    toNumber(Buffer.from(hkdfSync("sha256", secret, name, purpose, bytes)));
  return { salt: derive("salt", 16), verifier: derive("verifier", PRIME.length) % N };
}

/** The server's half of one exchange. */
export interface SrpExchange {
  /** The client's public value A. */
  readonly clientValue: bigint;
  /** The server's public value B. */
  readonly serverValue: bigint;
  readonly secret: bigint;
  readonly verifier: SrpVerifier;
}

/** `undefined` for a public value that would make the shared secret known: a multiple of N (RFC 5054, section 2.5.4). */
export function openExchange(srpA: string, verifier: SrpVerifier): SrpExchange | undefined {
  if (!/^[0-9a-fA-F]{1,1024}$/.test(srpA)) return undefined;
  const clientValue = BigInt(`0x${srpA}`);
  if (clientValue % N === 0n) return undefined;
  const secret = toNumber(randomBytes(32));
  const serverValue = (k * verifier.verifier + power(g, secret)) % N;
  return { clientValue, serverValue, secret, verifier };
}

/** What the client signs besides the pool's name. */
export interface SrpProof {
  readonly username: string;
  readonly secretBlock: Buffer;
  readonly timestamp: string;
  /** Base64. */
  readonly signature: string;
}

/** Whether the client proved that it knows the password. */
export function isProof(poolId: string, exchange: SrpExchange, proof: SrpProof): boolean {
  const { clientValue, serverValue, secret, verifier } = exchange;
  const u = toNumber(sha256(pad(clientValue), pad(serverValue)));
  const shared = power((clientValue * power(verifier.verifier, u)) % N, secret);
  const expected = sign(poolId, keyOf(shared, u), proof);
  const received = Buffer.from(proof.signature, "base64");
  return received.length === expected.length && timingSafeEqual(received, expected);
}

/** A client's half of one exchange: its secret, and the public value that it sends as `SRP_A`. */
export interface SrpAttempt {
  readonly secret: bigint;
  readonly srpA: string;
}

export function beginAttempt(): SrpAttempt {
  const secret = toNumber(randomBytes(32));
  return { secret, srpA: toHex(power(g, secret)) };
}

/** The challenge `PASSWORD_VERIFIER`, as the pool put it. */
export interface SrpChallenge {
  readonly username: string;
  /** Hexadecimal. */
  readonly salt: string;
  readonly srpB: string;
  readonly secretBlock: Buffer;
}

/** The `ChallengeResponses` of somebody who knows the password, to the `ChallengeParameters` of `PASSWORD_VERIFIER`. */
export function answerTo(
  poolId: string,
  attempt: SrpAttempt,
  parameters: Readonly<Record<string, string>>,
  password: string,
  now: Date,
): Record<string, string> {
  const { USER_ID_FOR_SRP: username = "", SALT: salt = "", SRP_B: srpB = "", SECRET_BLOCK = "" } = parameters;
  const challenge = { username, salt, srpB, secretBlock: Buffer.from(SECRET_BLOCK, "base64") };
  const timestamp = timestampOf(now);
  return {
    USERNAME: username,
    PASSWORD_CLAIM_SECRET_BLOCK: SECRET_BLOCK,
    PASSWORD_CLAIM_SIGNATURE: prove(poolId, attempt, challenge, password, timestamp),
    TIMESTAMP: timestamp,
  };
}

/** `Tue Jan 6 09:05:01 UTC 2026`, as Cognito wants it (`DateHelper` in amazon-cognito-identity-js 6.3.21). */
function timestampOf(now: Date): string {
  const [weekday, day, month, year, time] = now.toUTCString().replace(",", "").split(" ");
  return `${weekday} ${month} ${Number(day)} ${time} UTC ${year}`;
}

/** The signature of somebody who knows the password, in base64. */
export function prove(
  poolId: string,
  { secret, srpA }: SrpAttempt,
  challenge: SrpChallenge,
  password: string,
  timestamp: string,
): string {
  const [salt, serverValue] = [BigInt(`0x${challenge.salt}`), BigInt(`0x${challenge.srpB}`)];
  const u = toNumber(sha256(pad(BigInt(`0x${srpA}`)), pad(serverValue)));
  const x = privateKey(poolId, challenge.username, password, salt);
  const base = (((serverValue - k * power(g, x)) % N) + N) % N;
  const { username, secretBlock } = challenge;
  const key = keyOf(power(base, secret + u * x), u);
  return sign(poolId, key, { username, secretBlock, timestamp }).toString("base64");
}

function privateKey(poolId: string, username: string, password: string, salt: bigint): bigint {
  const identity = sha256(Buffer.from(`${poolName(poolId)}${username}:${password}`));
  return toNumber(sha256(pad(salt), identity));
}

function keyOf(shared: bigint, u: bigint): Buffer {
  const extracted = createHmac("sha256", pad(u)).update(pad(shared)).digest();
  return createHmac("sha256", extracted).update("Caldera Derived Key\u0001").digest().subarray(0, 16);
}

function sign(
  poolId: string,
  key: Buffer,
  { username, secretBlock, timestamp }: Omit<SrpProof, "signature">,
): Buffer {
  return createHmac("sha256", key)
    .update(`${poolName(poolId)}${username}`)
    .update(secretBlock)
    .update(timestamp)
    .digest();
}

export function toHex(value: bigint): string {
  return value.toString(16);
}

/** The part of the pool's id after the region: `us-east-1_AbCdEfGhI`. */
function poolName(poolId: string): string {
  return poolId.slice(poolId.indexOf("_") + 1);
}

/** The bytes of a positive two's complement number, as Java's `BigInteger.toByteArray` and the clients write it. */
function pad(value: bigint): Buffer {
  const bytes = bytesOf(value);
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes;
}

function bytesOf(value: bigint): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
}

function toNumber(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString("hex")}`);
}

function sha256(...parts: readonly Buffer[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/**
 * `base` to the `exponent`, modulo N: the same as the shared secret of Diffie and Hellman, which OpenSSL computes in a sixth of
 * the time that `BigInt` takes. Neither number is 0, and the base is not 1 or N - 1, which OpenSSL refuses (RFC 7919, section 5.1).
 */
function power(base: bigint, exponent: bigint): bigint {
  const exchange = createDiffieHellman(PRIME, 2);
  exchange.setPrivateKey(bytesOf(exponent));
  return toNumber(exchange.computeSecret(bytesOf(base)));
}
