import type { AccessControl } from "../../iam/access-control";
import type { Activity, Hop } from "../../kernel/activity";
import { parseArn } from "../../kernel/arn";
import type { Clock } from "../../kernel/clock";
import type { FunctionInvoker, InvocationResult } from "../../kernel/function-invoker";
import { isObject, parseJson } from "../../kernel/json";
import type { MessageAttributes } from "../../kernel/message-attributes";
import type { Principal } from "../../kernel/principal";
import type { ReportUndelivered } from "../../kernel/undelivered";
import type { Ports } from "../ports";
import { asyncSettingsOf, type FunctionTarget } from "./function-directory";
import type { FunctionSettings } from "./function-settings";

/** An asynchronous event that Lambda is done with. */
export interface FinishedEvent {
  readonly target: FunctionTarget;
  readonly requestId: string;
  /** The message that it was, where a topic sent it. */
  readonly cause: string | undefined;
  readonly payload: string;
  readonly condition: "Success" | "RetriesExhausted" | "EventAgeExceeded" | "ZeroReservedConcurrency";
  readonly invokeCount: number;
  /** The last run's; `undefined` where the function never ran. */
  readonly result: InvocationResult | undefined;
}

export interface DestinationServices {
  readonly access: AccessControl;
  readonly activity: Activity;
  readonly clock: Clock;
  readonly ports: Pick<Ports, "queues" | "topics">;
  /** For destinations that are functions. */
  readonly invoker: Pick<FunctionInvoker, "invokeAsync">;
  /** The function acting with its own role. */
  readonly principalOf: (settings: FunctionSettings) => Principal;
  readonly report: ReportUndelivered;
}

/**
 * Sends a finished event's record to the on-success or on-failure destination, and a failed event itself to the
 * function's dead-letter queue, each with the permissions of the function's role. What cannot be sent is counted, as AWS
 * counts it, and gone.
 *
 * Lambda Developer Guide, "Capturing records of Lambda asynchronous invocations" and "Adding a dead-letter queue".
 */
export async function handOver(event: FinishedEvent, services: DestinationServices): Promise<void> {
  const { settings } = event.target;
  const { onSuccessArn, onFailureArn } = asyncSettingsOf(event.target);
  const succeeded = event.condition === "Success";
  const destination = succeeded ? onSuccessArn : onFailureArn;
  if (destination !== undefined) {
    await send(
      event,
      destination,
      record(event, services.clock),
      {},
      "DestinationDeliveryFailures",
      services,
    );
  }
  if (succeeded) return;
  const deadLetter = settings.deadLetterTargetArn;
  if (deadLetter !== undefined) {
    await send(event, deadLetter, event.payload, deadLetterAttributes(event), "DeadLetterErrors", services);
  }
  if (destination === undefined && deadLetter === undefined) {
    const detail = `event ${event.requestId}: ${event.condition}, and the function has neither an on-failure destination nor a dead-letter queue`;
    services.report({ metric: "AsyncEventsDropped", arn: settings.arn, detail });
    note(event, "lost", settings.arn, event.condition, services);
  }
}

function record(event: FinishedEvent, clock: Clock): string {
  const { result, target } = event;
  return JSON.stringify({
    version: "1.0",
    timestamp: new Date(clock.now()).toISOString(),
    requestContext: {
      requestId: event.requestId,
      functionArn: `${target.settings.arn}:${target.qualifier}`,
      condition: event.condition,
      approximateInvokeCount: event.invokeCount,
    },
    requestPayload: JSON.parse(event.payload),
    ...(result === undefined
      ? {}
      : {
          responseContext: {
            statusCode: 200,
            executedVersion: target.version,
            ...(result.ok ? {} : { functionError: "Unhandled" }),
          },
          responsePayload: JSON.parse(result.payload),
        }),
  });
}

function deadLetterAttributes({ requestId, result }: FinishedEvent): MessageAttributes {
  const [code, message] =
    result === undefined ? ["429", "Rate Exceeded."] : ["200", errorMessageOf(result.payload)];
  return {
    RequestID: { DataType: "String", StringValue: requestId },
    ErrorCode: { DataType: "Number", StringValue: code },
    // "Error message (truncated to 1 KB)"
    ErrorMessage: {
      DataType: "String",
      StringValue: Buffer.from(message).subarray(0, 1024).toString() || " ",
    },
  };
}

function errorMessageOf(payload: string): string {
  const parsed = parseJson(payload);
  return isObject(parsed) ? String(parsed.errorMessage ?? "") : "";
}

function note(
  { cause, requestId }: FinishedEvent,
  kind: Hop["kind"],
  to: string,
  detail: string,
  { activity, clock }: DestinationServices,
): void {
  activity.went(cause ?? requestId, { at: clock.now(), kind, to, requestId, detail });
}

async function send(
  event: FinishedEvent,
  targetArn: string,
  body: string,
  attributes: MessageAttributes,
  metric: "DestinationDeliveryFailures" | "DeadLetterErrors",
  services: DestinationServices,
): Promise<void> {
  const { access, ports, invoker, principalOf, report } = services;
  const { settings } = event.target;
  try {
    const principal = principalOf(settings);
    switch (parseArn(targetArn)?.service) {
      case "sqs":
        await access.authorize({ principal, action: "sqs:SendMessage", resource: targetArn });
        ports.queues.send(targetArn, body, attributes, "lambda.amazonaws.com");
        break;
      case "sns":
        await access.authorize({ principal, action: "sns:Publish", resource: targetArn });
        ports.topics.publish(targetArn, body, attributes);
        break;
      default:
        await invoker.invokeAsync({
          functionArn: targetArn,
          payload: body,
          principal,
          cause: event.cause ?? event.requestId,
        });
    }
    const kind = event.condition === "Success" ? "delivered" : "dead letter";
    note(event, kind, targetArn, event.condition, services);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    report({ metric, arn: settings.arn, detail: `${targetArn}: ${reason}` });
    note(event, "lost", targetArn, reason, services);
  }
}
