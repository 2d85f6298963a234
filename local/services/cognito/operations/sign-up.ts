import type { Operations } from "../../../aws-api/service";
import { confirmSignUp, resendSignUpCode, signUp } from "../registration";
import { checkSecretHash, clientOperation, type Directory } from "./access";
import { attributesIn, codeDelivery, metadataIn, validationIn } from "./shapes";

/** Sign-up by oneself: register, get a code by e-mail, confirm with it. */
export const signUpOperations: Operations<Directory> = {
  SignUp: clientOperation(async ({ input, ...call }) => {
    const username = input.text("Username");
    const password = input.text("Password");
    checkSecretHash(call.client, username, input.optionalText("SecretHash"));
    const { user, sentTo } = await signUp(
      { ...call, metadata: metadataIn(input) },
      {
        username,
        password,
        attributes: attributesIn(input, "UserAttributes"),
        validation: validationIn(input),
      },
    );
    return { UserConfirmed: user.status === "CONFIRMED", UserSub: user.sub, ...deliveryOf(sentTo) };
  }),
  ConfirmSignUp: clientOperation(async ({ input, ...call }) => {
    const username = input.text("Username");
    const code = input.text("ConfirmationCode");
    checkSecretHash(call.client, username, input.optionalText("SecretHash"));
    await confirmSignUp({ ...call, metadata: metadataIn(input) }, username, code);
    return {};
  }),
  ResendConfirmationCode: clientOperation(async ({ input, ...call }) => {
    const username = input.text("Username");
    checkSecretHash(call.client, username, input.optionalText("SecretHash"));
    return deliveryOf(await resendSignUpCode({ ...call, metadata: metadataIn(input) }, username));
  }),
};

function deliveryOf(address: string | undefined) {
  return address === undefined ? {} : { CodeDeliveryDetails: codeDelivery(address) };
}
