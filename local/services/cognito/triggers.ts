import type { Attributes } from "../../deployment/attributes";
import type { Deployment, Resource } from "../../deployment/deployment";
import { AwsError } from "../../kernel/aws-error";
import type { FunctionInvoker, InvocationResult } from "../../kernel/function-invoker";
import { isObject, type JsonObject, parseJson } from "../../kernel/json";
import { within } from "../../kernel/within";
import type { User } from "./users";

/**
 * The Lambda triggers of a user pool: the event, the invocation, the errors. What an answer changes is decided where the
 * trigger is run.
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

/** `ClientMetadata` of a call, which triggers are told. */
export type Metadata = Readonly<Record<string, string>>;

type Kind = TriggerSource extends `${infer K}_${string}` ? K : never;

/** By the first part of the source: the attribute of `lambda_config`, and the members that an answer fills in. */
const kinds: readonly {
  readonly kind: Kind;
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
  readonly functions: ReadonlyMap<Kind, string>;
  readonly tokenEventVersion: TokenEventVersion;
}

/**
 * Reads `lambda_config`. Functions that send e-mails or text messages in Cognito's place (`custom_email_sender`,
 * `custom_sms_sender`) are not read: they stop the start.
 */
export function readTriggers(pool: Resource, deployment: Deployment): TriggerSettings {
  const config = pool.block("lambda_config");
  const functions = new Map<Kind, string>();
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

/** What a trigger is run for. */
export interface TriggerCall {
  readonly userName: string;
  /** `CLIENT_ID_NOT_APPLICABLE` for what administrators do ("callerContext", Developer Guide, in events of AdminCreateUser). */
  readonly clientId?: string | undefined;
  readonly request: JsonObject;
}

/** "it must respond within 5 seconds. If it does not, Amazon Cognito retries the call. After three unsuccessful attempts …" */
const responseMs = 5000;
const attempts = 3;

/** Runs the functions of one pool's triggers, as `cognito-idp.amazonaws.com` acting for the pool. */
export class Triggers {
  constructor(
    private readonly pool: {
      readonly id: string;
      readonly arn: string;
      readonly region: string;
      readonly accountId: string;
      readonly triggers: TriggerSettings;
    },
    private readonly functions: Pick<FunctionInvoker, "invoke">,
  ) {}

  has(source: TriggerSource): boolean {
    return this.pool.triggers.functions.has(of(source).kind);
  }

  get tokenEventVersion(): TokenEventVersion {
    return this.pool.triggers.tokenEventVersion;
  }

  /**
   * The `response` that the trigger's function returned; `undefined` for a pool without that trigger.
   *
   * @throws AwsError `UserLambdaValidationException` where the function failed, `UnexpectedLambdaException` where it could
   *   not be run or did not answer, `InvalidLambdaResponseException` where its answer is not an event
   */
  async run(source: TriggerSource, call: TriggerCall): Promise<JsonObject | undefined> {
    const { kind } = of(source);
    const functionArn = this.pool.triggers.functions.get(kind);
    if (functionArn === undefined) return undefined;
    const result = await this.invoke(nameOf(kind), functionArn, JSON.stringify(this.eventOf(source, call)));
    const answer = parseJson(result.payload);
    if (!result.ok) {
      // aws-amplify/amplify-flutter#1051: "PreSignUp failed with error callback is not a function."
      const reason = isObject(answer) ? String(answer.errorMessage) : "null";
      throw new AwsError("UserLambdaValidationException", `${nameOf(kind)} failed with error ${reason}.`);
    }
    if (!isObject(answer) || !isObject(answer.response)) throw unrecognizable();
    return answer.response;
  }

  private eventOf(source: TriggerSource, { userName, clientId, request }: TriggerCall): JsonObject {
    const isLaterVersion = source.startsWith("TokenGeneration_") && this.tokenEventVersion !== "V1_0";
    return {
      version: isLaterVersion ? this.tokenEventVersion.charAt(1) : "1",
      triggerSource: source,
      region: this.pool.region,
      userPoolId: this.pool.id,
      userName,
      callerContext: {
        awsSdkVersion: "aws-sdk-unknown-unknown",
        clientId: clientId ?? "CLIENT_ID_NOT_APPLICABLE",
      },
      request,
      response: isLaterVersion ? { claimsAndScopeOverrideDetails: null } : of(source).response,
    };
  }

  private async invoke(name: string, functionArn: string, payload: string): Promise<InvocationResult> {
    const { arn, accountId } = this.pool;
    const service = "cognito-idp.amazonaws.com";
    const principal = { kind: "service", service, sourceArn: arn, sourceAccount: accountId } as const;
    for (let attempt = 0; attempt < attempts; attempt++) {
      const givenUp = new AbortController();
      const run = this.functions.invoke({ functionArn, payload, principal, signal: givenUp.signal });
      const result = await within(responseMs, run).catch((error: unknown) => {
        // awslabs/service-workbench-on-aws#1136: "PreSignUp invocation failed due to error AccessDeniedException."
        throw error instanceof AwsError ? unexpected(name, error.code) : error;
      });
      if (result !== undefined) return result;
      givenUp.abort();
    }
    // anomalyco/sst#1815, furaiev/amazon-cognito-identity-dart-2#204
    throw unexpected(name, "Socket timeout while invoking Lambda function");
  }
}

/** amazon-archives/amazon-cognito-identity-js#633 */
export function unrecognizable(): AwsError {
  return new AwsError("InvalidLambdaResponseException", "Unrecognizable lambda output");
}

function unexpected(name: string, reason: string): AwsError {
  return new AwsError("UnexpectedLambdaException", `${name} invocation failed due to error ${reason}.`);
}

/** `userAttributes` of an event for a user that there is. */
export function attributesOf(user: User): Record<string, string> {
  return {
    sub: user.sub,
    "cognito:user_status": user.status,
    ...Object.fromEntries(user.attributes),
  };
}

function of(source: TriggerSource) {
  const found = kinds.find(({ kind }) => source.startsWith(`${kind}_`));
  if (found === undefined) throw new Error(`no kind of trigger has the source ${source}`);
  return found;
}

/** As errors name it. */
function nameOf(kind: Kind): string {
  return kind === "TokenGeneration" ? "PreTokenGeneration" : kind;
}
