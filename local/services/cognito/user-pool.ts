import type { Clock } from "../../kernel/clock";
import type { KeyPair } from "../../kernel/key-pair";
import { Challenges } from "./challenges";
import type { ClientSettings } from "./client-settings";
import { notFound } from "./errors";
import { Lockout } from "./lockout";
import { generatePassword, hashPassword, type PasswordHash } from "./password";
import type { PoolSettings } from "./pool-settings";
import { SignInSessions } from "./sign-in-sessions";
import { Users } from "./users";

/** A message that Cognito would send by e-mail. */
export interface CodeMessage {
  readonly poolName: string;
  readonly poolId: string;
  readonly username: string;
  readonly email: string;
  /** The code; in an invitation the temporary password. */
  readonly code: string;
  readonly purpose: "sign-up" | "password-reset" | "invitation";
}

/** One user pool at work: its settings, its key and everything that belongs to its users. */
export class UserPool {
  readonly users: Users;
  readonly lockout: Lockout;
  readonly sessions: SignInSessions;
  readonly challenges: Challenges;
  /** Checked where there is no user, so that an unknown name takes as long as a wrong password. */
  readonly decoyPassword: PasswordHash;
  readonly createdAt: number;

  constructor(
    readonly settings: PoolSettings,
    readonly clients: readonly ClientSettings[],
    readonly keyPair: KeyPair,
    readonly clock: Clock,
    private readonly onCode: (message: CodeMessage) => void,
  ) {
    this.users = new Users(settings);
    this.lockout = new Lockout(clock);
    this.sessions = new SignInSessions(clock);
    this.challenges = new Challenges(clock);
    this.decoyPassword = hashPassword(generatePassword(settings.passwordPolicy));
    this.createdAt = clock.now();
  }

  client(id: string): ClientSettings {
    const client = this.clients.find((candidate) => candidate.id === id);
    if (client === undefined) throw notFound(`User pool client ${id} does not exist.`);
    return client;
  }

  send(message: Omit<CodeMessage, "poolName" | "poolId">): void {
    this.onCode({ poolName: this.settings.name, poolId: this.settings.id, ...message });
  }
}

/** The deployment's user pools. */
export class UserPools {
  constructor(readonly all: readonly UserPool[]) {}

  byId(id: string): UserPool {
    const pool = this.all.find(({ settings }) => settings.id === id);
    if (pool === undefined) throw notFound(`User pool ${id} does not exist.`);
    return pool;
  }

  ofClient(clientId: string): UserPool {
    const pool = this.all.find(({ clients }) => clients.some(({ id }) => id === clientId));
    if (pool === undefined) throw notFound(`User pool client ${clientId} does not exist.`);
    return pool;
  }
}
