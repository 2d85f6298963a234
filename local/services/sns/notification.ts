import { parseArn } from "../../kernel/arn";
import type { MessageAttributes } from "../../kernel/message-attributes";
import type { PublishRequest } from "./publish-request";
import type { Subscription } from "./resources";

/** A message as published to a topic. */
export interface Notification extends Omit<PublishRequest, "bytes"> {
  readonly messageId: string;
  readonly topicArn: string;
  readonly timestamp: string;
}

/** The event of a function: `Records[].Sns`. */
export function lambdaEvent(notification: Notification, subscription: Subscription): string {
  const { signature, certificateUrl, unsubscribeUrl } = proof(notification, subscription);
  return JSON.stringify({
    Records: [
      {
        EventSource: "aws:sns",
        EventVersion: "1.0",
        EventSubscriptionArn: subscription.arn,
        Sns: {
          Type: "Notification",
          MessageId: notification.messageId,
          TopicArn: notification.topicArn,
          Subject: notification.subject ?? null,
          Message: notification.messageFor("lambda"),
          Timestamp: notification.timestamp,
          SignatureVersion: subscription.signatureVersion,
          Signature: signature,
          SigningCertUrl: certificateUrl,
          UnsubscribeUrl: unsubscribeUrl,
          MessageAttributes: envelopeAttributes(notification.attributes),
        },
      },
    ],
  });
}

/** The body of a queue's message, unless the subscription delivers raw messages. */
export function envelope(notification: Notification, subscription: Subscription): string {
  const { signature, certificateUrl, unsubscribeUrl } = proof(notification, subscription);
  const hasAttributes = Object.keys(notification.attributes).length > 0;
  return JSON.stringify(
    {
      Type: "Notification",
      MessageId: notification.messageId,
      TopicArn: notification.topicArn,
      ...(notification.subject === undefined ? {} : { Subject: notification.subject }),
      Message: notification.messageFor(subscription.protocol),
      Timestamp: notification.timestamp,
      SignatureVersion: subscription.signatureVersion,
      Signature: signature,
      SigningCertURL: certificateUrl,
      UnsubscribeURL: unsubscribeUrl,
      ...(hasAttributes ? { MessageAttributes: envelopeAttributes(notification.attributes) } : {}),
    },
    null,
    2,
  );
}

function envelopeAttributes(attributes: MessageAttributes): Record<string, { Type: string; Value: string }> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      { Type: DataType, Value: StringValue ?? BinaryValue ?? "" },
    ]),
  );
}

/** Looks like AWS's; nothing outside AWS can sign as SNS, so the signature does not verify. */
function proof(notification: Notification, subscription: Subscription) {
  const host = `https://sns.${parseArn(notification.topicArn)?.region}.amazonaws.com`;
  return {
    signature: Buffer.from(`not signed by AWS: ${notification.messageId}`).toString("base64"),
    certificateUrl: `${host}/SimpleNotificationService-${"0".repeat(32)}.pem`,
    unsubscribeUrl: `${host}/?Action=Unsubscribe&SubscriptionArn=${subscription.arn}`,
  };
}
