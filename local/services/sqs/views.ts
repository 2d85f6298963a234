import { AwsError } from "../../kernel/aws-error";
import type { Input, Members } from "../../kernel/input";
import { md5, md5OfAttributes } from "../../kernel/message-attributes";
import type { Message, Queue } from "./queue";

/** A message as `ReceiveMessage` answers, with the attributes that were asked for. */
export function describeMessage(message: Message, input: Input): Members {
  const systemNames = [...input.texts("MessageSystemAttributeNames"), ...input.texts("AttributeNames")];
  const system = Object.entries(systemAttributes(message)).filter(
    ([name, value]) => value !== undefined && (systemNames.includes("All") || systemNames.includes(name)),
  );
  const wanted = input.texts("MessageAttributeNames");
  const attributes = Object.fromEntries(
    Object.entries(message.attributes).filter(([name]) => wanted.some((pattern) => names(pattern, name))),
  );
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(system.length > 0 ? { Attributes: Object.fromEntries(system) } : {}),
    ...(Object.keys(attributes).length > 0
      ? { MD5OfMessageAttributes: md5OfAttributes(attributes), MessageAttributes: attributes }
      : {}),
  };
}

/** `All`, `*`, `.*`, `prefix.*` or a name; a name that no attribute can have is not an error (recorded). */
function names(pattern: string, name: string): boolean {
  if (pattern === "All" || pattern === "*") return true;
  return pattern.endsWith(".*") ? name.startsWith(pattern.slice(0, -2)) : name === pattern;
}

export function systemAttributes(message: Message): Record<string, string | undefined> {
  return {
    SenderId: message.senderId,
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? message.sentAt),
    DeadLetterQueueSourceArn: message.deadLetterSourceArn,
    AWSTraceHeader: message.traceHeader,
    MessageGroupId: message.groupId,
  };
}

/** What `GetQueueAttributes` answers for the names that were asked for. */
export function describeQueue(queue: Queue, input: Input): Members {
  const asked = input.texts("AttributeNames");
  const known = queueAttributes(queue);
  const unknown = asked.find((name) => name !== "All" && !(name in known));
  if (unknown !== undefined) throw new AwsError("InvalidAttributeName", `Unknown Attribute ${unknown}.`);
  const found = Object.entries(known).filter(
    ([name, value]) => value !== undefined && (asked.includes("All") || asked.includes(name)),
  );
  return found.length === 0 ? {} : { Attributes: Object.fromEntries(found) };
}

function queueAttributes(queue: Queue): Record<string, string | undefined> {
  const { settings } = queue;
  const { visible, inFlight, delayed } = queue.counts();
  const created = String(Math.floor(queue.createdAt / 1000));
  return {
    QueueArn: settings.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: created,
    LastModifiedTimestamp: created,
    VisibilityTimeout: String(settings.visibilityTimeoutSeconds),
    MaximumMessageSize: String(settings.maxMessageBytes),
    MessageRetentionPeriod: String(settings.retentionSeconds),
    DelaySeconds: String(settings.delaySeconds),
    ReceiveMessageWaitTimeSeconds: String(settings.receiveWaitSeconds),
    ...settings.shown,
  };
}
