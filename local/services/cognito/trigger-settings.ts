import type { Attributes } from "../../deployment/attributes";
import type { Deployment, Resource } from "../../deployment/deployment";
import type { JsonObject } from "../../kernel/json";

/**
 * What a trigger is run because of: `triggerSource` of its event.
 *
 * Events are those of "Customizing user pool workflows with Lambda triggers" (Amazon Cognito Developer Guide) and of
 * @types/aws-lambda 8.10.164, `trigger/cognito-user-pool-trigger`.
 */
export type TriggerSource =
  | "PreSignUp_SignUp"
  | "PreSignUp_AdminCreateUser"
  | "PostConfirmation_ConfirmSignUp"
  | "PostConfirmation_ConfirmForgotPassword"
  | "PreAuthentication_Authentication"
  | "PostAuthentication_Authentication"
  | "DefineAuthChallenge_Authentication"
  | "CreateAuthChallenge_Authentication"
  | "VerifyAuthChallengeResponse_Authentication"
  | "UserMigration_Authentication"
  | "UserMigration_ForgotPassword"
  | MessageSource
  | TokenSource;

export type TokenSource = `TokenGeneration_${
  | "HostedAuth"
  | "Authentication"
  | "NewPasswordChallenge"
  | "RefreshTokens"
  | "ClientCredentials"}`;

export type MessageSource = `CustomMessage_${
  | "SignUp"
  | "AdminCreateUser"
  | "ResendCode"
  | "ForgotPassword"
  | "UpdateUserAttribute"
  | "VerifyUserAttribute"}`;

export type TriggerKind = TriggerSource extends `${infer K}_${string}` ? K : never;

/** By the first part of the source: the attribute of `lambda_config`, and the members that an answer fills in. */
const kinds: readonly {
  readonly kind: TriggerKind;
  readonly attribute: string;
  readonly response: JsonObject;
}[] = [
  {
    kind: "PreSignUp",
    attribute: "pre_sign_up",
    response: { autoConfirmUser: false, autoVerifyEmail: false, autoVerifyPhone: false },
  },
  { kind: "PostConfirmation", attribute: "post_confirmation", response: {} },
  { kind: "PreAuthentication", attribute: "pre_authentication", response: {} },
  { kind: "PostAuthentication", attribute: "post_authentication", response: {} },
  {
    kind: "TokenGeneration",
    attribute: "pre_token_generation",
    response: { claimsOverrideDetails: null },
  },
  {
    kind: "CustomMessage",
    attribute: "custom_message",
    response: { smsMessage: null, emailMessage: null, emailSubject: null },
  },
  {
    kind: "DefineAuthChallenge",
    attribute: "define_auth_challenge",
    response: { challengeName: null, issueTokens: null, failAuthentication: null },
  },
  {
    kind: "CreateAuthChallenge",
    attribute: "create_auth_challenge",
    response: { publicChallengeParameters: null, privateChallengeParameters: null, challengeMetadata: null },
  },
  {
    kind: "VerifyAuthChallengeResponse",
    attribute: "verify_auth_challenge_response",
    response: { answerCorrect: null },
  },
  {
    kind: "UserMigration",
    attribute: "user_migration",
    response: {
      ...{ userAttributes: null, forceAliasCreation: null, enableSMSMFA: null },
      ...{ finalUserStatus: null, messageAction: null, desiredDeliveryMediums: null },
    },
  },
];

export type TokenEventVersion = "V1_0" | "V2_0" | "V3_0";

/** The function of each trigger that the pool has. */
export interface TriggerSettings {
  readonly functions: ReadonlyMap<TriggerKind, string>;
  readonly tokenEventVersion: TokenEventVersion;
}

/**
 * Reads `lambda_config`. Functions that send e-mails or text messages in Cognito's place (`custom_email_sender`,
 * `custom_sms_sender`) are not read: they stop the start.
 */
export function readTriggers(pool: Resource, deployment: Deployment): TriggerSettings {
  const config = pool.block("lambda_config");
  const functions = new Map<TriggerKind, string>();
  for (const { kind, attribute } of kinds) {
    const arn = config?.optionalString(attribute);
    if (config !== undefined && arn !== undefined)
      functions.set(kind, known(config, attribute, arn, deployment));
  }
  const tokens = config?.block("pre_token_generation_config");
  const tokenFunction = tokens?.string("lambda_arn");
  if (tokens !== undefined && tokenFunction !== undefined) {
    const older = functions.get("TokenGeneration");
    // "This parameter and the PreTokenGeneration property have the same value" (API reference).
    if (older !== undefined && older !== tokenFunction) {
      tokens.fail("lambda_arn", `the function of pre_token_generation, ${older}`);
    }
    functions.set("TokenGeneration", known(tokens, "lambda_arn", tokenFunction, deployment));
  }
  return { functions, tokenEventVersion: readVersion(tokens) };
}

/** Another function would never run here, and every sign-in that needs it would fail. */
function known(config: Attributes, key: string, arn: string, deployment: Deployment): string {
  const isFunction = deployment
    .ofType("aws_lambda_function")
    .some((fn) => arn === fn.string("arn") || arn.startsWith(`${fn.string("arn")}:`));
  return isFunction ? arn : config.fail(key, "the ARN of a function of the deployment");
}

function readVersion(config: Attributes | undefined): TokenEventVersion {
  const version = config?.string("lambda_version") ?? "V1_0";
  if (version === "V1_0" || version === "V2_0" || version === "V3_0") return version;
  return config?.fail("lambda_version", "V1_0, V2_0 or V3_0") ?? "V1_0";
}

/** What a pool has to say of the trigger that a source belongs to. */
export function kindOf(source: TriggerSource) {
  const found = kinds.find(({ kind }) => source.startsWith(`${kind}_`));
  if (found === undefined) throw new Error(`no kind of trigger has the source ${source}`);
  return found;
}
