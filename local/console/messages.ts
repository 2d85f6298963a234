import type { MessageRecord } from "../kernel/activity";
import { parseArn } from "../kernel/arn";
import { isObject, parseJson } from "../kernel/json";
import type { WaitingMessage } from "../services/ports";
import type { MessagesOverview, MessageView, QueuedMessage, QueueView, TopicView } from "./contract";
import { CallError } from "./routes/call";
import type { View } from "./view";

const MOST_QUEUED = 100;
const MOST_RECENT = 200;
const BODY_LENGTH = 4_096;

export function messageViewOf(message: MessageRecord): MessageView {
  const { messageId, at, cause, topicArn, hops } = message;
  return {
    ...{ messageId, at, hops },
    ...(cause === undefined ? {} : { causedBy: cause }),
    ...(topicArn === undefined ? {} : { topicArn }),
  };
}

export function messagesOverview(view: View): MessagesOverview {
  const { deployment, activity } = view.host.runtime.inside;
  return {
    topics: deployment.ofType("aws_sns_topic").map((topic) => topicView(view, topic.string("arn"))),
    queues: deployment.ofType("aws_sqs_queue").map((queue) => queueView(view, queue.string("arn"))),
    recent: activity.messages.recent(MOST_RECENT).map(messageViewOf),
  };
}

function topicView({ host }: View, arn: string): TopicView {
  const { deployment, activity } = host.runtime.inside;
  const topic = deployment.find("aws_sns_topic", "arn", arn);
  const hops = activity.messages.recent().flatMap((message) => message.hops);
  const subscriptions = deployment
    .ofType("aws_sns_topic_subscription")
    .filter((subscription) => subscription.string("topic_arn") === arn)
    .map((subscription) => {
      const own = hops.filter(({ to }) => to === subscription.string("arn"));
      const deadLetterQueue = deadLetterTargetOf(subscription.optionalString("redrive_policy"));
      return {
        arn: subscription.string("arn"),
        protocol: subscription.string("protocol"),
        endpoint: subscription.string("endpoint"),
        delivered: own.filter(({ kind }) => kind === "delivered").length,
        failed: own.filter(({ kind }) => kind === "failed").length,
        ...(deadLetterQueue === undefined ? {} : { deadLetterQueue }),
      };
    });
  return { arn, name: topic?.string("name") ?? arn, address: topic?.address ?? "", subscriptions };
}

function deadLetterTargetOf(redrivePolicy: string | undefined): string | undefined {
  const policy = parseJson(redrivePolicy ?? "{}");
  return isObject(policy) && typeof policy.deadLetterTargetArn === "string"
    ? policy.deadLetterTargetArn
    : undefined;
}

function queueView(view: View, arn: string): QueueView {
  const { inside, awsEndpointUrl } = view.host.runtime;
  const queue = inside.deployment.find("aws_sqs_queue", "arn", arn);
  const name = queue?.string("name") ?? arn;
  const messages = inside.ports.queues.look(arn);
  const visible = messages.filter(({ isVisible }) => isVisible).length;
  return {
    ...{ arn, name, address: queue?.address ?? "" },
    url: `${awsEndpointUrl}/${inside.deployment.accountId}/${name}`,
    deadLettersOf: deadLettersOf(view, arn),
    messages: messages.slice(0, MOST_QUEUED).map((message) => queued(message, view.kept.isOn)),
    visible,
    notVisible: messages.length - visible,
  };
}

/** Subscriptions, functions and queues that give up to the queue. */
function deadLettersOf({ host }: View, arn: string): string[] {
  const { deployment } = host.runtime.inside;
  const redriving = ["aws_sns_topic_subscription", "aws_sqs_queue"]
    .flatMap((type) => deployment.ofType(type))
    .filter((resource) => deadLetterTargetOf(resource.optionalString("redrive_policy")) === arn)
    .map((resource) => resource.string("arn"));
  const functions = deployment.ofType("aws_lambda_function").filter((fn) => {
    const ownTarget = fn.block("dead_letter_config")?.optionalString("target_arn");
    const configs = deployment
      .ofType("aws_lambda_function_event_invoke_config")
      .filter((config) =>
        [fn.string("function_name"), fn.string("arn")].includes(config.string("function_name")),
      );
    const destinations = configs.flatMap((config) =>
      config
        .blocks("destination_config")
        .flatMap((block) => block.block("on_failure")?.optionalString("destination") ?? []),
    );
    return ownTarget === arn || destinations.includes(arn);
  });
  return [...redriving, ...functions.map((fn) => fn.string("arn"))];
}

/** A body is shown only while messages are kept: it is what a client sent. */
function queued(message: WaitingMessage, showsBody: boolean): QueuedMessage {
  const { id, sentAt, receiveCount, isVisible, body, attributes } = message;
  const names = Object.entries(attributes).filter(([name]) => showsBody || name !== "ErrorMessage");
  return {
    ...{ messageId: id, sentAt, receiveCount, isVisible },
    attributes: Object.fromEntries(
      names.map(([name, value]) => [name, String(value.StringValue ?? "binary")]),
    ),
    ...(showsBody ? { body: body.slice(0, BODY_LENGTH) } : {}),
  };
}

/**
 * Gives a queue's dead letters another chance: an event of a function is invoked again, a notification of a subscription
 * delivered again. As SQS's own redrive it does so message by message and leaves what cannot be given back. AWS's console has it
 * for messages that come from a queue alone ("Learn how to configure a dead-letter queue redrive", Amazon SQS Developer Guide);
 * here the records of Lambda and SNS are understood too.
 */
export async function redrive(
  view: View,
  queueArn: string,
): Promise<{ redriven: number; left: number; why?: string }> {
  const { ports } = view.host.runtime.inside;
  if (view.host.runtime.inside.deployment.find("aws_sqs_queue", "arn", queueArn) === undefined)
    throw new CallError(404, `the deployment has no queue ${queueArn}`);
  const reasons = new Set<string>();
  const redriven = await ports.queues.drain(queueArn, async ({ id, body }) => {
    try {
      await giveBack(view, queueArn, body, id);
      return true;
    } catch (error) {
      reasons.add(error instanceof Error ? error.message : String(error));
      return false;
    }
  });
  const left = ports.queues.look(queueArn).length;
  return { redriven, left, ...(reasons.size === 0 ? {} : { why: [...reasons].join("; ") }) };
}

/** @throws Error saying why the message cannot go back */
async function giveBack(view: View, queueArn: string, body: string, messageId: string): Promise<void> {
  const { call } = view.host.runtime.inside;
  const record = parseJson(body);
  const invoke = (functionName: string, payload: unknown) =>
    call("lambda", "Invoke", {
      FunctionName: functionName,
      InvocationType: "Event",
      Payload: Buffer.from(JSON.stringify(payload)),
    });
  if (isObject(record) && isObject(record.requestContext) && "requestPayload" in record) {
    // Lambda Developer Guide, "Capturing records of Lambda asynchronous invocations".
    await invoke(String(record.requestContext.functionArn), record.requestPayload);
    return;
  }
  if (isObject(record) && record.Type === "Notification" && typeof record.Message === "string") {
    await call("sns", "Publish", { TopicArn: String(record.TopicArn), Message: record.Message });
    return;
  }
  const functions = deadLettersOf(view, queueArn).filter((arn) => parseArn(arn)?.service === "lambda");
  const [only, ...others] = functions;
  if (only === undefined || others.length > 0 || record === undefined)
    throw new Error(`message ${messageId} does not say where it came from`);
  await invoke(only, record);
}
