import { createPublicKey, generateKeyPair, type KeyObject, randomBytes, sign } from "node:crypto";
import { promisify } from "node:util";

/** A public key as the pool's JWKS lists it. */
export interface PublicJwk {
  readonly [member: string]: string;
  readonly alg: "RS256";
  readonly e: string;
  readonly kid: string;
  readonly kty: "RSA";
  readonly n: string;
  readonly use: "sig";
}

/** The RSA key pair of one user pool: what another pool's key signed does not verify with it. */
export class KeyPair {
  private constructor(
    readonly publicKey: KeyObject,
    readonly jwk: PublicJwk,
    private readonly privateKey: KeyObject,
  ) {}

  /** Generates outside the event loop, so that the keys of several pools are created in parallel. */
  static async generate(): Promise<KeyPair> {
    const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
    return KeyPair.of(privateKey);
  }

  static of(privateKey: KeyObject): KeyPair {
    const publicKey = createPublicKey(privateKey);
    const { n = "", e = "" } = publicKey.export({ format: "jwk" });
    const kid = randomBytes(32).toString("base64");
    return new KeyPair(publicKey, { alg: "RS256", e, kid, kty: "RSA", n, use: "sig" }, privateKey);
  }

  /** The claims as a JWT in compact form, with the header that Cognito writes. */
  sign(claims: object): string {
    const input = `${encode({ kid: this.jwk.kid, alg: this.jwk.alg })}.${encode(claims)}`;
    return `${input}.${sign("sha256", Buffer.from(input), this.privateKey).toString("base64url")}`;
  }
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
