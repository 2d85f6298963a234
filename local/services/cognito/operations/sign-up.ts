import type { Operations } from "../../../aws-api/service";
import { AwsError } from "../../../kernel/aws-error";
import { codeExpired, invalidParameter, notAuthorized, unknownUser } from "../errors";
import { checkPassword } from "../password";
import { attributesOfNewUser, checkWritable, requireComplete } from "../user-attributes";
import type { UserPool } from "../user-pool";
import type { User } from "../users";
import { type ClientCall, checkSecretHash, clientOperation, type Directory } from "./access";
import { attributesIn, codeDelivery } from "./shapes";

/** Sign-up by oneself: register, get a code by e-mail, confirm with it. */
export const signUpOperations: Operations<Directory> = {
  SignUp: clientOperation(signUp),
  ConfirmSignUp: clientOperation(confirmSignUp),
  ResendConfirmationCode: clientOperation(resendConfirmationCode),
};

function signUp({ pool, client, input }: ClientCall) {
  const username = input.text("Username");
  const password = input.text("Password");
  checkSecretHash(client, username, input.optionalText("SecretHash"));
  if (pool.settings.adminCreateUserOnly) throw notAuthorized("SignUp is not permitted for this user pool");
  const given = attributesIn(input, "UserAttributes");
  checkWritable(pool.settings, client, given.keys());
  const attributes = attributesOfNewUser(pool.settings, username, given);
  requireComplete(pool.settings, attributes);
  checkPassword(password, pool.settings.passwordPolicy, "policy");
  if (pool.users.find(username) !== undefined) {
    throw usernameExists(pool, "User already exists");
  }
  if (attributes.has("email")) attributes.set("email_verified", "false");
  const now = pool.clock.now();
  const user = pool.users.create({ username, attributes, status: "UNCONFIRMED", password }, now);
  return { UserConfirmed: false, UserSub: user.sub, ...sendSignUpCode(pool, user) };
}

/** Where users sign in by e-mail, AWS names the address (jonsaw/amazon-cognito-identity-dart#73, amplify-js#6238). */
export function usernameExists(pool: UserPool, message: string): AwsError {
  return new AwsError(
    "UsernameExistsException",
    pool.settings.emailIsUsername ? "An account with the given email already exists." : message,
  );
}

function confirmSignUp({ pool, client, input }: ClientCall) {
  const username = input.text("Username");
  const code = input.text("ConfirmationCode");
  checkSecretHash(client, username, input.optionalText("SecretHash"));
  const user = pool.users.find(username);
  // "Managing user existence error responses", Amazon Cognito Developer Guide, for this and the operations below.
  if (user === undefined || !user.enabled) throw client.hidesUsers ? codeExpired() : unknownUser();
  confirm(user);
  user.signUpCode.redeem(pool.clock.now(), code);
  pool.users.update(user, new Map([["email_verified", "true"]]), pool.clock.now());
  user.status = "CONFIRMED";
  return {};
}

/** Throws for a user whose sign-up is not waiting to be confirmed. */
export function confirm(user: User): void {
  if (user.status === "UNCONFIRMED") return;
  throw notAuthorized(`User cannot be confirmed. Current status is ${user.status}`);
}

function resendConfirmationCode({ pool, client, input }: ClientCall) {
  const username = input.text("Username");
  checkSecretHash(client, username, input.optionalText("SecretHash"));
  const user = pool.users.find(username);
  if (user === undefined || !user.enabled) {
    if (client.hidesUsers) return { CodeDeliveryDetails: codeDelivery(username) };
    throw unknownUser();
  }
  if (user.status !== "UNCONFIRMED") throw invalidParameter("User is already confirmed.");
  return sendSignUpCode(pool, user);
}

function sendSignUpCode(pool: UserPool, user: User): Record<string, unknown> {
  const email = user.attributes.get("email");
  if (!pool.settings.verifiesEmail || email === undefined) return {};
  const code = user.signUpCode.issue(pool.clock.now());
  pool.send(user, email, code, "sign-up");
  return { CodeDeliveryDetails: codeDelivery(email) };
}
