import type { Operations } from "../../../aws-api/service";
import { codeMismatch, invalidParameter, notAuthorized, unknownUser, userDisabled } from "../errors";
import { checkPassword } from "../password";
import { type ClientCall, checkSecretHash, clientOperation, type Directory } from "./access";
import { codeDelivery } from "./shapes";

/** A forgotten password: get a code by e-mail, set a new password with it. */
export const passwordRecoveryOperations: Operations<Directory> = {
  ForgotPassword: clientOperation(forgotPassword),
  ConfirmForgotPassword: clientOperation(confirmForgotPassword),
};

function forgotPassword({ pool, client, input }: ClientCall) {
  const username = input.text("Username");
  checkSecretHash(client, username, input.optionalText("SecretHash"));
  if (pool.settings.adminRecoveryOnly) throw notAuthorized("Contact administrator to reset password");
  const user = pool.users.find(username);
  const email = user?.attributes.get("email");
  const reachable = user?.enabled === true && user.attributes.get("email_verified") === "true";
  if (user?.status === "FORCE_CHANGE_PASSWORD") {
    throw notAuthorized("User password cannot be reset in the current state.");
  }
  if (user === undefined || email === undefined || !reachable) {
    if (client.hidesUsers) return { CodeDeliveryDetails: codeDelivery(username) };
    if (user === undefined) throw unknownUser();
    if (!user.enabled) throw userDisabled();
    throw invalidParameter(
      "Cannot reset password for the user as there is no registered/verified email or phone_number",
    );
  }
  const code = user.passwordResetCode.issue(pool.clock.now());
  pool.send(user, email, code, "password-reset");
  return { CodeDeliveryDetails: codeDelivery(email) };
}

function confirmForgotPassword({ pool, client, input }: ClientCall) {
  const username = input.text("Username");
  const code = input.text("ConfirmationCode");
  const password = input.text("Password");
  checkSecretHash(client, username, input.optionalText("SecretHash"));
  checkPassword(password, pool.settings.passwordPolicy, "policy");
  const user = pool.users.find(username);
  if (user === undefined || !user.enabled) throw client.hidesUsers ? codeMismatch() : unknownUser();
  const now = pool.clock.now();
  user.passwordResetCode.redeem(now, code);
  pool.users.setPassword(user, password, now);
  user.status = "CONFIRMED";
  return {};
}
