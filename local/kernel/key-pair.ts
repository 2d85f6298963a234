import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

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

/**
 * The RSA key pair of one user pool: what another pool's key signed does not verify with it. It is generated when something is
 * signed or verified for the first time, which takes some tenths of a second, or when somebody asks for the public key: most pools of
 * most runs never need one.
 */
export class KeyPair {
  readonly kid = randomBytes(32).toString("base64");
  #privateKey: KeyObject | undefined;
  #publicKey: KeyObject | undefined;

  constructor(private readonly make: () => KeyObject = generate) {}

  get publicKey(): KeyObject {
    this.#publicKey ??= createPublicKey(this.#private);
    return this.#publicKey;
  }

  get jwk(): PublicJwk {
    const { n = "", e = "" } = this.publicKey.export({ format: "jwk" });
    return { alg: "RS256", e, kid: this.kid, kty: "RSA", n, use: "sig" };
  }

  get isMade(): boolean {
    return this.#privateKey !== undefined;
  }

  get #private(): KeyObject {
    this.#privateKey ??= this.make();
    return this.#privateKey;
  }

  /** The claims as a JWT in compact form, with the header that Cognito writes. */
  sign(claims: object): string {
    const input = `${encode({ kid: this.kid, alg: "RS256" })}.${encode(claims)}`;
    return `${input}.${sign("sha256", Buffer.from(input), this.#private).toString("base64url")}`;
  }
}

function generate(): KeyObject {
  return generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
