import {
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign as signBytes,
} from "node:crypto";
import { once } from "../../kernel/once";

export type Claims = Readonly<Record<string, unknown>>;

/** The attacker's own key pairs, created for the first attack: an RSA key takes as long as everything else at a start. */
const attackersRsa = once(() => generateKeyPairSync("rsa", { modulusLength: 2048 }));
const attackersCurve = once(() => generateKeyPairSync("ec", { namedCurve: "P-256" }));

export function claimsOf(token: string): Claims {
  return decode(token, 1);
}

export function headerOf(token: string): Claims {
  return decode(token, 0);
}

function decode(token: string, part: number): Claims {
  return JSON.parse(Buffer.from(token.split(".")[part] ?? "", "base64url").toString("utf8"));
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

function compose(header: Claims, claims: Claims, signature: (input: string) => Buffer | string): string {
  const input = `${encode(header)}.${encode(claims)}`;
  const signed = signature(input);
  return `${input}.${typeof signed === "string" ? signed : signed.toString("base64url")}`;
}

/** The token's header with other claims, and its signature. */
export function tampered(token: string, changes: Claims): string {
  const [, , signature = ""] = token.split(".");
  return compose(headerOf(token), { ...claimsOf(token), ...changes }, () => signature);
}

/** Signed by the attacker; the header says what the attacker likes. */
export function selfSigned(header: Claims, claims: Claims): string {
  return compose({ alg: "RS256", ...header }, claims, (input) =>
    signBytes("sha256", Buffer.from(input), attackersRsa().privateKey),
  );
}

export function selfSignedOnCurve(header: Claims, claims: Claims): string {
  return compose({ ...header, alg: "ES256" }, claims, (input) =>
    signBytes("sha256", Buffer.from(input), {
      key: attackersCurve().privateKey,
      dsaEncoding: "ieee-p1363",
    }),
  );
}

/** The attacker's public key, for a header that brings its own. */
export function attackersJwk(kid: unknown): Claims {
  return { ...attackersRsa().publicKey.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" };
}

/** `alg` in that spelling, and no signature. */
export function unsigned(alg: string, header: Claims, claims: Claims): string {
  return compose({ ...header, alg }, claims, () => "");
}

/** HS256 with a secret that everybody knows. */
export function withHmac(secret: string | Buffer, header: Claims, claims: Claims): string {
  return compose({ ...header, alg: "HS256" }, claims, (input) =>
    createHmac("sha256", secret).update(input).digest(),
  );
}

export function publicKeyOf(jwk: Readonly<Record<string, unknown>>): KeyObject {
  return createPublicKey({ key: { ...jwk }, format: "jwk" });
}

/** Claims of an ID token that is in its time, for somebody else. */
export function somebodyElse(claims: Claims): Claims {
  return { ...claims, sub: randomUUID(), email: "victim@example.com", jti: randomUUID() };
}
