import { createHmac, randomBytes } from "node:crypto";
import type { Clock } from "../../kernel/clock";
import type { FunctionInvoker } from "../../kernel/function-invoker";
import type { KeyPair } from "../../kernel/key-pair";
import { Challenges } from "./challenges";
import type { ClientSettings } from "./client-settings";
import { notFound } from "./errors";
import { Groups } from "./groups";
import { Lockout } from "./lockout";
import { generatePassword, hashPassword } from "./password";
import type { PoolSettings } from "./pool-settings";
import { SignInSessions } from "./sign-in-sessions";
import { decoyVerifier } from "./srp";
import { Triggers } from "./triggers";
import { type Credentials, type User, Users } from "./users";

export type CodePurpose = "sign-up" | "password-reset" | "invitation" | "attribute-verification";

/** A message that Cognito would send by e-mail. */
export interface CodeMessage {
  readonly poolName: string;
  readonly poolId: string;
  readonly username: string;
  readonly email: string;
  /** The code; in an invitation the temporary password. */
  readonly code: string;
  readonly purpose: CodePurpose;
  readonly subject: string;
  /** May have tags: Cognito's templates are HTML. */
  readonly text: string;
}

/** One user pool at work: its settings, its key and everything that belongs to its users. */
export class UserPool {
  readonly users: Users;
  readonly groups = new Groups();
  readonly lockout: Lockout;
  readonly sessions: SignInSessions;
  readonly challenges: Challenges;
  /** Those that are open to anybody, apart: opening many of them must not end the others. */
  readonly firstSteps: Challenges;
  readonly triggers: Triggers;
  readonly createdAt: number;
  private readonly decoySecret = randomBytes(32);
  private readonly decoyHash: Credentials["hash"];

  constructor(
    readonly settings: PoolSettings,
    readonly clients: readonly ClientSettings[],
    readonly keyPair: KeyPair,
    readonly clock: Clock,
    private readonly onCode: (message: CodeMessage) => void,
    functions: Pick<FunctionInvoker, "invoke">,
  ) {
    this.triggers = new Triggers(settings, functions);
    this.users = new Users(settings);
    this.lockout = new Lockout(clock);
    this.sessions = new SignInSessions(clock);
    this.challenges = new Challenges(clock);
    this.firstSteps = new Challenges(clock);
    this.decoyHash = hashPassword(generatePassword(settings.passwordPolicy));
    this.createdAt = clock.now();
  }

  client(id: string): ClientSettings {
    const client = this.clients.find((candidate) => candidate.id === id);
    if (client === undefined) throw notFound(`User pool client ${id} does not exist.`);
    return client;
  }

  /**
   * What a name that nobody has is checked against, so that it takes as long as a user with a wrong password and looks
   * the same from call to call.
   */
  decoy(name: string): { readonly username: string; readonly credentials: Credentials } {
    const normalized = this.users.normalize(name);
    const uuid = createHmac("sha256", this.decoySecret).update(`username/${normalized}`).digest();
    return {
      username: this.settings.emailIsUsername ? toUuid(uuid) : name,
      credentials: { hash: this.decoyHash, srp: decoyVerifier(this.decoySecret, normalized) },
    };
  }

  /** Sends the user an e-mail with a code, or with a temporary password, in the pool's words. */
  send(user: User, email: string, code: string, purpose: CodePurpose): void {
    const { codeMessage, invitation, name, id } = this.settings;
    const { subject, text } = purpose === "invitation" ? invitation : codeMessage;
    this.onCode({
      poolName: name,
      poolId: id,
      username: user.username,
      email,
      code,
      purpose,
      subject,
      text: text.replaceAll("{####}", code).replaceAll("{username}", email),
    });
  }
}

/** A UUID of version 4 with these bytes, as a user's own is. */
function toUuid(bytes: Buffer): string {
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex", 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
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
