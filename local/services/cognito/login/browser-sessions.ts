import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../../kernel/clock";
import { type HeaderList, headerValues } from "../../../kernel/headers";
import type { ChallengeName } from "../challenges";
import type { UserPool } from "../user-pool";
import type { User } from "../users";

/** What a browser is in the middle of, where the next page has to know. */
export interface Pending {
  readonly clientId: string;
  readonly username: string;
  /** The challenge of a sign-in, and its session. */
  readonly challenge?: { readonly name: ChallengeName; readonly session: string };
  /** `MFA_SETUP`: the secret handed out, in base 32. */
  readonly secret?: string;
  /** `NEW_PASSWORD_REQUIRED`: the attributes that are missing. */
  readonly missing?: readonly string[];
}

/** A browser before, between and after pages: what it is in the middle of, and a line for the next page to show. */
interface Visit {
  pending?: Pending | undefined;
  notice?: string | undefined;
  readonly expiresAt: number;
}

interface SignedIn {
  readonly sub: string;
  /** Seconds since the epoch. */
  readonly authTime: number;
  readonly expiresAt: number;
}

/** "valid for one hour" (Amazon Cognito Developer Guide, limits). */
const validSeconds = 3600;
const kept = 10_000;

/**
 * The browsers of one login page, told apart by two cookies that neither scripts nor other sites get: one of the visit, which
 * every form is bound to, and one of the sign-in, which is new with every sign-in. AWS's names and forms are not documented.
 */
export class BrowserSessions {
  private readonly visits = new Map<string, Visit>();
  private readonly signedIn = new Map<string, SignedIn>();
  private readonly secret = randomBytes(32);

  constructor(
    private readonly clock: Clock,
    private readonly pool: UserPool,
    /** The path below which the cookies are sent. */
    private readonly path: string,
  ) {}

  browserOf(headers: HeaderList, secure: boolean): Browser {
    const cookies = readCookies(headers);
    return new Browser(this, cookies.get(visitCookie), cookies.get(sessionCookie), secure);
  }

  /** @internal */
  visit(id: string | undefined): Visit | undefined {
    const visit = id === undefined ? undefined : this.visits.get(id);
    return visit !== undefined && visit.expiresAt > this.clock.now() ? visit : undefined;
  }

  /** @internal */
  openVisit(): string {
    return add(this.visits, { expiresAt: this.clock.now() + validSeconds * 1000 }, this.clock.now());
  }

  /** @internal */
  endVisit(id: string): void {
    this.visits.delete(id);
  }

  /** @internal */
  open(user: User): string {
    const now = this.clock.now();
    const session = {
      sub: user.sub,
      authTime: Math.floor(now / 1000),
      expiresAt: now + validSeconds * 1000,
    };
    return add(this.signedIn, session, now);
  }

  /** @internal The user who signed in, as long as that one may. */
  find(id: string | undefined): { readonly user: User; readonly authTime: number } | undefined {
    const session = id === undefined ? undefined : this.signedIn.get(id);
    if (session === undefined || session.expiresAt <= this.clock.now()) return undefined;
    const user = this.pool.users.find(session.sub);
    return user?.enabled === true ? { user, authTime: session.authTime } : undefined;
  }

  /** @internal */
  close(id: string): void {
    this.signedIn.delete(id);
  }

  /** @internal What a form of that visit has to bring back. */
  tokenOf(visitId: string): string {
    return createHmac("sha256", this.secret).update(visitId).digest("base64url");
  }

