import { validation } from "../../kernel/input";
import type { ServiceDefinition } from "../service";
import { textRules } from "./input-rules";
import { administrationOperations } from "./operations/administration";
import { authenticatorAppOperations } from "./operations/authenticator-app";
import { challengeOperations } from "./operations/challenge-responses";
import { inventoryOperations } from "./operations/inventory";
import { listUsersOperations } from "./operations/list-users";
import { ownAccountOperations } from "./operations/own-account";
import { passwordRecoveryOperations } from "./operations/password-recovery";
import { signInOperations } from "./operations/sign-in";
import { signUpOperations } from "./operations/sign-up";
import { cognitoResourceTypes } from "./resources";
import { createUserDirectory, type UserDirectory } from "./user-directory";

/** Cognito's user pools: sign-up and sign-in through the API, administration, and the pools' keys. */
export const cognito: ServiceDefinition<UserDirectory> = {
  name: "cognito-idp",
  title: "Amazon Cognito user pools",
  wire: {
    protocol: "json",
    version: "1.1",
    targetPrefix: "AWSCognitoIdentityProviderService",
    messageKey: "message",
    // Cognito is called from browsers too, whose SDKs read the code here. The colon is Cognito's.
    errorHeaders: ({ code }) => [["x-amzn-ErrorType", `${code}:`]],
  },
  errors: {
    denied: { code: "AccessDeniedException", status: 400 },
    internal: {
      code: "InternalErrorException",
      message: "Amazon Cognito encountered an internal error.",
      status: 500,
    },
    throttled: { code: "TooManyRequestsException", message: "Rate exceeded", status: 400 },
    // Texts are left out of messages: most of these members are secret, and an error message ends in logs.
    input: { error: validation("InvalidParameterException", { shows: false }), texts: textRules },
  },
  resourceTypes: cognitoResourceTypes,
  operations: {
    ...signUpOperations,
    ...signInOperations,
    ...challengeOperations,
    ...passwordRecoveryOperations,
    ...ownAccountOperations,
    ...authenticatorAppOperations,
    ...administrationOperations,
    ...listUsersOperations,
    ...inventoryOperations,
  },
  create: ({ deployment, clock, notice }, { makeKeyPair }) =>
    createUserDirectory(deployment, {
      clock,
      ...(makeKeyPair === undefined ? {} : { makeKeyPair }),
      onCode: ({ poolName, email, code, purpose }) =>
        notice(`${poolName}: e-mail to ${email}: ${purpose} code ${code}`),
    }),
  ports: (directory) => ({ tokens: directory.verifier, users: directory }),
  warnings: ({ warnings }) => warnings,
};
