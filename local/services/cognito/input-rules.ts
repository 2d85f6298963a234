import type { TextRule } from "../../kernel/input";

const token: TextRule = { pattern: "[A-Za-z0-9-_=.]+" };
const password: TextRule = { max: 256, pattern: "[\\S]+" };
const authFlow: TextRule = {
  oneOf: [
    ...["USER_SRP_AUTH", "REFRESH_TOKEN_AUTH", "REFRESH_TOKEN", "CUSTOM_AUTH", "ADMIN_NO_SRP_AUTH"],
    ...["USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH", "USER_AUTH"],
  ],
};

/** The constraints of the service's API model on the members that the operations read. */
export const textRules: Readonly<Record<string, TextRule>> = {
  AccessToken: token,
  AuthFlow: authFlow,
  ChallengeName: { min: 1 },
  ClientId: { min: 1, max: 128, pattern: "[\\w+]+" },
  ClientSecret: { min: 1, max: 64, pattern: "[\\w+]+" },
  ConfirmationCode: { min: 1, max: 2048, pattern: "[\\S]+" },
  Filter: { max: 256 },
  MessageAction: { oneOf: ["RESEND", "SUPPRESS"] },
  PaginationToken: { min: 1, pattern: "[\\S]+" },
  Password: password,
  PreviousPassword: password,
  ProposedPassword: password,
  SecretHash: { min: 1, max: 128, pattern: "[\\w+=/]+" },
  Session: { min: 20, max: 2048 },
  TemporaryPassword: password,
  Token: token,
  UserCode: { min: 6, max: 6, pattern: "[0-9]+" },
  Username: { min: 1, max: 128, pattern: "[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+" },
  UserPoolId: { min: 1, max: 55, pattern: "[\\w-]+_[0-9a-zA-Z]+" },
};
