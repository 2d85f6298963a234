import type { CallContext, Operation } from "../../aws-api/service";
import { AwsError } from "../../kernel/aws-error";
import { type Members, validation } from "../../kernel/input";
import { md5, md5OfAttributes, readMessageAttributes } from "../../kernel/message-attributes";
import type { ServiceDefinition } from "../service";
import { describeMessage, describeQueue } from "./answers";
import { eachEntry, optionalNumber, requiredQueue, requiredText } from "./inputs";
import { sqsQueryError } from "./query-error";
import type { Message, Queue } from "./queue";
import { checkSize, noSuchQueue, Queues } from "./queues";
import { sqsResourceTypes } from "./resources";

/** SQS on the deployment's queues. Queue URLs in answers are the local endpoint's own. */
export const sqs: ServiceDefinition<Queues> = {
  name: "sqs",
  title: "Amazon SQS",
  wire: {
    protocol: "json",
    version: "1.0",
    targetPrefix: "AmazonSQS",
    messageKey: "message",
    // Some SDKs send a call to the queue's URL: `/123456789012/name`.
    paths: /^\/\d{12}\/[\w.-]+$/,
    errorHeaders: ({ code, status }) => [["x-amzn-query-error", sqsQueryError(code, status)]],
  },
  errors: {
    denied: { code: "AccessDeniedException", status: 400 },
    internal: { code: "InternalFailure", message: "The request processing has failed.", status: 500 },
    throttled: {
      code: "RequestThrottled",
      message: "The request was denied due to request throttling.",
      status: 400,
    },
    input: { error: validation("InvalidParameterValue", { shows: true }) },
  },
  resourceTypes: sqsResourceTypes,
  operations: {
    SendMessage: on("sqs:SendMessage", (queue, input, _queues, context) => send(queue, input, context)),
    SendMessageBatch: on("sqs:SendMessage", (queue, input, _queues, context) =>
      eachEntry(input, (entry) => send(queue, entry, context)),
    ),
    ReceiveMessage: on("sqs:ReceiveMessage", (queue, input, queues) => receive(queues, queue, input)),
    DeleteMessage: on("sqs:DeleteMessage", remove),
    DeleteMessageBatch: on("sqs:DeleteMessage", (queue, input) =>
      eachEntry(input, (entry) => remove(queue, entry)),
    ),
    ChangeMessageVisibility: on("sqs:ChangeMessageVisibility", changeVisibility),
    PurgeQueue: on("sqs:PurgeQueue", (queue) => {
      queue.purge();
      return {};
    }),
    GetQueueAttributes: on("sqs:GetQueueAttributes", describeQueue),
    GetQueueUrl: {
      permission: {
        action: "sqs:GetQueueUrl",
        resource: ({ members }, queues) => named(queues, members).settings.arn,
      },
      handle: ({ members }, queues) => ({ QueueUrl: urlOf(queues, named(queues, members)) }),
    },
    ListQueues: {
      permission: { action: "sqs:ListQueues" },
      handle: ({ members }, queues) => listQueues(queues, members),
    },
  },
  create: ({ deployment, clock, endpointUrl }) => new Queues(deployment, clock, endpointUrl),
  ports: (queues) => ({ queues }),
  close: (queues) => queues.close(),
};

function on(
  action: string,
  handle: (queue: Queue, input: Members, queues: Queues, context: CallContext) => Members | Promise<Members>,
): Operation<Queues> {
  return {
    permission: { action, resource: ({ members }, queues) => requiredQueue(queues, members).settings.arn },
    handle: ({ members }, queues, context) =>
      handle(requiredQueue(queues, members), members, queues, context),
  };
}

function urlOf({ endpointUrl }: Queues, { settings }: Queue): string {
  return `${endpointUrl()}/${settings.accountId}/${settings.name}`;
}

