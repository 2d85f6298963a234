import type { Operations } from "../../../aws-api/service";
import { invalidParameter, notAuthorized, unknownUser, userDisabled } from "../errors";
import { sendCode } from "../messages";
import { checkPassword } from "../password";
import { postConfirmation } from "../registration";
import type { Attempt } from "../sign-in";
import { migrateUser } from "../user-migration";
import { checkSecretHash, clientOperation, type Directory } from "./access";
import { codeDelivery, metadataIn } from "./shapes";

/** A forgotten password: get a code by e-mail, set a new password with it. */
export const passwordRecoveryOperations: Operations<Directory> = {
  ForgotPassword: clientOperation(async ({ input, ...call }) => {
    const username = input.text("Username");
    checkSecretHash(call.client, username, input.optionalText("SecretHash"));
    const address = await forgotPassword({ ...call, metadata: metadataIn(input) }, username);
    return { CodeDeliveryDetails: codeDelivery(address) };
  }),
  ConfirmForgotPassword: clientOperation(async ({ input, ...call }) => {
    const username = input.text("Username");
    const code = input.text("ConfirmationCode");
    const password = input.text("Password");
    checkSecretHash(call.client, username, input.optionalText("SecretHash"));
    await confirmForgotPassword({ ...call, metadata: metadataIn(input) }, { username, code, password });
    return {};
  }),
};

/**
 * Sends a code to a user who forgot the password.
 *
 * @returns the address, or the name itself where the client hides that nobody can be reached by it
 */
async function forgotPassword(attempt: Attempt, username: string): Promise<string> {
  const { pool, client, metadata } = attempt;
  if (pool.settings.adminRecoveryOnly) throw notAuthorized("Contact administrator to reset password");
  if (pool.users.find(username) === undefined) {
    await migrateUser(attempt, "UserMigration_ForgotPassword", username);
  }
  const user = pool.users.find(username);
  const email = user?.attributes.get("email");
  const reachable = user?.enabled === true && user.attributes.get("email_verified") === "true";
  if (user?.status === "FORCE_CHANGE_PASSWORD") {
    throw notAuthorized("User password cannot be reset in the current state.");
  }
  if (user === undefined || email === undefined || !reachable) {
    if (client.hidesUsers) {
      pool.decoyCodes.issue(pool.clock.now(), pool.users.normalize(username));
      return username;
    }
    if (user === undefined) throw unknownUser();
    if (!user.enabled) throw userDisabled();
    throw invalidParameter(
      "Cannot reset password for the user as there is no registered/verified email or phone_number",
    );
  }
  const code = user.passwordResetCode.issue(pool.clock.now());
  const source = "CustomMessage_ForgotPassword";
  await sendCode(pool, user, email, code, { source, clientId: client.id, metadata });
  return email;
}

/** Sets a new password by the code that was sent. */
async function confirmForgotPassword(
  attempt: Attempt,
  {
    username,
    code,
    password,
  }: { readonly username: string; readonly code: string; readonly password: string },
): Promise<void> {
  const { pool, client } = attempt;
  checkPassword(password, pool.settings.passwordPolicy, "policy");
  const user = pool.users.find(username);
  const now = pool.clock.now();
  if (user === undefined || !user.enabled) {
    if (client.hidesUsers) throw pool.decoyCodes.refusal(now, pool.users.normalize(username), code);
    throw unknownUser();
  }
  user.passwordResetCode.redeem(now, code);
  pool.users.setPassword(user, password, now);
  user.status = "CONFIRMED";
  await postConfirmation(attempt, user, "PostConfirmation_ConfirmForgotPassword");
}
