import { bindService } from "../../aws-api/service";
import type { TextRule } from "../../kernel/input";
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
import { signInOperations } from "./operations/sign-in";
import { signUpOperations } from "./operations/sign-up";
import { cognitoResourceTypes } from "./resources";
import { createUserDirectory, type UserDirectory } from "./user-directory";

const token: TextRule = { pattern: "[A-Za-z0-9-_=.]+" };
const password: TextRule = { max: 256, pattern: "[\\S]+" };
const name = "[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+";

/** The constraints of the service's API model on the members that the operations read (botocore 1.43.11). */
const textRules: Readonly<Record<string, TextRule>> = {
  AccessToken: token,
  AttributeName: { min: 1, max: 32, pattern: "[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\t\\n\\r ]+" },
  AuthFlow: {
    oneOf: [
      ...["USER_SRP_AUTH", "REFRESH_TOKEN_AUTH", "REFRESH_TOKEN", "CUSTOM_AUTH", "ADMIN_NO_SRP_AUTH"],
      ...["USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH", "USER_AUTH"],
    ],
  },
  ChallengeName: {
    oneOf: [
      ...["SMS_MFA", "EMAIL_OTP", "SOFTWARE_TOKEN_MFA", "SELECT_MFA_TYPE", "MFA_SETUP", "PASSWORD_VERIFIER"],
      ...["CUSTOM_CHALLENGE", "SELECT_CHALLENGE", "DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER"],
      ...["ADMIN_NO_SRP_AUTH", "NEW_PASSWORD_REQUIRED", "SMS_OTP", "PASSWORD", "WEB_AUTHN", "PASSWORD_SRP"],
    ],
  },
  ClientId: { min: 1, max: 128, pattern: "[\\w+]+" },
  ClientSecret: { min: 1, max: 64, pattern: "[\\w+]+" },
  Code: { min: 1, max: 2048, pattern: "[\\S]+" },
  ConfirmationCode: { min: 1, max: 2048, pattern: "[\\S]+" },
  Description: { max: 2048 },
  DeviceKey: { min: 1, max: 55, pattern: "[\\w-]+_[0-9a-f-]+" },
  DeviceRememberedStatus: { oneOf: ["remembered", "not_remembered"] },
  Domain: { min: 1, max: 63, pattern: "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?" },
  Filter: { max: 256 },
  GroupName: { min: 1, max: 128, pattern: name },
  Identifier: { min: 1, max: 256, pattern: "[\\x21\\x23-\\x5B\\x5D-\\x7E]+" },
  MessageAction: { oneOf: ["RESEND", "SUPPRESS"] },
  Name: { min: 1, max: 32, pattern: "[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\t\\n\\r ]+" },
  NextToken: { min: 1, pattern: "[\\S]+" },
  PaginationToken: { min: 1, pattern: "[\\S]+" },
  Password: password,
  PreviousPassword: password,
  ProposedPassword: password,
  RefreshToken: token,
  RoleArn: {
    min: 20,
    max: 2048,
    pattern:
      "arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:([\\w+=/,.@-]*)?:[0-9]+:[\\w+=/,.@-]+(:[\\w+=/,.@-]+)?(:[\\w+=/,.@-]+)?",
  },
  SecretHash: { min: 1, max: 128, pattern: "[\\w+=/]+" },
  Session: { min: 20, max: 2048 },
  TemporaryPassword: password,
  Token: token,
  UserCode: { min: 6, max: 6, pattern: "[0-9]+" },
  Username: { min: 1, max: 128, pattern: name },
  UserPoolId: { min: 1, max: 55, pattern: "[\\w-]+_[0-9a-zA-Z]+" },
  Value: { max: 2048 },
};

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
    // Texts are left out of messages: most of these members are secret, and an error message ends in logs.
    input: { error: validation("InvalidParameterException", { shows: false }), texts: textRules },
  },
  resourceTypes: cognitoResourceTypes,
  operations: {
    ...signUpOperations,
    ...signInOperations,
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
