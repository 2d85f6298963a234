import { randomBytes } from "node:crypto";
import type { Clock } from "../../kernel/clock";
import type { JsonObject } from "../../kernel/json";
import type { ClientSettings } from "./client-settings";
import type { Device } from "./devices";
import { notAuthorized } from "./errors";
import type { SrpExchange } from "./srp";
import type { User } from "./users";

export type ChallengeName =
  | "PASSWORD_VERIFIER"
  | "SELECT_CHALLENGE"
  | "NEW_PASSWORD_REQUIRED"
  | "SOFTWARE_TOKEN_MFA"
  | "MFA_SETUP"
  | "CUSTOM_CHALLENGE"
  | "DEVICE_SRP_AUTH"
  | "DEVICE_PASSWORD_VERIFIER";

/** A challenge that was answered, as triggers are told. */
export interface ChallengeResult {
  readonly challengeName: string;
  readonly challengeResult: boolean;
  readonly challengeMetadata: string | null;
}

/** A sign-in whose steps the pool's triggers decide on. */
export interface CustomAuth {
  /** As it was given. */
  readonly name: string;
  readonly results: readonly ChallengeResult[];
  /** Of the challenge that is open: what only the triggers know. */
  readonly privateParameters: JsonObject;
  readonly metadata: string | null;
}

/** A sign-in that has a further step to take. */
export interface Challenge {
  readonly name: ChallengeName;
  /** `undefined` for a name that nobody has: never for challenges that follow a password. */
  readonly user: User | undefined;
  readonly clientId: string;
  readonly expiresAt: number;
  /** `PASSWORD_VERIFIER`: the exchange, and the name that was given. */
  readonly srp?: { readonly exchange: SrpExchange; readonly name: string; readonly internalName: string };
  /** `DEVICE_SRP_AUTH`, `DEVICE_PASSWORD_VERIFIER`: the device to be proved. */
  readonly device?: Device;
  /** `SELECT_CHALLENGE`: the name that was given. */
  readonly givenName?: string;
  /** `MFA_SETUP`: the secret handed out, and whether a code has proved that the app has it. */
  readonly setup?: { readonly secret?: Buffer; readonly proved: boolean };
  /** `CUSTOM_CHALLENGE`, and `PASSWORD_VERIFIER` where custom challenges may follow. */
  readonly custom?: CustomAuth;
}

type Details = Pick<Challenge, "srp" | "device" | "givenName" | "setup" | "custom">;

const openChallenges = 10_000;

/** The `Session` strings of one pool: each stands for one challenge, ends with its time and works once. */
export class Challenges {
  private readonly bySession = new Map<string, Challenge>();

  constructor(private readonly clock: Clock) {}

  open(name: ChallengeName, user: User | undefined, client: ClientSettings, details: Details = {}): string {
    const now = this.clock.now();
    for (const [session, { expiresAt }] of this.bySession) {
      if (expiresAt > now && this.bySession.size < openChallenges) break;
      this.bySession.delete(session);
    }
    const session = randomBytes(96).toString("base64url");
    const expiresAt = now + client.challengeMinutes * 60_000;
    this.bySession.set(session, { name, user, clientId: client.id, expiresAt, ...details });
    return session;
  }

  /** The challenge of that session, which goes on: a wrong code can be tried again. */
  find(session: string, name: ChallengeName, clientId?: string): Challenge {
    const challenge = this.bySession.get(session);
    if (challenge?.name !== name || (clientId !== undefined && challenge.clientId !== clientId)) {
      throw notAuthorized("Invalid session for the user.");
    }
    if (challenge.expiresAt <= this.clock.now()) {
      throw notAuthorized("Invalid session for the user, session is expired.");
    }
    return challenge;
  }

  has(session: string): boolean {
    return this.bySession.has(session);
  }

  close(session: string): void {
    this.bySession.delete(session);
  }

  closeAllOf(user: User): void {
    for (const [session, challenge] of this.bySession) {
      if (challenge.user === user) this.bySession.delete(session);
    }
  }
}
