import { AwsError } from "../../kernel/aws-error";
import { matchingStep } from "./authenticator-code";
import type { Challenge, ChallengeName } from "./challenges";
import type { ClientSettings } from "./client-settings";
import type { Device } from "./devices";
import { incorrectCredentials, invalidParameter, notAuthorized, userDisabled, userNotFound } from "./errors";
import { checkPassword, isPassword } from "./password";
import type { TokenSource } from "./trigger-settings";
import { attributesOf, type Metadata } from "./triggers";
import { checkUpdate, checkWritable, missingAttributes } from "./user-attributes";
import { migrateUser } from "./user-migration";
import type { UserPool } from "./user-pool";
import type { User } from "./users";

/**
 * Signing in to one pool through one client, step by step. Knows nothing of the API's shapes: the operations and the
 * login page are two ways to it.
 */
export interface Attempt {
  readonly pool: UserPool;
  readonly client: ClientSettings;
  /** `ClientMetadata` of the call that begins: `validationData` for the triggers before the sign-in, nothing to those after. */
  readonly validation?: Metadata | undefined;
  /** `ClientMetadata` of a call that goes on, for the triggers after it. */
  readonly metadata?: Metadata | undefined;
  /** `DEVICE_KEY`: the device that the user says to be on. */
  readonly deviceKey?: string | undefined;
}

/** What a step of a sign-in came to: it is complete, or the user has to answer a challenge. */
export type Step =
  | {
      readonly kind: "signed-in";
      readonly user: User;
      /** What the pre token generation trigger is told of tokens of the API. */
      readonly source: TokenSource;
      /** Where the pool tracks devices: the one that was proved. */
      readonly device?: Device | undefined;
    }
  | {
      readonly kind: "challenge";
      readonly name: ChallengeName;
      /** To be given with the answer; left out where the parameters carry it. */
      readonly session?: string;
      readonly parameters: Readonly<Record<string, string>>;
      /** `SELECT_CHALLENGE`: what can be chosen. */
      readonly available?: readonly string[];
    };

/** Signs in with a user name and a password. A user that nobody knows yet may be migrated by that. */
export async function signInWithPassword(attempt: Attempt, name: string, password: string): Promise<Step> {
  const { pool, client } = attempt;
  if (pool.users.find(name) === undefined) {
    await migrateUser(attempt, "UserMigration_Authentication", name, password);
  }
  const user = await preAuthenticate(attempt, name);
  admit(pool, user ?? name);
  // Without a user the same work is done, so that the answer's time does not tell who exists.
  const { hash } = user?.credentials ?? pool.decoy(name).credentials;
  if (!isPassword(password, hash) || user === undefined) {
    fail(pool, user ?? name);
    throw user === undefined && !client.hidesUsers ? userNotFound() : incorrectCredentials();
  }
  return afterPassword(attempt, user);
}

/**
 * The user of that name, once the pre authentication trigger let the attempt pass. Where the client hides who exists it is
 * asked about names that nobody has too, with `userNotFound` (Developer Guide, Managing error responses).
 */
export async function preAuthenticate(attempt: Attempt, name: string): Promise<User | undefined> {
  const { pool, client, validation } = attempt;
  const user = pool.users.find(name);
  if (user === undefined && !client.hidesUsers) return undefined;
  await pool.triggers.run("PreAuthentication_Authentication", {
    userName: user?.username ?? name,
    clientId: client.id,
    request: {
      userAttributes: user === undefined ? {} : attributesOf(user),
      validationData: validation,
      ...(client.hidesUsers ? { userNotFound: user === undefined } : {}),
    },
  });
  return pool.users.find(name);
}

/** Lets the user choose how to sign in: `USER_AUTH`. */
export async function offerChoice(attempt: Attempt, name: string): Promise<Step> {
  const { pool, client } = attempt;
  const user = await preAuthenticate(attempt, name);
  if (user === undefined && !client.hidesUsers) throw userNotFound();
  return {
    kind: "challenge",
    name: "SELECT_CHALLENGE",
    session: pool.firstSteps.open("SELECT_CHALLENGE", user, client, { givenName: name }),
    parameters: {},
    available: ["PASSWORD_SRP", "PASSWORD"],
  };
}

