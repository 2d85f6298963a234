import type { AccessControl } from "../../iam/access-control";
import type { Activity, Hop } from "../../kernel/activity";
import { AwsError } from "../../kernel/aws-error";
import type { Clock } from "../../kernel/clock";
import type { Principal } from "../../kernel/principal";
import type { ReportUndelivered } from "../../kernel/undelivered";
import type { Ports } from "../ports";
import { envelope, lambdaEvent, type Notification } from "./notification";
import type { Subscription } from "./resources";

export interface DeliveryServices {
  readonly activity: Activity;
  readonly clock: Clock;
  readonly access: AccessControl;
  readonly ports: Pick<Ports, "functions" | "queues">;
  readonly report: ReportUndelivered;
}

/** Whether notifications of that protocol are delivered here. */
export function isDelivered(protocol: string): boolean {
  return protocol === "lambda" || protocol === "sqs";
}

/**
 * Delivers a notification to one subscription, as `sns.amazonaws.com` for the topic. Where that is not possible because
 * the function or queue is gone or does not permit it, it is not tried again: the notification goes to the
 * subscription's dead-letter queue, if that queue permits it, and is lost otherwise (Amazon SNS Developer Guide, "Amazon
 * SNS dead-letter queues"). What a function makes of its event is Lambda's business, not SNS's.
 */
export async function deliver(
  notification: Notification,
  subscription: Subscription,
  accountId: string,
  services: DeliveryServices,
): Promise<void> {
  const { report } = services;
  const note = (kind: Hop["kind"], detail: string, requestId?: string, to = subscription.arn) =>
    services.activity.went(
      notification.messageId,
      { at: services.clock.now(), kind, to, detail, ...(requestId === undefined ? {} : { requestId }) },
      notification.topicArn,
    );
  const principal: Principal = {
    kind: "service",
    service: "sns.amazonaws.com",
    sourceArn: notification.topicArn,
    sourceAccount: accountId,
  };
  try {
    const requestId = await deliverToEndpoint(notification, subscription, principal, services);
    note("delivered", subscription.endpoint, requestId);
  } catch (error) {
    const detail = `${subscription.endpoint}: ${messageOf(error)}`;
    report({ metric: "NumberOfNotificationsFailed", arn: subscription.arn, detail });
    note("failed", detail);
    if (subscription.deadLetterArn === undefined) {
      note("lost", "the subscription has no dead-letter queue");
      return;
    }
    try {
      await sendToQueue(subscription.deadLetterArn, notification, subscription, principal, services);
      note("dead letter", "undeliverable", undefined, subscription.deadLetterArn);
    } catch (reason) {
      note("lost", messageOf(reason), undefined, subscription.deadLetterArn);
      report({
        metric: "NumberOfNotificationsFailedToRedriveToDlq",
        arn: subscription.arn,
        detail: `${subscription.deadLetterArn}: ${messageOf(reason)}`,
      });
    }
  }
}

async function deliverToEndpoint(
  notification: Notification,
  subscription: Subscription,
  principal: Principal,
  services: DeliveryServices,
): Promise<string | undefined> {
  const { endpoint, protocol } = subscription;
  if (protocol === "lambda") {
    const payload = lambdaEvent(notification, subscription);
    const traceId = /Root=[^;]+/.exec(notification.traceHeader ?? "")?.[0];
    return services.ports.functions.invokeAsync({
      ...{ functionArn: endpoint, payload, principal, cause: notification.messageId },
      ...(traceId === undefined ? {} : { traceId }),
    });
  }
  if (protocol === "sqs") {
    await sendToQueue(endpoint, notification, subscription, principal, services);
    return undefined;
  }
  throw new AwsError("EndpointDisabled", `the local runtime does not deliver to the protocol ${protocol}`);
}

/** Also to a dead-letter queue, where the message is as the queue itself would have got it (recorded). */
async function sendToQueue(
  arn: string,
  notification: Notification,
  subscription: Subscription,
  principal: Principal,
  { access, activity, ports }: DeliveryServices,
): Promise<void> {
  await access.authorize({ principal, action: "sqs:SendMessage", resource: arn });
  const { attributes, groupId, traceHeader } = notification;
  const [body, own] = subscription.raw
    ? [notification.messageFor("sqs"), attributes]
    : [envelope(notification, subscription), {}];
  const { id } = ports.queues.send(arn, body, own, "sns.amazonaws.com", { groupId, traceHeader });
  activity.sentFor(id, notification.messageId);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
