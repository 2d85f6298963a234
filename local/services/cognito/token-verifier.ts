import { validateCognitoJwtFields } from "aws-jwt-verify/cognito-verifier";
import {
  CognitoJwtInvalidTokenUseError,
  JwtInvalidIssuerError,
  JwtInvalidSignatureAlgorithmError,
  JwtInvalidSignatureError,
  JwtParseError,
  KidNotFoundInJwksError,
} from "aws-jwt-verify/error";
import type { JwtPayload } from "aws-jwt-verify/jwt-model";
import { verifyJwtSync } from "aws-jwt-verify/jwt-verifier";
import { BoundedCache } from "../../kernel/bounded-cache";
import type { Clock } from "../../kernel/clock";
import type { KeyPair } from "../../kernel/key-pair";
import type { TokenVerifier, Verification } from "../../kernel/token-verification";

export interface VerifiedPool {
  readonly arn: string;
  readonly issuer: string;
  readonly keyPair: Pick<KeyPair, "kid" | "publicKey">;
}

/**
 * Lets through a token that its pool issued, of the expected kind and in its time, and nothing else; it never throws.
 *
 * aws-jwt-verify checks form, algorithm, key id, signature, issuer and `token_use`. It is called through its stateless
 * function: the verifier class caches a key object for each `iss` it meets before it has checked the signature, so
 * that forged tokens would fill the memory. The client id is not checked here: an authorizer leaves it to its identity
 * validation expression.
 */
export class PoolTokenVerifier implements TokenVerifier {
  private readonly pools: ReadonlyMap<string, VerifiedPool>;
  /** Tokens whose signature was verified: a pool's key stays as it is during a run. Their times are checked every time. */
  private readonly sound = new BoundedCache<JwtPayload>(1_000);

  constructor(
    pools: readonly VerifiedPool[],
    private readonly clock: Clock,
  ) {
    this.pools = new Map(pools.map((pool) => [pool.arn, pool]));
  }

  verify(userPoolArn: string, token: string, tokenUse: "id" | "access"): Verification {
    const pool = this.pools.get(userPoolArn);
    if (pool === undefined) return invalid(`the deployment has no user pool ${userPoolArn}`);
    const key = `${userPoolArn} ${tokenUse} ${token}`;
    const known = this.sound.get(key);
    if (known !== undefined) return this.checkTimes(known);
    if (!isCanonical(token)) return invalid("malformed token");
    try {
      const claims = verifyJwtSync(
        token,
        // The key itself, whose numbers stand here by a name only, is asked for below: for a token that has its id.
        { keys: [{ kid: pool.keyPair.kid, kty: "RSA", alg: "RS256", use: "sig", n: "n", e: "e" }] },
        // The library reads the system's time and reports the expiry before a wrong issuer or kind; times come below.
        { issuer: pool.issuer, audience: null, graceSeconds: Number.POSITIVE_INFINITY },
        () => pool.keyPair.publicKey,
      );
      validateCognitoJwtFields(claims, { tokenUse, clientId: null });
      this.sound.set(key, claims);
      return this.checkTimes(claims);
    } catch (error) {
      return invalid(describe(error, tokenUse));
    }
  }

  /**
   * `nbf` and `iat` must have passed, `exp` not: "Control access to HTTP APIs with JWT authorizers" in API Gateway's
   * documentation states it for its JWT authorizers; the page on Cognito authorizers is silent.
   */
  private checkTimes(claims: JwtPayload): Verification {
    const now = this.clock.now() / 1000;
    if (claims.exp === undefined) return invalid("token without expiry");
    if ((claims.nbf ?? 0) > now || (claims.iat ?? 0) > now) return invalid("token not yet valid");
    if (claims.exp <= now) return { ok: false, reason: "expired", detail: "expired token" };
    return { ok: true, claims };
  }
}

/**
 * Base64 spells one signature in several ways (spare bits, padding). Only the spelling that was issued passes, so that
 * a token changed in any character is refused.
 */
function isCanonical(token: string): boolean {
  const signature = token.slice(token.lastIndexOf(".") + 1);
  return Buffer.from(signature, "base64url").toString("base64url") === signature;
}

/** Fixed phrases: the library's messages quote the token, which whoever sent it could use to forge log lines. */
function describe(error: unknown, tokenUse: string): string {
  if (error instanceof JwtParseError) return "malformed token";
  if (error instanceof JwtInvalidSignatureAlgorithmError) return "signature algorithm is not RS256";
  if (error instanceof KidNotFoundInJwksError) return "key id is not the pool's";
  if (error instanceof JwtInvalidSignatureError) return "bad signature";
  if (error instanceof JwtInvalidIssuerError) return "another issuer";
  if (error instanceof CognitoJwtInvalidTokenUseError) return `token_use is not ${tokenUse}`;
  return "token cannot be verified";
}

function invalid(detail: string): Verification {
  return { ok: false, reason: "invalid", detail };
}
