import { operationInputs } from "../../aws-api/operation-inputs";
import { bindService } from "../../aws-api/service";
import { validation } from "../../kernel/input-dialect";
import type { ServiceDefinition } from "../service";
import { createLoginPort } from "./login/login-site";
import { administrationOperations } from "./operations/administration";
import { authenticatorAppOperations } from "./operations/authenticator-app";
import { deviceOperations } from "./operations/devices";
import { groupOperations } from "./operations/groups";
import { inventoryOperations } from "./operations/inventory";
import { ownAccountOperations } from "./operations/own-account";
import { passwordRecoveryOperations } from "./operations/password-recovery";
import { refreshOperations } from "./operations/refresh";
import { signInOperations } from "./operations/sign-in";
import { signUpOperations } from "./operations/sign-up";
import { cognitoResourceTypes, correctedShapes } from "./resources";
import { createUserDirectory, type UserDirectory } from "./user-directory";

/** Cognito's user pools: sign-up and sign-in through the API and the login page, administration, and the pools' keys. */
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
    // What aws-amplify 6.22.1 and amazon-cognito-identity-js 6.3.21 send, in lower case. AWS's own values are not published.
    pages: {
      allowedHeaders: [
        ...["amz-sdk-invocation-id", "amz-sdk-request", "cache-control", "content-type", "x-amz-target"],
        "x-amz-user-agent",
      ],
      exposedHeaders: ["x-amzn-RequestId", "x-amzn-ErrorType", "x-amzn-ErrorMessage", "Date"],
    },
  },
  errors: {
    denied: { code: "AccessDeniedException", status: 400 },
    internal: {
      code: "InternalErrorException",
      message: "Amazon Cognito encountered an internal error.",
      status: 500,
    },
    throttled: { code: "TooManyRequestsException", message: "Rate exceeded", status: 400 },
    input: validation("InvalidParameterException"),
  },
  inputs: operationInputs(__dirname, { shapes: correctedShapes }),
  resourceTypes: cognitoResourceTypes,
  operations: {
    ...signUpOperations,
    ...signInOperations,
    ...refreshOperations,
    ...passwordRecoveryOperations,
    ...ownAccountOperations,
    ...authenticatorAppOperations,
    ...administrationOperations,
    ...groupOperations,
    ...deviceOperations,
    ...inventoryOperations,
  },
  create: ({ deployment, clock, kept, notice, inbox, ports, browserUrl }, { makeKeyPair }) =>
    createUserDirectory(deployment, {
      clock,
      kept,
      functions: { invoke: (invocation) => ports.functions.invoke(invocation) },
      notice,
      browserUrl,
      ...(makeKeyPair === undefined ? {} : { makeKeyPair }),
      onCode: ({ email, ...message }) => {
        inbox.add({ at: clock.now(), to: email, medium: "EMAIL", ...message });
        notice(`${message.poolName}: e-mail to ${email}: ${message.purpose} code ${message.code}`);
      },
    }),
  ports: (directory) => ({
    tokens: directory.verifier,
    users: directory,
    login: createLoginPort(directory, bindService(cognito, directory)),
  }),
  warnings: ({ warnings }) => warnings,
};