function send(queue: Queue, input: Members, context: CallContext): Members {
  const body = input.MessageBody;
  if (typeof body !== "string" || body === "") {
    throw new AwsError("MissingParameter", "The request must contain the parameter MessageBody.");
  }
  // Characters that XML can't carry are refused (Amazon SQS API Reference, SendMessage).
  if (/[^\t\n\r\u0020-\uFFFD]/.test(body)) {
    throw new AwsError("InvalidMessageContents", "The message contains characters outside the allowed set.");
  }
  const attributes = readMessageAttributes(input.MessageAttributes, (name, problem) => {
    throw new AwsError("InvalidParameterValue", `The message attribute '${name}' ${problem}.`);
  });
  checkSize(queue, body, attributes);
  const { principal } = context;
  const sender = "userId" in principal ? principal.userId : "anonymous";
  const message = queue.send(body, attributes, sender, optionalNumber(input, "DelaySeconds", 0, 900));
  return {
    MessageId: message.id,
    MD5OfMessageBody: md5(body),
    ...(Object.keys(attributes).length > 0 ? { MD5OfMessageAttributes: md5OfAttributes(attributes) } : {}),
  };
}

async function receive(queues: Queues, queue: Queue, input: Members): Promise<Members> {
  const most = optionalNumber(input, "MaxNumberOfMessages", 1, 10) ?? 1;
  const wait = optionalNumber(input, "WaitTimeSeconds", 0, 20) ?? queue.settings.receiveWaitSeconds;
  const visibility = optionalNumber(input, "VisibilityTimeout", 0, 43_200);
  const messages = await queues.receive(queue, most, wait, visibility);
  // Without messages the answer has no member at all, as AWS sends it.
  return messages.length === 0
    ? {}
    : { Messages: messages.map((message) => describeMessage(message, input)) };
}

/** A handle of an earlier receive, or of a message that is gone, deletes nothing and is no error, as at AWS. */
function remove(queue: Queue, input: Members): Members {
  const message = received(queue, input);
  if (message !== undefined) queue.delete(message);
  return {};
}

function changeVisibility(queue: Queue, input: Members): Members {
  const seconds = optionalNumber(input, "VisibilityTimeout", 0, 43_200);
  if (seconds === undefined) {
    throw new AwsError("MissingParameter", "The request must contain the parameter VisibilityTimeout.");
  }
  const message = received(queue, input);
  if (message === undefined || !queue.changeVisibility(message, seconds)) {
    throw new AwsError("MessageNotInflight", "The specified message is not in flight.");
  }
  return {};
}

function received(queue: Queue, input: Members): Message | undefined {
  const handle = requiredText(input, "ReceiptHandle");
  if (!/^[0-9a-f-]{36}$/.test(handle)) {
    throw new AwsError(
      "ReceiptHandleIsInvalid",
      `The input receipt handle "${handle}" is not a valid receipt handle.`,
    );
  }
  return queue.byReceipt(handle);
}

function named(queues: Queues, input: Members): Queue {
  const queue = queues.byName(requiredText(input, "QueueName"));
  const account = input.QueueOwnerAWSAccountId ?? queues.place.accountId;
  if (queue === undefined || queue.settings.accountId !== account) throw noSuchQueue();
  return queue;
}

function listQueues(queues: Queues, input: Members): Members {
  const prefix = typeof input.QueueNamePrefix === "string" ? input.QueueNamePrefix : "";
  const from = typeof input.NextToken === "string" ? input.NextToken : "";
  const most = optionalNumber(input, "MaxResults", 1, 1000) ?? 1000;
  const found = queues
    .all()
    .filter(({ settings }) => settings.name.startsWith(prefix) && settings.name > from)
    .sort((a, b) => (a.settings.name < b.settings.name ? -1 : 1));
  const page = found.slice(0, most);
  const last = page.at(-1);
  return {
    ...(page.length > 0 ? { QueueUrls: page.map((queue) => urlOf(queues, queue)) } : {}),
    ...(found.length > most && last !== undefined ? { NextToken: last.settings.name } : {}),
  };
}
