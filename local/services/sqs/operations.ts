import type { CallContext, Operation, Operations } from "../../aws-api/service";
import { AwsError } from "../../kernel/aws-error";
import type { Input, Members } from "../../kernel/input";
import { md5, md5OfAttributes, messageBytes } from "../../kernel/message-attributes";
import { pageOf } from "../../kernel/paging";
import { attempt, eachEntry, entriesOf } from "./batch";
import {
  checkSize,
  invalid,
  maxBatchBytes,
  missing,
  numberIn,
  readSendRequest,
  type SendRequest,
} from "./messages";
import type { Message, Queue } from "./queue";
import { noSuchQueue, type Queues } from "./queues";
import { describeMessage, describeQueue } from "./views";

export const sqsOperations: Operations<Queues> = {
  SendMessage: onQueue("SendMessage", (queue, input, _queues, context) => {
    const request = readSendRequest(input, context);
    checkSize(queue.settings.maxMessageBytes, request.body, request.attributes);
    return send(queue, request);
  }),
  SendMessageBatch: onQueue("SendMessage", sendBatch),
  ReceiveMessage: onQueue("ReceiveMessage", receive),
  DeleteMessage: onQueue("DeleteMessage", remove),
  DeleteMessageBatch: onQueue("DeleteMessage", (queue, input) =>
    eachEntry(entriesOf(input), ({ entry }) => remove(queue, entry)),
  ),
  ChangeMessageVisibility: onQueue("ChangeMessageVisibility", changeVisibility),
  ChangeMessageVisibilityBatch: onQueue("ChangeMessageVisibility", (queue, input) =>
    eachEntry(entriesOf(input), ({ entry }) => changeVisibility(queue, entry)),
  ),
  PurgeQueue: onQueue("PurgeQueue", purge),
  GetQueueAttributes: onQueue("GetQueueAttributes", describeQueue),
  ListQueueTags: onQueue("ListQueueTags", ({ settings: { tags } }) =>
    Object.keys(tags).length > 0 ? { Tags: tags } : {},
  ),
  ListDeadLetterSourceQueues: onQueue("ListDeadLetterSourceQueues", (queue, input, queues) => {
    const sources = queues
      .all()
      .filter(({ settings }) => settings.redrive?.deadLetterArn === queue.settings.arn);
    return { queueUrls: [], ...listUrls(queues, sources, input, "queueUrls") };
  }),
  GetQueueUrl: {
    permission: {
      action: "sqs:GetQueueUrl",
      resource: (input, queues) => named(queues, input).settings.arn,
    },
    handle: (input, queues) => ({ QueueUrl: urlOf(queues, named(queues, input)) }),
  },
  ListQueues: {
    permission: { action: "sqs:ListQueues" },
    handle: (input, queues) => {
      const prefix = input.optionalText("QueueNamePrefix") ?? "";
      const found = queues.all().filter(({ settings }) => settings.name.startsWith(prefix));
      return listUrls(queues, found, input, "QueueUrls");
    },
  },
};

function onQueue(
  action: string,
  handle: (queue: Queue, input: Input, queues: Queues, context: CallContext) => Members | Promise<Members>,
): Operation<Queues> {
  return {
    permission: {
      action: `sqs:${action}`,
      resource: (input, queues) => required(queues, input).settings.arn,
    },
    handle: (input, queues, context) => handle(required(queues, input), input, queues, context),
  };
}

function required(queues: Queues, input: Input): Queue {
  const url = input.text("QueueUrl");
  if (url === "") throw missing("QueueUrl");
  const queue = queues.byUrl(url);
  if (queue === undefined) throw noSuchQueue();
  return queue;
}

function urlOf({ endpointUrl }: Queues, { settings }: Queue): string {
  return `${endpointUrl()}/${settings.accountId}/${settings.name}`;
}

function send(queue: Queue, { systemAttributes, ...outgoing }: SendRequest): Members {
  const message = queue.send(outgoing);
  const digests = [
    ["MD5OfMessageAttributes", outgoing.attributes],
    ["MD5OfMessageSystemAttributes", systemAttributes],
  ] as const;
  return {
    MessageId: message.id,
    MD5OfMessageBody: md5(message.body),
    ...Object.fromEntries(
      digests.flatMap(([name, attributes]) =>
        Object.keys(attributes).length > 0 ? [[name, md5OfAttributes(attributes)]] : [],
      ),
    ),
  };
}