  /** @internal `Set-Cookie`, for an hour or, without a value, to remove it. */
  cookie(name: string, value: string, secure: boolean): string {
    const age = value === "" ? 0 : validSeconds;
    return `${name}=${value}; Path=${this.path}; Max-Age=${age}; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
  }
}

const visitCookie = "cognito-visit";
const sessionCookie = "cognito";

/** One browser during one request. What it is told goes with the answer, as `headers`. */
export class Browser {
  readonly #sessions: BrowserSessions;
  #visitId: string | undefined;
  #sessionId: string | undefined;
  readonly #secure: boolean;
  readonly #set = new Map<string, string>();

  constructor(
    sessions: BrowserSessions,
    visitId: string | undefined,
    sessionId: string | undefined,
    secure: boolean,
  ) {
    this.#sessions = sessions;
    this.#visitId = sessions.visit(visitId) === undefined ? undefined : visitId;
    this.#sessionId = sessionId;
    this.#secure = secure;
  }

  get signedIn(): { readonly user: User; readonly authTime: number } | undefined {
    return this.#sessions.find(this.#sessionId);
  }

  get pending(): Pending | undefined {
    return this.#sessions.visit(this.#visitId)?.pending;
  }

  /**
   * What the next page has to know; with a line for it to show. A name that was typed in begins a visit of its own: whoever planted
   * the one before reads neither the name nor gets to a challenge, past a password that only the user has.
   */
  remember(pending: Pending | undefined, notice?: string): void {
    if (pending !== undefined && pending !== this.pending) this.#endVisit();
    const visit = this.#sessions.visit(this.#openVisit());
    if (visit === undefined) return;
    visit.pending = pending;
    visit.notice = notice;
  }

  /** The line to show, once. */
  takeNotice(): string | undefined {
    const visit = this.#sessions.visit(this.#visitId);
    const notice = visit?.notice;
    if (visit !== undefined) visit.notice = undefined;
    return notice;
  }

  /** The token for a form of this visit, which begins with it. */
  get formToken(): string {
    return this.#sessions.tokenOf(this.#openVisit());
  }

  /** Whether a form was on a page of this visit. Another site can send the form, but neither knows nor sets the cookie. */
  owns(formToken: string): boolean {
    if (this.#visitId === undefined) return false;
    const [expected, given] = [Buffer.from(this.#sessions.tokenOf(this.#visitId)), Buffer.from(formToken)];
    return expected.length === given.length && timingSafeEqual(expected, given);
  }

  /** Signs the user in, with ids that nobody can have planted before. */
  signIn(user: User): void {
    this.signOut();
    this.#sessionId = this.#sessions.open(user);
    this.#setCookie(sessionCookie, this.#sessionId);
  }

  signOut(): void {
    if (this.#sessionId !== undefined) this.#sessions.close(this.#sessionId);
    this.#sessionId = undefined;
    this.#setCookie(sessionCookie, "");
    this.#endVisit();
  }

  /** What follows gets an id that nobody can have planted before. */
  #endVisit(): void {
    if (this.#visitId !== undefined) this.#sessions.endVisit(this.#visitId);
    this.#visitId = undefined;
    this.#setCookie(visitCookie, "");
  }

  get headers(): HeaderList {
    return [...this.#set.values()].map((cookie) => ["Set-Cookie", cookie]);
  }

  #openVisit(): string {
    if (this.#visitId === undefined) {
      this.#visitId = this.#sessions.openVisit();
      this.#setCookie(visitCookie, this.#visitId);
    }
    return this.#visitId;
  }

  #setCookie(name: string, value: string): void {
    this.#set.set(name, this.#sessions.cookie(name, value, this.#secure));
  }
}

/** Adds under a new id; what is out of date makes room, and the oldest where there are too many. */
function add<T extends { readonly expiresAt: number }>(
  entries: Map<string, T>,
  entry: T,
  now: number,
): string {
  for (const [id, { expiresAt }] of entries) {
    if (expiresAt > now && entries.size < kept) break;
    entries.delete(id);
  }
  const id = randomBytes(32).toString("base64url");
  entries.set(id, entry);
  return id;
}

/** RFC 6265, section 5.4: of equal names the one with the longer path is first. */
function readCookies(headers: HeaderList): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of headerValues(headers, "cookie").flatMap((header) => header.split(";"))) {
    const [name = "", ...value] = pair.trim().split("=");
    if (!cookies.has(name)) cookies.set(name, value.join("="));
  }
  return cookies;
}
