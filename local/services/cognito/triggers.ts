import { AwsError } from "../../kernel/aws-error";
import type { FunctionInvoker, InvocationResult } from "../../kernel/function-invoker";
import { isObject, type JsonObject, parseJson } from "../../kernel/json";
import { within } from "../../kernel/within";
import {
  kindOf,
  type TokenEventVersion,
  type TriggerKind,
  type TriggerSettings,
  type TriggerSource,
} from "./trigger-settings";
import type { User } from "./users";

/** `ClientMetadata` of a call, which triggers are told. */
export type Metadata = Readonly<Record<string, string>>;

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

/**
 * Runs the functions of one pool's triggers, as `cognito-idp.amazonaws.com` acting for the pool: the event, the invocation, the
 * errors. What an answer changes is decided where the trigger is run.
 */
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
    return this.pool.triggers.functions.has(kindOf(source).kind);
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
    const { kind } = kindOf(source);
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
      response: isLaterVersion ? { claimsAndScopeOverrideDetails: null } : kindOf(source).response,
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

/** As errors name it. */
function nameOf(kind: TriggerKind): string {
  return kind === "TokenGeneration" ? "PreTokenGeneration" : kind;
}
