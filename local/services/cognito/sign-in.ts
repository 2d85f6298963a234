import { AwsError } from "../../kernel/aws-error";
import { matchingStep } from "./authenticator-code";
import type { Challenge, ChallengeName } from "./challenges";
import type { ClientSettings } from "./client-settings";
import { incorrectCredentials, invalidParameter, notAuthorized, userDisabled, userNotFound } from "./errors";
import { checkPassword, isPassword } from "./password";
import { isProof, openExchange, type SrpProof, toHex } from "./srp";
import { checkUpdate, checkWritable, missingAttributes } from "./user-attributes";
import type { UserPool } from "./user-pool";
import type { User } from "./users";

/**
 * Signing in to one pool through one client, step by step. Knows nothing of the API's shapes: the operations and the
 * login page are two ways to it.
 */
export interface Attempt {
  readonly pool: UserPool;
  readonly client: ClientSettings;
}

/** What a step of a sign-in came to: it is complete, or the user has to answer a challenge. */
export type Step =
  | { readonly kind: "signed-in"; readonly user: User }
  | {
      readonly kind: "challenge";
      readonly name: ChallengeName;
      /** To be given with the answer; left out where the parameters carry it. */
      readonly session?: string;
      readonly parameters: Readonly<Record<string, string>>;
      /** `SELECT_CHALLENGE`: what can be chosen. */
      readonly available?: readonly string[];
    };

/** Signs in with a user name and a password. */
export function signInWithPassword(attempt: Attempt, name: string, password: string): Step {
  const { pool, client } = attempt;
  const user = pool.users.find(name);
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
 * Opens an SRP exchange. Where the client hides who exists, a name that nobody has gets one too, and it fails at its
 * end as a wrong password does ("Managing user existence error responses", Amazon Cognito Developer Guide).
 */
export function startSrp({ pool, client }: Attempt, name: string, srpA: string): Step {
  const user = pool.users.find(name);
  if (user === undefined && !client.hidesUsers) throw userNotFound();
  const { username, credentials } = user ?? pool.decoy(name);
  const exchange = openExchange(srpA, credentials.srp);
  if (exchange === undefined) throw invalidParameter("SRP_A is not a number that this exchange can use.");
  const srp = { exchange, name, internalName: username };
  const session = pool.firstSteps.open("PASSWORD_VERIFIER", user, client, { srp });
  return {
    kind: "challenge",
    name: "PASSWORD_VERIFIER",
    parameters: {
      SALT: toHex(credentials.srp.salt),
      SRP_B: toHex(exchange.serverValue),
      SECRET_BLOCK: Buffer.from(session, "base64url").toString("base64"),
      USERNAME: username,
      USER_ID_FOR_SRP: username,
    },
  };
}

/** How clients write the time: `Tue Jan 6 09:05:01 UTC 2026`. */
const srpTimestamp = /^[A-Z][a-z]{2} [A-Z][a-z]{2} \d{1,2} \d{2}:\d{2}:\d{2} UTC \d{4}$/;

/** Ends an SRP exchange. The secret block stands for it, and works once. */
export function answerSrp(attempt: Attempt, proof: SrpProof): Step {
  const { pool, client } = attempt;
  if (!srpTimestamp.test(proof.timestamp)) {
    throw invalidParameter("TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english");
  }
  const session = proof.secretBlock.toString("base64url");
  const { user, srp } = pool.firstSteps.find(session, "PASSWORD_VERIFIER", client.id);
  pool.firstSteps.close(session);
  if (srp === undefined) throw notAuthorized("Invalid session for the user.");
  const counted = user ?? srp.name;
  admit(pool, counted);
  const isRight = isProof(pool.settings.id, srp.exchange, { ...proof, username: srp.internalName });
  const isSameUser = [srp.internalName, srp.name].includes(proof.username);
  if (!isRight || !isSameUser || user === undefined) {
    fail(pool, counted);
    throw incorrectCredentials();
  }
  return afterPassword(attempt, user);
}

/** Lets the user choose how to sign in: `USER_AUTH`. */
export function offerChoice({ pool, client }: Attempt, name: string): Step {
  const user = pool.users.find(name);
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
export function answerNewPassword(
  attempt: Attempt,
  answer: Answer & { readonly password: string; readonly attributes: ReadonlyMap<string, string> },
): Step {
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
  return secondFactor(attempt, user);
}

/** Takes the code of an authenticator app. */
export function answerAuthenticatorCode(attempt: Attempt, answer: Answer & { readonly code: string }): Step {
  const { pool } = attempt;
  const { user } = challengeOf(attempt, "SOFTWARE_TOKEN_MFA", answer);
  admit(pool, user);
  useAuthenticatorCode(pool, user, answer.code);
  pool.challenges.close(answer.session);
  return signedIn(pool, user);
}

/** Goes on once the app was set up with AssociateSoftwareToken and VerifySoftwareToken. */
export function finishMfaSetup(attempt: Attempt, answer: Answer): Step {
  const { pool } = attempt;
  const { user, setup } = challengeOf(attempt, "MFA_SETUP", answer);
  if (setup?.proved !== true) throw notAuthorized("Invalid session for the user.");
  pool.challenges.close(answer.session);
  return signedIn(pool, user);
}

/** What every answer to a challenge has. */
export interface Answer {
  readonly session: string;
  readonly username: string;
}

function challengeOf(
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

function afterPassword(attempt: Attempt, user: User): Step {
  const { pool, client } = attempt;
  if (!user.enabled) throw userDisabled();
  if (user.status === "UNCONFIRMED")
    throw new AwsError("UserNotConfirmedException", "User is not confirmed.");
  if (user.status === "RESET_REQUIRED")
    throw new AwsError("PasswordResetRequiredException", "Password reset required for the user");
  if (user.status === "FORCE_CHANGE_PASSWORD") return askForNewPassword(pool, client, user);
  return secondFactor(attempt, user);
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
function secondFactor({ pool, client }: Attempt, user: User): Step {
  const required = pool.settings.mfa === "ON";
  const parameters = { USER_ID_FOR_SRP: user.username };
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
  return signedIn(pool, user);
}

/** Forgets failed attempts only here: the password alone would else buy new guesses at the code of the app. */
function signedIn(pool: UserPool, user: User): Step {
  pool.lockout.forget(user);
  return { kind: "signed-in", user };
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

function admit(pool: UserPool, who: User | string): void {
  if (!pool.lockout.admits(counted(pool, who))) throw notAuthorized("Password attempts exceeded");
}

function fail(pool: UserPool, who: User | string): void {
  pool.lockout.failed(counted(pool, who));
}

function counted(pool: UserPool, who: User | string): User | string {
  return typeof who === "string" ? pool.users.normalize(who) : who;
}
