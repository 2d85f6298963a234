import { randomBytes } from "node:crypto";
import type { Clock } from "../kernel/clock";
import { type HeaderList, headerValues } from "../kernel/headers";

/** A sign-in that is under way: what its answer is held to. */
export interface Attempt {
  readonly poolId: string;
  readonly state: string;
  readonly nonce: string;
  /** PKCE's (RFC 7636). */
  readonly verifier: string;
}

/** What the token endpoint gave. They stay here: the browser sees claims, and a token when it asks for one. */
export interface SignedIn {
  readonly poolId: string;
  readonly idToken: string;
  readonly accessToken: string;
}

/** What a page calls the API with, and what came of it. */
export interface Call {
  /** `POST /lambda1` */
  readonly route: string;
  readonly path: string;
  readonly body: string;
  readonly answer?: { readonly status: number; readonly body: string; readonly milliseconds: number };
}

/** One browser. */
export interface Session {
  attempt?: Attempt | undefined;
  /** A code that came without having been asked for from here. */
  unasked?: string | undefined;
  signedIn?: SignedIn | undefined;
  call?: Call | undefined;
  /** Shown once. */
  notice?: string | undefined;
}

/** Until when, in milliseconds since the epoch. */
type Kept = Session & { readonly until: number };

const COOKIE = "secure_lambda_callback";
/** Longer than a token is good for, so that it is seen to expire. */
const KEPT_MS = 12 * 3_600_000;
const MOST = 100;

/** The browsers that use the page, told apart by a cookie that neither scripts nor other sites get. */
export class CallbackSessions {
  readonly #sessions = new Map<string, Kept>();

  constructor(private readonly clock: Clock) {}

  find(headers: HeaderList): Session | undefined {
    const session = this.#sessions.get(idIn(headers) ?? "");
    return session !== undefined && session.until > this.clock.now() ? session : undefined;
  }

  /** The browser's session, or a new one with the cookie to set. */
  open(headers: HeaderList): { readonly session: Session; readonly cookie: HeaderList } {
    const known = this.find(headers);
    if (known !== undefined) return { session: known, cookie: [] };
    const id = randomBytes(24).toString("base64url");
    const session: Kept = { until: this.clock.now() + KEPT_MS };
    this.#sessions.set(id, session);
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > MOST && oldest !== undefined) this.#sessions.delete(oldest);
    // Lax: the login page sends the browser here from another site.
    return {
      session,
      cookie: [["Set-Cookie", `${COOKIE}=${id}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${KEPT_MS / 1000}`]],
    };
  }

  end(headers: HeaderList): void {
    this.#sessions.delete(idIn(headers) ?? "");
  }
}

function idIn(headers: HeaderList): string | undefined {
  const pairs = headerValues(headers, "cookie").flatMap((header) => header.split(";"));
  return pairs
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${COOKIE}=`))
    ?.slice(COOKIE.length + 1);
}
