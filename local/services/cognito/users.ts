import { randomUUID } from "node:crypto";
import { ConfirmationCode } from "./confirmation-code";
import { hashPassword, type PasswordHash } from "./password";
import { createVerifier, type SrpVerifier } from "./srp";

export type UserStatus = "UNCONFIRMED" | "CONFIRMED" | "FORCE_CHANGE_PASSWORD" | "RESET_REQUIRED";

/** What is kept of a password, for both ways to prove it. */
export interface Credentials {
  readonly hash: PasswordHash;
  readonly srp: SrpVerifier;
}

export interface User {
  readonly sub: string;
  /** The `sub` where the pool's users sign in by e-mail. */
  readonly username: string;
  /** All but `sub`. */
  readonly attributes: Map<string, string>;
  readonly createdAt: number;
  modifiedAt: number;
  status: UserStatus;
  enabled: boolean;
  credentials: Credentials;
  /** When the password that an administrator gave stops working; `undefined` for a user's own. */
  temporaryPasswordUntil: number | undefined;
  authenticator: Authenticator | undefined;
  /** A secret handed out that no code has proved yet. */
  pendingAuthenticatorSecret: Buffer | undefined;
  mfaEnabled: boolean;
  /** A new e-mail address whose code was not entered yet, where the pool keeps the old one until then. */
  pendingEmail: string | undefined;
  readonly signUpCode: ConfirmationCode;
  readonly passwordResetCode: ConfirmationCode;
  readonly emailCode: ConfirmationCode;
}

export interface Authenticator {
  readonly secret: Buffer;
  /** The latest time step whose code was used: a code works once. */
  usedStep: number;
}

export interface NewUser {
  readonly username: string;
  readonly attributes: Map<string, string>;
  readonly status: UserStatus;
  readonly password: string;
  readonly temporaryPasswordUntil?: number;
  /** @default a new one */
  readonly sub?: string;
}

const hourMs = 3_600_000;

/** The users of one pool, found by every name they sign in with: no two users share one. */
export class Users {
  private readonly byName = new Map<string, User>();
  private readonly all = new Map<string, User>();

  constructor(
    private readonly pool: {
      readonly id: string;
      readonly emailIsUsername: boolean;
      readonly caseSensitive: boolean;
    },
  ) {}

  /** By user name, by `sub`, and by e-mail address where that is the user name. */
  find(name: string): User | undefined {
    return this.byName.get(this.normalize(name));
  }

  create(user: NewUser, now: number): User {
    const sub = user.sub ?? randomUUID();
    const username = this.pool.emailIsUsername ? sub : user.username;
    const created: User = {
      sub,
      username,
      attributes: user.attributes,
      createdAt: now,
      modifiedAt: now,
      status: user.status,
      enabled: true,
      credentials: this.credentialsOf(username, user.password),
      temporaryPasswordUntil: user.temporaryPasswordUntil,
      authenticator: undefined,
      pendingAuthenticatorSecret: undefined,
      mfaEnabled: false,
      signUpCode: new ConfirmationCode(24 * hourMs),
      passwordResetCode: new ConfirmationCode(hourMs),
      emailCode: new ConfirmationCode(24 * hourMs),
      pendingEmail: undefined,
    };
    this.all.set(sub, created);
    for (const name of this.namesOf(created)) this.byName.set(name, created);
    return created;
  }

  delete(user: User): void {
    this.all.delete(user.sub);
    for (const name of this.namesOf(user)) this.byName.delete(name);
  }

  /** Sets attributes; a new e-mail address is the name to sign in with from then on. */
  update(user: User, attributes: ReadonlyMap<string, string>, now: number): void {
    for (const name of this.namesOf(user)) this.byName.delete(name);
    for (const [name, value] of attributes) user.attributes.set(name, value);
    for (const name of this.namesOf(user)) this.byName.set(name, user);
    user.modifiedAt = now;
  }

  /** Removes attributes; a name to sign in with goes with its attribute. */
  removeAttributes(user: User, names: readonly string[], now: number): void {
    for (const name of this.namesOf(user)) this.byName.delete(name);
    for (const name of names) user.attributes.delete(name);
    for (const name of this.namesOf(user)) this.byName.set(name, user);
    user.modifiedAt = now;
  }

  /** `temporaryUntil`: for a password that an administrator gives and the user has to change. */
  setPassword(user: User, password: string, now: number, temporaryUntil?: number): void {
    user.credentials = this.credentialsOf(user.username, password);
    user.temporaryPasswordUntil = temporaryUntil;
    user.modifiedAt = now;
  }

  private credentialsOf(username: string, password: string): Credentials {
    return { hash: hashPassword(password), srp: createVerifier(this.pool.id, username, password) };
  }

  /** In the order in which they were created. */
  list(): User[] {
    return [...this.all.values()];
  }

  get size(): number {
    return this.all.size;
  }

  /** The form in which a pool compares names. */
  normalize(name: string): string {
    return this.pool.caseSensitive ? name : name.toLowerCase();
  }

  private namesOf(user: User): string[] {
    const email = this.pool.emailIsUsername ? user.attributes.get("email") : undefined;
    return [user.sub, user.username, ...(email === undefined ? [] : [email])].map((name) =>
      this.normalize(name),
    );
  }
}