/** Ends the offer, so that the way chosen can be begun. */
export function closeChoice({ pool, client }: Attempt, name: string, session: string): void {
  const { givenName } = pool.firstSteps.find(session, "SELECT_CHALLENGE", client.id);
  if (givenName !== name) throw notAuthorized("Invalid session for the user.");
  pool.firstSteps.close(session);
}

/** Replaces a temporary password, and fills in required attributes that are missing. */
export async function answerNewPassword(
  attempt: Attempt,
  answer: Answer & { readonly password: string; readonly attributes: ReadonlyMap<string, string> },
): Promise<Step> {
  const { pool, client } = attempt;
  const { user } = challengeOf(attempt, "NEW_PASSWORD_REQUIRED", answer);
  const { password, attributes } = answer;
  checkWritable(pool.settings, client, attributes.keys());
  checkUpdate(pool.settings, attributes);
  // Its owner was not asked for a code: another address would be taken over unproved.
  if (attributes.has("email") && user.attributes.has("email")) {
    throw invalidParameter("Cannot modify an already provided email");
  }
  const missing = missingAttributes(pool.settings, new Map([...user.attributes, ...attributes]));
  if (missing.length > 0) throw invalidParameter(`Invalid attributes given, ${missing[0]} is missing`);
  checkPassword(password, pool.settings.passwordPolicy, "password policy");
  pool.challenges.close(answer.session);
  pool.users.update(user, attributes, pool.clock.now());
  pool.users.setPassword(user, password, pool.clock.now());
  user.status = "CONFIRMED";
  return secondFactor(attempt, user, "TokenGeneration_NewPasswordChallenge");
}

/** Takes the code of an authenticator app. */
export async function answerAuthenticatorCode(
  attempt: Attempt,
  answer: Answer & { readonly code: string },
): Promise<Step> {
  const { pool } = attempt;
  const { user } = challengeOf(attempt, "SOFTWARE_TOKEN_MFA", answer);
  admit(pool, user);
  useAuthenticatorCode(pool, user, answer.code);
  pool.challenges.close(answer.session);
  return onDevice(attempt, user);
}

/** Goes on once the app was set up with AssociateSoftwareToken and VerifySoftwareToken. */
export async function finishMfaSetup(attempt: Attempt, answer: Answer): Promise<Step> {
  const { pool } = attempt;
  const { user, setup } = challengeOf(attempt, "MFA_SETUP", answer);
  if (setup?.proved !== true) throw notAuthorized("Invalid session for the user.");
  pool.challenges.close(answer.session);
  return onDevice(attempt, user);
}

/** What every answer to a challenge has. */
export interface Answer {
  readonly session: string;
  readonly username: string;
}

export function challengeOf(
  { pool, client }: Attempt,
  name: ChallengeName,
  { session, username }: Answer,
): Challenge & { readonly user: User } {
  const challenge = pool.challenges.find(session, name, client.id);
  const { user } = challenge;
  if (user === undefined || pool.users.find(username) !== user) {
    throw notAuthorized("Invalid session for the user.");
  }
  if (!user.enabled) throw userDisabled();
  return { ...challenge, user };
}

/** Goes on with a user whose password is right. */
export async function afterPassword(attempt: Attempt, user: User): Promise<Step> {
  requireSignInState(user);
  if (user.status === "FORCE_CHANGE_PASSWORD") return askForNewPassword(attempt.pool, attempt.client, user);
  return secondFactor(attempt, user);
}

/** Refuses a user who may not sign in at all. */
export function requireSignInState(user: User): void {
  if (!user.enabled) throw userDisabled();
  if (user.status === "UNCONFIRMED")
    throw new AwsError("UserNotConfirmedException", "User is not confirmed.");
  if (user.status === "RESET_REQUIRED")
    throw new AwsError("PasswordResetRequiredException", "Password reset required for the user");
}

function askForNewPassword(pool: UserPool, client: ClientSettings, user: User): Step {
  if (user.temporaryPasswordUntil !== undefined && user.temporaryPasswordUntil <= pool.clock.now()) {
    throw notAuthorized("Temporary password has expired and must be reset by an administrator.");
  }
  const missing = missingAttributes(pool.settings, user.attributes);
  return {
    kind: "challenge",
    name: "NEW_PASSWORD_REQUIRED",
    session: pool.challenges.open("NEW_PASSWORD_REQUIRED", user, client),
    parameters: {
      USER_ID_FOR_SRP: user.username,
      // With the prefix of the answers: so amazon-cognito-identity-js reads it (CognitoUser.js, 6.3.21).
      requiredAttributes: JSON.stringify(missing.map((name) => `userAttributes.${name}`)),
      userAttributes: JSON.stringify(Object.fromEntries(user.attributes)),
    },
  };
}

