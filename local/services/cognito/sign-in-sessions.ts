import { createHash, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../kernel/clock";
import type { ClientSettings } from "./client-settings";
import type { User } from "./users";

/** What one sign-in left behind: the tokens that refreshing brings belong to it. */
export interface SignInSession {
  readonly originJti: string;
  readonly sub: string;
  readonly clientId: string;
  /** Seconds since the epoch. */
  readonly authTime: number;
  readonly expiresAt: number;
  readonly refreshTokenDigest: Buffer;
  revoked: boolean;
}

const uuidBytes = 16;
const secretBytes = 32;
const sessionsAUser = 1000;

/**
 * The sign-ins of one pool, which refresh tokens and revocation hang on.
 *
 * A refresh token is opaque: the user, the session and a random secret of which only the digest is kept. Cognito's own
 * is an encrypted JWT, as opaque to its holder. A user's oldest sessions end where there are more than a thousand, so
 * that signing in again and again cannot fill the memory; Cognito has no such limit.
 */
export class SignInSessions {
  private readonly ofUsers = new Map<string, Map<string, SignInSession>>();

  constructor(private readonly clock: Clock) {}

  open(user: User, client: ClientSettings): { session: SignInSession; refreshToken: string } {
    const now = this.clock.now();
    const originJti = randomUUID();
    const secret = randomBytes(secretBytes);
    const session = {
      originJti,
      sub: user.sub,
      clientId: client.id,
      authTime: Math.floor(now / 1000),
      expiresAt: now + client.refreshTokenSeconds * 1000,
      refreshTokenDigest: digest(secret),
      revoked: false,
    };
    const sessions = this.ofUsers.get(user.sub) ?? new Map<string, SignInSession>();
    for (const [id, { expiresAt }] of sessions) if (expiresAt <= now) sessions.delete(id);
    const [oldest] = sessions.keys();
    if (sessions.size >= sessionsAUser && oldest !== undefined) sessions.delete(oldest);
    this.ofUsers.set(user.sub, sessions.set(originJti, session));
    const refreshToken = Buffer.concat([toBytes(user.sub), toBytes(originJti), secret]).toString("base64url");
    return { session, refreshToken };
  }

  /** The session of that refresh token, expired and revoked ones included. */
  ofRefreshToken(token: string): SignInSession | undefined {
    const bytes = Buffer.from(token, "base64url");
    if (bytes.length !== 2 * uuidBytes + secretBytes) return undefined;
    const sub = toUuid(bytes.subarray(0, uuidBytes));
    const session = this.find(sub, toUuid(bytes.subarray(uuidBytes, 2 * uuidBytes)));
    const secret = digest(bytes.subarray(2 * uuidBytes));
    return session !== undefined && timingSafeEqual(session.refreshTokenDigest, secret) ? session : undefined;
  }

  find(sub: string, originJti: string): SignInSession | undefined {
    return this.ofUsers.get(sub)?.get(originJti);
  }

  /** Signs the user out everywhere. */
  revokeAll(sub: string): void {
    for (const session of this.ofUsers.get(sub)?.values() ?? []) session.revoked = true;
  }

  /** For a user that is deleted. */
  drop(sub: string): void {
    this.ofUsers.delete(sub);
  }
}

function digest(secret: Buffer): Buffer {
  return createHash("sha256").update(secret).digest();
}

function toBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll("-", ""), "hex");
}

function toUuid(bytes: Buffer): string {
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
