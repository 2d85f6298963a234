import { createHash, randomBytes, randomUUID } from "node:crypto";
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
  /** What the login page's client was granted; `undefined` for a sign-in through the API. */
  readonly scopes: readonly string[] | undefined;
  /** Where the pool tracks devices: the one it was on. */
  readonly deviceKey: string | undefined;
  revoked: boolean;
}

/** A sign-in on the login page that an app gets tokens for. */
export interface Grant {
  readonly scopes: readonly string[];
  /** When the user proved who it is, in seconds since the epoch: one sign-in serves all clients of the pool. */
  readonly authTime: number;
}

interface Entry {
  readonly session: SignInSession;
  /** When each refresh token of the session ends, by digest: rotation makes several of one. */
  readonly refreshTokens: Map<string, number>;
}

const uuidBytes = 16;
const secretBytes = 32;
const sessionsAUser = 1000;
const refreshTokensASession = 100;

/**
 * The sign-ins of one pool, which refresh tokens and revocation hang on.
 *
 * A refresh token is opaque: the user, the session and a random secret of which only the digest is kept. Cognito's own
 * is an encrypted JWT, as opaque to its holder. A user's oldest sessions end where there are more than a thousand, so
 * that signing in again and again cannot fill the memory; Cognito has no such limit.
 */
export class SignInSessions {
  private readonly ofUsers = new Map<string, Map<string, Entry>>();

  constructor(private readonly clock: Clock) {}

  open(
    user: User,
    client: ClientSettings,
    grant?: Grant,
    deviceKey?: string,
  ): { session: SignInSession; refreshToken: string } {
    const now = this.clock.now();
    const session: SignInSession = {
      originJti: randomUUID(),
      sub: user.sub,
      clientId: client.id,
      authTime: grant?.authTime ?? Math.floor(now / 1000),
      expiresAt: now + client.refreshToken.seconds * 1000,
      scopes: grant?.scopes,
      deviceKey,
      revoked: false,
    };
    const entries = this.ofUsers.get(user.sub) ?? new Map<string, Entry>();
    for (const [id, entry] of entries) if (entry.session.expiresAt <= now) entries.delete(id);
    const [oldest] = entries.keys();
    if (entries.size >= sessionsAUser && oldest !== undefined) entries.delete(oldest);
    const entry = { session, refreshTokens: new Map<string, number>() };
    this.ofUsers.set(user.sub, entries.set(session.originJti, entry));
    return { session, refreshToken: issue(entry) };
  }

  /**
   * The session of that refresh token, expired and revoked ones included. `endsAt`: when this token ends, which
   * rotation may have put before the end of the session.
   */
  ofRefreshToken(token: string): { session: SignInSession; endsAt: number } | undefined {
    const entry = this.entryOf(token);
    const endsAt = entry?.refreshTokens.get(digest(token));
    return entry === undefined || endsAt === undefined ? undefined : { session: entry.session, endsAt };
  }

  /**
   * A new refresh token in place of that one, which goes on working for the grace period. The new one ends with the
   * session: "the new refresh token is valid for the remaining duration of the original" (Developer Guide, Refresh
   * tokens; seen in authts/oidc-client-ts#2039).
   */
  rotate(token: string, graceSeconds: number): string {
    const entry = this.entryOf(token);
    if (entry === undefined) throw new Error("only the refresh token of a session can be rotated");
    const graceEnd = this.clock.now() + graceSeconds * 1000;
    entry.refreshTokens.set(digest(token), Math.min(entry.refreshTokens.get(digest(token)) ?? 0, graceEnd));
    const [oldest] = entry.refreshTokens.keys();
    if (entry.refreshTokens.size >= refreshTokensASession && oldest !== undefined) {
      entry.refreshTokens.delete(oldest);
    }
    return issue(entry);
  }

  find(sub: string, originJti: string): SignInSession | undefined {
    return this.ofUsers.get(sub)?.get(originJti)?.session;
  }

  /** Signs the user out everywhere. */
  revokeAll(sub: string): void {
    for (const { session } of this.ofUsers.get(sub)?.values() ?? []) session.revoked = true;
  }

  /** For a user that is deleted. */
  drop(sub: string): void {
    this.ofUsers.delete(sub);
  }

  private entryOf(token: string): Entry | undefined {
    const bytes = Buffer.from(token, "base64url");
    if (bytes.length !== 2 * uuidBytes + secretBytes) return undefined;
    const [sub, originJti] = [bytes.subarray(0, uuidBytes), bytes.subarray(uuidBytes, 2 * uuidBytes)];
    return this.ofUsers.get(toUuid(sub))?.get(toUuid(originJti));
  }
}

function issue({ session, refreshTokens }: Entry): string {
  const parts = [toBytes(session.sub), toBytes(session.originJti), randomBytes(secretBytes)];
  const token = Buffer.concat(parts).toString("base64url");
  refreshTokens.set(digest(token), session.expiresAt);
  return token;
}

/** Tokens are looked up by digest: how long that takes tells nothing about a token that exists. */
function digest(token: string): string {
  return createHash("sha256").update(Buffer.from(token, "base64url")).digest("base64");
}

function toBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll("-", ""), "hex");
}

function toUuid(bytes: Buffer): string {
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
