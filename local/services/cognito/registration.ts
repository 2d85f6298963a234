import { randomUUID } from "node:crypto";
import { AwsError } from "../../kernel/aws-error";
import { codeExpired, invalidParameter, notAuthorized, unknownUser } from "./errors";
import { sendCode } from "./messages";
import { checkPassword } from "./password";
import type { Attempt } from "./sign-in";
import type { TriggerSource } from "./trigger-settings";
import { attributesOf, type Metadata } from "./triggers";
import { attributesOfNewUser, checkWritable, requireComplete } from "./user-attributes";
import type { UserPool } from "./user-pool";
import type { User } from "./users";

/** Who signs up, as entered. */
export interface Registration {
  readonly username: string;
  readonly password: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** `ValidationData`, for the pre sign-up trigger alone. */
  readonly validation?: Metadata | undefined;
}

/** A user who signed up, and the address that a code went to, where one did. */
export interface Registered {
  readonly user: User;
  readonly sentTo: string | undefined;
}

/** Signs up by oneself. The pool's pre sign-up trigger may refuse, or confirm the user at once. */
export async function signUp(attempt: Attempt, registration: Registration): Promise<Registered> {
  const { pool, client } = attempt;
  const { username, password } = registration;
  if (pool.settings.adminCreateUserOnly) throw notAuthorized("SignUp is not permitted for this user pool");
  checkWritable(pool.settings, client, registration.attributes.keys());
  const attributes = attributesOfNewUser(pool.settings, username, registration.attributes);
  requireComplete(pool.settings, attributes);
  checkPassword(password, pool.settings.passwordPolicy, "policy");
  const sub = randomUUID();
  const response = await preSignUp(attempt, "PreSignUp_SignUp", sub, { ...registration, attributes });
  // The trigger runs for a name that is taken too (amazon-archives/amazon-cognito-auth-js#207).
  if (pool.users.find(username) !== undefined) throw usernameExists(pool, "User already exists");
  if (attributes.has("email")) {
    attributes.set("email_verified", String(response?.autoVerifyEmail === true));
  } else if (response?.autoVerifyEmail === true) {
    throw new AwsError(
      "InvalidLambdaResponseException",
      "PreSignUp: autoVerifyEmail is true without an email",
    );
  }
  const isConfirmed = response?.autoConfirmUser === true;
  const user = pool.users.create(
    { username, attributes, status: isConfirmed ? "CONFIRMED" : "UNCONFIRMED", password, sub },
    pool.clock.now(),
  );
  if (!isConfirmed) return { user, sentTo: await sendSignUpCode(attempt, user, "CustomMessage_SignUp") };
  await postConfirmation(attempt, user, "PostConfirmation_ConfirmSignUp");
  return { user, sentTo: undefined };
}

/** Asks the pre sign-up trigger about a new user, who has no `sub` among the attributes yet. */
export function preSignUp(
  { pool, client, metadata }: { readonly client?: Attempt["client"] } & Pick<Attempt, "pool" | "metadata">,
  source: TriggerSource & `PreSignUp_${string}`,
  sub: string,
  { username, attributes, validation }: Omit<Registration, "password">,
) {
  return pool.triggers.run(source, {
    userName: pool.settings.emailIsUsername ? sub : username,
    clientId: client?.id,
    request: {
      userAttributes: Object.fromEntries(attributes),
      validationData: validation ?? null,
      clientMetadata: metadata,
    },
  });
}

/** Tells the post confirmation trigger. The user stays confirmed where it fails. */
export async function postConfirmation(
  { pool, client, metadata }: { readonly client?: Attempt["client"] } & Pick<Attempt, "pool" | "metadata">,
  user: User,
  source: TriggerSource & `PostConfirmation_${string}`,
): Promise<void> {
  await pool.triggers.run(source, {
    userName: user.username,
    clientId: client?.id,
    request: { userAttributes: attributesOf(user), clientMetadata: metadata },
  });
}

/** Where users sign in by e-mail, AWS names the address (jonsaw/amazon-cognito-identity-dart#73, amplify-js#6238). */
export function usernameExists(pool: UserPool, message: string): AwsError {
  return new AwsError(
    "UsernameExistsException",
    pool.settings.emailIsUsername ? "An account with the given email already exists." : message,
  );
}

/** Confirms a sign-up by the code that was sent. */
export async function confirmSignUp(attempt: Attempt, username: string, code: string): Promise<void> {
  const { pool, client } = attempt;
  const user = pool.users.find(username);
  // "Managing user existence error responses", Amazon Cognito Developer Guide, for this and the operations below.
  if (user === undefined || !user.enabled) throw client.hidesUsers ? codeExpired() : unknownUser();
  requireUnconfirmed(user);
  user.signUpCode.redeem(pool.clock.now(), code);
  pool.users.update(user, new Map([["email_verified", "true"]]), pool.clock.now());
  user.status = "CONFIRMED";
  await postConfirmation(attempt, user, "PostConfirmation_ConfirmSignUp");
}

/** Throws for a user whose sign-up is not waiting to be confirmed. */
export function requireUnconfirmed(user: User): void {
  if (user.status === "UNCONFIRMED") return;
  throw notAuthorized(`User cannot be confirmed. Current status is ${user.status}`);
}

/**
 * Sends another code to a user who signed up.
 *
 * @returns the address, or the name itself where the client hides that nobody has it; `undefined` in a pool that sends none
 */
export async function resendSignUpCode(attempt: Attempt, username: string): Promise<string | undefined> {
  const { pool, client } = attempt;
  const user = pool.users.find(username);
  if (user === undefined || !user.enabled) {
    if (client.hidesUsers) return username;
    throw unknownUser();
  }
  if (user.status !== "UNCONFIRMED") throw invalidParameter("User is already confirmed.");
  return sendSignUpCode(attempt, user, "CustomMessage_ResendCode");
}

async function sendSignUpCode(
  { pool, client, metadata }: Attempt,
  user: User,
  source: "CustomMessage_SignUp" | "CustomMessage_ResendCode",
): Promise<string | undefined> {
  const email = user.attributes.get("email");
  if (!pool.settings.verifiesEmail || email === undefined) return undefined;
  const code = user.signUpCode.issue(pool.clock.now());
  await sendCode(pool, user, email, code, { source, clientId: client.id, metadata });
  return email;
}
