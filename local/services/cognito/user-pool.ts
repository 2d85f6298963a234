import { createHmac, randomBytes } from "node:crypto";
import type { Clock } from "../../kernel/clock";
import type { FunctionInvoker } from "../../kernel/function-invoker";
import { Kept } from "../../kernel/kept";
import type { KeyPair } from "../../kernel/key-pair";
import { Challenges } from "./challenges";
import type { ClientSettings } from "./client-settings";
import { DecoyCodes } from "./confirmation-code";
import { Devices } from "./devices";
import { notFound } from "./errors";
import { Groups } from "./groups";
import { Lockout } from "./lockout";
import type { CodeMessage, CodePurpose } from "./messages";
import { unknownHash } from "./password";
import type { MessageTemplate, PoolSettings } from "./pool-settings";
import { SignInSessions } from "./sign-in-sessions";
import { decoyVerifier } from "./srp";
import { Triggers } from "./triggers";
import { type Credentials, type User, Users } from "./users";

/** One user pool at work: its settings, its key and everything that belongs to its users. */
export class UserPool {
  readonly users: Users;
  readonly groups: Groups;
  readonly lockout: Lockout;
  readonly sessions: SignInSessions;
  readonly challenges: Challenges;
  readonly devices: Devices;
  /** Those that are open to anybody, apart: opening many of them must not end the others. */
  readonly firstSteps: Challenges;
  /** For the forgotten passwords of names that nobody has. */
  readonly decoyCodes = new DecoyCodes(3_600_000);
  readonly triggers: Triggers;
  readonly createdAt: number;
  private readonly decoySecret = randomBytes(32);
  private readonly decoyHash = unknownHash();

  constructor(
    readonly settings: PoolSettings,
    readonly clients: readonly ClientSettings[],
    readonly keyPair: KeyPair,
    readonly clock: Clock,
    private readonly onCode: (message: CodeMessage) => void,
    functions: Pick<FunctionInvoker, "invoke">,
    kept = new Kept(),
  ) {
    this.triggers = new Triggers(settings, functions);
    this.users = kept.of(`users of ${settings.id}`, () => new Users(settings));
    this.groups = kept.of(`groups of ${settings.id}`, () => new Groups());
    this.lockout = new Lockout(clock);
    this.sessions = kept.of(`sessions of ${settings.id}`, () => new SignInSessions(clock));
    this.challenges = new Challenges(clock);
    this.devices = kept.of(`devices of ${settings.id}`, () => new Devices(settings.region));
    this.firstSteps = new Challenges(clock);
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

  /** The pool's own words for a message. */
  templateOf(purpose: CodePurpose): MessageTemplate {
    return purpose === "invitation" ? this.settings.invitation : this.settings.codeMessage;
  }

  /** Hands a message over. What calls send goes through `sendCode`, which asks the custom message trigger for its words. */
  deliver(
    user: User,
    email: string,
    code: string,
    purpose: CodePurpose,
    { subject, text } = this.templateOf(purpose),
  ): void {
    this.onCode({
      poolName: this.settings.name,
      poolId: this.settings.id,
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