/** What follows the right password: a code of the authenticator app where one is asked for. */
async function secondFactor(attempt: Attempt, user: User, source?: TokenSource): Promise<Step> {
  const { pool, client } = attempt;
  const required = pool.settings.mfa === "ON";
  const parameters = { USER_ID_FOR_SRP: user.username };
  const device = deviceOf(attempt, user);
  if (pool.settings.devices?.replacesSecondFactor === true && device?.remembered === true)
    return onDevice(attempt, user);
  if (required && user.authenticator === undefined) {
    return {
      kind: "challenge",
      name: "MFA_SETUP",
      session: pool.challenges.open("MFA_SETUP", user, client),
      parameters: { ...parameters, MFAS_CAN_SETUP: '["SOFTWARE_TOKEN_MFA"]' },
    };
  }
  if (required || (pool.settings.mfa === "OPTIONAL" && user.mfaEnabled)) {
    const session = pool.challenges.open("SOFTWARE_TOKEN_MFA", user, client);
    return { kind: "challenge", name: "SOFTWARE_TOKEN_MFA", session, parameters };
  }
  return onDevice(attempt, user, source);
}

/** The last step: a device that was confirmed, and that the user says to be on, is to be proved. */
async function onDevice(attempt: Attempt, user: User, source?: TokenSource): Promise<Step> {
  const { pool, client } = attempt;
  const device = deviceOf(attempt, user);
  if (device === undefined) return signedIn(attempt, user, source);
  return {
    kind: "challenge",
    name: "DEVICE_SRP_AUTH",
    session: pool.challenges.open("DEVICE_SRP_AUTH", user, client, { device }),
    parameters: { DEVICE_KEY: device.key, USERNAME: user.username },
  };
}

/**
 * `undefined` where the pool does not track devices, none is said, or it was never confirmed.
 *
 * @throws AwsError for a device that is not the user's
 */
function deviceOf({ pool, deviceKey }: Attempt, user: User): Device | undefined {
  if (pool.settings.devices === undefined || deviceKey === undefined) return undefined;
  const device = pool.devices.require(user, deviceKey);
  return device.verifier === undefined ? undefined : device;
}

/** Forgets failed attempts only here: the password alone would else buy new guesses at the code of the app. */
export async function signedIn(
  { pool, client, metadata }: Attempt,
  user: User,
  source: TokenSource = "TokenGeneration_Authentication",
  device?: Device,
): Promise<Step> {
  pool.lockout.forget(user);
  const newDeviceUsed = pool.settings.devices !== undefined && device === undefined;
  await pool.triggers.run("PostAuthentication_Authentication", {
    userName: user.username,
    clientId: client.id,
    request: { userAttributes: attributesOf(user), newDeviceUsed, clientMetadata: metadata },
  });
  return { kind: "signed-in", user, source, device };
}

/** Wrong codes count as wrong passwords do: "Adding MFA to a user pool", Amazon Cognito Developer Guide. */
function useAuthenticatorCode(pool: UserPool, user: User, code: string): void {
  const { authenticator } = user;
  const step = authenticator && matchingStep(authenticator.secret, code, pool.clock.now());
  if (authenticator === undefined || step === undefined) {
    fail(pool, user);
    throw new AwsError("CodeMismatchException", "Invalid code received for user");
  }
  if (step <= authenticator.usedStep) {
    throw new AwsError("ExpiredCodeException", "Your software token has already been used once.");
  }
  authenticator.usedStep = step;
}

export function admit(pool: UserPool, who: User | string): void {
  if (!pool.lockout.admits(counted(pool, who))) throw notAuthorized("Password attempts exceeded");
}

export function fail(pool: UserPool, who: User | string): void {
  pool.lockout.failed(counted(pool, who));
}

function counted(pool: UserPool, who: User | string): User | string {
  return typeof who === "string" ? pool.users.normalize(who) : who;
}