function sendBatch(queue: Queue, input: Input, _queues: Queues, context: CallContext): Members {
  const requests = entriesOf(input).map(({ entry }) => ({
    entry,
    request: attempt(() => readSendRequest(entry, context)),
  }));
  const bytes = requests.reduce(
    (sum, { request }) =>
      request instanceof AwsError ? sum : sum + messageBytes(request.body, request.attributes),
    0,
  );
  if (bytes > maxBatchBytes)
    throw new AwsError(
      "BatchRequestTooLong",
      `Batch requests cannot be longer than ${maxBatchBytes} bytes. You have sent ${bytes} bytes.`,
    );
  return eachEntry(requests, ({ request }) => {
    if (request instanceof AwsError) throw request;
    checkSize(queue.settings.maxMessageBytes, request.body, request.attributes, "cannot be validated");
    return send(queue, request);
  });
}

async function receive(queue: Queue, input: Input, queues: Queues): Promise<Members> {
  const most = numberIn(input, "MaxNumberOfMessages", 1, 10) ?? 1;
  const wait =
    numberIn(input, "WaitTimeSeconds", 0, 20, "Must be >= 0 and <= 20, if provided.") ??
    queue.settings.receiveWaitSeconds;
  const messages = await queues.receive(queue, most, wait, visibilityTimeout(input));
  // Without messages the answer has no member at all, as AWS sends it.
  return messages.length === 0
    ? {}
    : { Messages: messages.map((message) => describeMessage(message, input)) };
}

function visibilityTimeout(input: Input): number | undefined {
  return numberIn(input, "VisibilityTimeout", 0, 43_200);
}

/** A handle of an earlier receive, or of a message that is gone, deletes nothing and is not an error, as on AWS. */
function remove(queue: Queue, input: Input): Members {
  const message = received(queue, input);
  if (message !== undefined) queue.delete(message);
  return {};
}

/** SQS has a `MessageNotInflight` and never sends it (aws-sdk-net#1927). */
function changeVisibility(queue: Queue, input: Input): Members {
  const seconds = visibilityTimeout(input);
  if (seconds === undefined) throw missing("VisibilityTimeout");
  const message = received(queue, input);
  if (message === undefined)
    throw invalid(
      `Value ${input.text("ReceiptHandle")} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
    );
  queue.changeVisibility(message, seconds);
  return {};
}

function received(queue: Queue, input: Input): Message | undefined {
  const handle = input.text("ReceiptHandle");
  if (!/^[0-9a-f-]{36}$/.test(handle))
    throw new AwsError(
      "ReceiptHandleIsInvalid",
      `The input receipt handle "${handle}" is not a valid receipt handle.`,
    );
  return queue.byReceipt(handle);
}

function purge(queue: Queue): Members {
  if (queue.purge()) return {};
  throw new AwsError(
    "PurgeQueueInProgress",
    `Only one PurgeQueue operation on ${queue.settings.name} is allowed every 60 seconds.`,
    403,
  );
}

function named(queues: Queues, input: Input): Queue {
  const queue = queues.byName(input.text("QueueName"));
  const account = input.optionalText("QueueOwnerAWSAccountId") ?? queues.place.accountId;
  if (queue === undefined || queue.settings.accountId !== account) throw noSuchQueue();
  return queue;
}

/** The answer names a next page only where the call says how long a page is (Amazon SQS API Reference, ListQueues). */
function listUrls(queues: Queues, found: readonly Queue[], input: Input, member: string): Members {
  const { items, nextToken } = pageOf(
    [...found].sort((a, b) => (a.settings.name < b.settings.name ? -1 : 1)),
    {
      keyOf: ({ settings }) => settings.name,
      token: input.optionalText("NextToken"),
      limit: numberIn(input, "MaxResults", 1, 1000) ?? 1000,
      invalidToken: () => invalid("Value for parameter NextToken is invalid."),
    },
  );
  return {
    ...(items.length > 0 ? { [member]: items.map((queue) => urlOf(queues, queue)) } : {}),
    ...(nextToken === undefined ? {} : { NextToken: nextToken }),
  };
}
