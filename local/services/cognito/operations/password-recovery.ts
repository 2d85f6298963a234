import type { Operations } from "../../../aws-api/service";
import { confirmForgotPassword, forgotPassword } from "../password-recovery";
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
