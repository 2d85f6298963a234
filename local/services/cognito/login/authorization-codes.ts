import { createHash, randomUUID, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../../kernel/clock";
import type { Grant } from "../sign-in-sessions";

/** What a code stands for. */
export interface CodeGrant extends Grant {
  readonly sub: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly nonce: string | undefined;
  readonly challenge: string | undefined;
}

/** "The authorization code … is valid for five minutes" (Authorize endpoint, Amazon Cognito Developer Guide). */
const validMs = 5 * 60_000;
const openCodes = 10_000;

/** The codes of one pool: each can be redeemed once, within five minutes, by the client that it was issued to. */
export class AuthorizationCodes {
  private readonly codes = new Map<string, CodeGrant & { readonly expiresAt: number }>();

  constructor(private readonly clock: Clock) {}

  issue(grant: CodeGrant): string {
    const now = this.clock.now();
    for (const [code, { expiresAt }] of this.codes) {
      if (expiresAt > now && this.codes.size < openCodes) break;
      this.codes.delete(code);
    }
    const code = randomUUID();
    this.codes.set(code, { ...grant, expiresAt: now + validMs });
    return code;
  }

  /**
   * What the code stands for, `undefined` for one that is unknown, used or out of date, or another client's. The code is spent by
   * the first try, whatever comes of it: whoever stole it gets one guess at the verifier.
   */
  redeem(
    code: string,
    { clientId, redirectUri, verifier }: Readonly<Record<"clientId" | "redirectUri" | "verifier", string>>,
  ): CodeGrant | undefined {
    const grant = this.codes.get(code);
    this.codes.delete(code);
    if (grant === undefined || grant.expiresAt <= this.clock.now()) return undefined;
    if (grant.clientId !== clientId || grant.redirectUri !== redirectUri) return undefined;
    return isVerified(grant.challenge, verifier) ? grant : undefined;
  }
}

/** A verifier for a code that was asked for without a challenge is refused too (OAuth 2.1, section 7.5.1: PKCE downgrade). */
function isVerified(challenge: string | undefined, verifier: string): boolean {
  if (challenge === undefined) return verifier === "";
  // RFC 7636, section 4.1.
  if (!/^[\w.~-]{43,128}$/.test(verifier)) return false;
  const digest = createHash("sha256").update(verifier).digest();
  const expected = Buffer.from(challenge, "base64url");
  return digest.length === expected.length && timingSafeEqual(digest, expected);
}
