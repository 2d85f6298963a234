import { bindService, type CallContext } from "../../../../local/aws-api/service";
import type { Members } from "../../../../local/kernel/input";
import { Queues } from "../../../../local/services/sqs/queues";
import { sqs } from "../../../../local/services/sqs/service";
import { deploymentOf, type Values } from "../../../support/deployment";
import { queue, queueArn } from "../../../support/messaging";
import { RecordedAnswers } from "../../../support/recorded-answers";
import { TestClock } from "../../../support/test-clock";
import { administrator, caught, endpointUrl } from "../lambda/support";

/**
 * What AWS answered, by the names of localstack's AWS-validated tests (tests/aws/services/sqs/test_sqs.py and its recordings).
 * docs/local-runtime.md counts them.
 */

const facts = new RecordedAnswers("SQS (standard queues; a FIFO queue stops the start)", {});
const context: CallContext = { principal: administrator, requestId: "r", sourceIp: "127.0.0.1" };
const url = (name: string) => `http://127.0.0.1:3000/123456789012/${name}`;

/** AWS's default size now; the provider sets 262144 where nobody says otherwise. */
const asCreatedByApi: Values = { max_message_size: 1_048_576 };

function setUp(values: Values = {}) {
  const clock = new TestClock(5_000_000);
  const queues = new Queues(
    deploymentOf(queue("Main", { ...asCreatedByApi, ...values }), queue("Dead")),
    clock,
    endpointUrl,
  );
  const service = bindService(sqs, queues);
  const call = async (operation: string, input: Members = {}, by: CallContext = context): Promise<Members> =>
    (await service.operations[operation]?.handle({ QueueUrl: url("Main"), ...input }, by)) ?? {};
  const receive = async (input: Members = {}): Promise<Members[]> => {
    const { Messages } = await call("ReceiveMessage", { MaxNumberOfMessages: 10, ...input });
    return Array.isArray(Messages) ? Messages : [];
  };
  return { clock, call, receive };
}

const entries = (count: number, entry: Members = { MessageBody: "x" }) =>
  Array.from({ length: count }, (_, index) => ({ Id: `${index}`, ...entry }));
const badId =
  "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.";
const badGroup = (group: string) =>
  `Value ${group} for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.`;
const tooMany = "Maximum number of entries per request are 10. You have sent 20.";

type Refusal = readonly [test: string, operation: string, input: Members, code: string, message: string];

const refusals: readonly Refusal[] = [
  [
    "send_receive_max_number_of_messages",
    "ReceiveMessage",
    { MaxNumberOfMessages: 11 },
    "InvalidParameterValue",
    "Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.",
  ],
  [
    "send_oversized_message",
    "SendMessage",
    { MessageBody: "a".repeat(1_048_577) },
    "InvalidParameterValue",
    "One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.",
  ],
  [
    "send_message_batch_with_oversized_contents",
    "SendMessageBatch",
    {
      Entries: [
        { Id: "1", MessageBody: "a".repeat(1_048_576) },
        { Id: "2", MessageBody: "a" },
      ],
    },
    "BatchRequestTooLong",
    "Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.",
  ],
  [
    "too_many_entries_in_batch_request",
    "SendMessageBatch",
    { Entries: entries(20) },
    "TooManyEntriesInBatchRequest",
    tooMany,
  ],
  [
    "delete_message_batch_with_too_large_batch",
    "DeleteMessageBatch",
    { Entries: entries(20) },
    "TooManyEntriesInBatchRequest",
    tooMany,
  ],
  [
    "change_message_visibility_batch_with_too_large_batch",
    "ChangeMessageVisibilityBatch",
    { Entries: entries(20) },
    "TooManyEntriesInBatchRequest",
    tooMany,
  ],
  [
    "invalid_batch_id",
    "SendMessageBatch",
    { Entries: [{ Id: "message:1", MessageBody: "x" }] },
    "InvalidBatchEntryId",
    badId,
  ],
  [
    "delete_message_batch_invalid_msg_id, empty",
    "DeleteMessageBatch",
    { Entries: [{ Id: "", ReceiptHandle: "x" }] },
    "InvalidBatchEntryId",
    badId,
  ],
  [
    "delete_message_batch_invalid_msg_id, long",
    "DeleteMessageBatch",
    { Entries: [{ Id: "testLongId".repeat(10), ReceiptHandle: "x" }] },
    "InvalidBatchEntryId",
    badId,
  ],
  [
    "delete_message_batch_invalid_msg_id",
    "DeleteMessageBatch",
    { Entries: [{ Id: "invalid:id", ReceiptHandle: "x" }] },
    "InvalidBatchEntryId",
    badId,
  ],
  [
    "send_message_with_empty_string_attribute",
    "SendMessage",
    { MessageBody: "x", MessageAttributes: { ErrorDetails: { StringValue: "", DataType: "String" } } },
    "InvalidParameterValue",
    "Message (user) attribute 'ErrorDetails' must contain a non-empty value of type 'String'.",
  ],
  [
    "non_existent_queue",
    "GetQueueUrl",
    { QueueName: "Gone" },
    "QueueDoesNotExist",
    "The specified queue does not exist.",
  ],
  [
    "non_existent_queue, url",
    "GetQueueAttributes",
    { QueueUrl: url("Gone") },
    "QueueDoesNotExist",
    "The specified queue does not exist.",
  ],
  [
    "send_receive_wait_time_seconds",
    "ReceiveMessage",
    { WaitTimeSeconds: 21 },
    "InvalidParameterValue",
    "Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.",
  ],
  [
    "send_receive_wait_time_seconds, small",
    "ReceiveMessage",
    { WaitTimeSeconds: -1 },
    "InvalidParameterValue",
    "Value -1 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.",
  ],
  [
    "send_empty_message",
    "SendMessage",
    { MessageBody: "" },
    "MissingParameter",
    "The request must contain the parameter MessageBody.",
  ],
  [
    "send_message_to_standard_queue_with_invalid_message_group_id[empty]",
    "SendMessage",
    { MessageBody: "x", MessageGroupId: "" },
    "InvalidParameterValue",
    badGroup(""),
  ],
  [
    "send_message_to_standard_queue_with_invalid_message_group_id[too_long]",
    "SendMessage",
    { MessageBody: "x", MessageGroupId: "a".repeat(129) },
    "InvalidParameterValue",
    badGroup("a".repeat(129)),
  ],
  [
    "send_message_to_standard_queue_with_invalid_message_group_id[spaces]",
    "SendMessage",
    { MessageBody: "x", MessageGroupId: "group 123" },
    "InvalidParameterValue",
    badGroup("group 123"),
  ],
];

test.each(facts.rows(refusals))("%s", async (_test, operation, input, code, message) => {
  const { call } = setUp();

  const error = await caught(call(operation, input));

  expect({ code: error.code, message: error.message, status: error.status }).toEqual({
    code,
    message,
    status: 400,
  });
});

facts.fact(
  "send_message_with_updated_maximum_message_size: the queue's size counts body and attributes",
  async () => {
    const { call } = setUp({ max_message_size: 1024 });
    const MessageAttributes = { attr1: { DataType: "Number", StringValue: "1" } };
    const fits = "a".repeat(1024 - "attr1Number1".length);

    const error = await caught(call("SendMessage", { MessageBody: `${fits}a`, MessageAttributes }));

    expect(error.message).toBe(
      "One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.",
    );
    await expect(call("SendMessage", { MessageBody: fits, MessageAttributes })).resolves.toHaveProperty(
      "MessageId",
    );
  },
);

facts.fact(
  "send_batch_message_size: an entry that is too long fails alone, in words of its own",
  async () => {
    const { call } = setUp({ max_message_size: 1024 });

    const output = await call("SendMessageBatch", {
      Entries: [
        { Id: "long", MessageBody: "a".repeat(1025) },
        { Id: "fits", MessageBody: "a".repeat(1024) },
      ],
    });

    expect(output).toEqual({
      Failed: [
        {
          Id: "long",
          Code: "InvalidParameterValue",
          Message:
            "One or more parameters cannot be validated. Reason: Message must be shorter than 1024 bytes.",
          SenderFault: true,
        },
      ],
      // The digest as recorded.
      Successful: [
        { Id: "fits", MD5OfMessageBody: "c9a34cfc85d982698c6ac89f76071abd", MessageId: expect.any(String) },
      ],
    });
  },
);

/** Names asked for, names that came, and the digest that AWS gave for them. */
test.each(
  facts.rows<[string, string[], string[] | undefined, string | undefined]>([
    ["empty_filter", [], undefined, undefined],
    ["all_name", ["All"], ["General", "Hello", "Help.Me"], "4c360f3fdafd970e05fae2f149d997f5"],
    ["all_wildcard_asterisk", ["*"], ["General", "Hello", "Help.Me"], "4c360f3fdafd970e05fae2f149d997f5"],
    ["all_wildcard", [".*"], ["General", "Hello", "Help.Me"], "4c360f3fdafd970e05fae2f149d997f5"],
    ["only_non_existing_names", ["Foo", "Help"], undefined, undefined],
    ["only_existing", ["Hello", "General"], ["General", "Hello"], "fca026605781cb4126a1e9044df24232"],
    ["existing_and_non_existing", ["Foo", "Hello"], ["Hello"], "a311262e065454b75da111d535b8dacd"],
    ["prefix_filter", ["Hel.*"], ["Hello", "Help.Me"], "83fee93c1bcd8b9a5a923ffacdc636c7"],
    ["illegal_name_1", ["AWS."], undefined, undefined],
    ["illegal_name_2", ["..foo"], undefined, undefined],
  ]),
)("receive_message_message_attribute_names_filters: %s", async (_case, asked, expected, digest) => {
  const { call, receive } = setUp();
  const text = (StringValue: string) => ({ DataType: "String", StringValue });
  const sent = await call("SendMessage", {
    MessageBody: "msg",
    MessageAttributes: { "Help.Me": text("Me"), Hello: text("There"), General: text("Kenobi") },
  });

  const [message] = await receive({ MessageAttributeNames: asked });

  expect(sent).toMatchObject({
    MD5OfMessageBody: "6e2baaf3b97dbeef01c0043275f9a0e7",
    MD5OfMessageAttributes: "4c360f3fdafd970e05fae2f149d997f5",
  });
  expect(message?.MessageAttributes && Object.keys(message.MessageAttributes).sort()).toEqual(expected);
  expect(message?.MD5OfMessageAttributes).toBe(digest);
});

const all = ["ApproximateFirstReceiveTimestamp", "ApproximateReceiveCount", "SenderId", "SentTimestamp"];

test.each(
  facts.rows<[string, Members, string[]]>([
    ["receive_message_attribute_names_filters, all", { AttributeNames: ["All"] }, all],
    ["receive_message_attribute_names_filters, one", { AttributeNames: ["SenderId"] }, ["SenderId"]],
    [
      "receive_message_attribute_names_filters, several",
      { AttributeNames: ["Foo", "SenderId"] },
      ["SenderId"],
    ],
    ["receive_message_message_system_attribute_names_filters", { MessageSystemAttributeNames: ["All"] }, all],
    [
      "receive_message_message_system_attribute_names_filters, one",
      { MessageSystemAttributeNames: ["SenderId"] },
      ["SenderId"],
    ],
    [
      "message_system_attribute_names_with_attribute_names",
      { AttributeNames: ["All"], MessageSystemAttributeNames: ["All"] },
      all,
    ],
    [
      "message_system_attribute_names_with_attribute_names, different",
      { AttributeNames: ["SenderId"], MessageSystemAttributeNames: ["All"] },
      all,
    ],
  ]),
)("%s", async (_test, input, expected) => {
  const { call, receive } = setUp();
  await call("SendMessage", { MessageBody: "msg" });

  const [message] = await receive(input);

  expect(Object.keys(Object(message?.Attributes)).sort()).toEqual(expected);
});

facts.fact("set_queue_attributes_default_values: all attributes of a queue that nobody changed", async () => {
  const { call } = setUp();

  const { Attributes } = await call("GetQueueAttributes", { AttributeNames: ["All"] });

  expect(Attributes).toEqual({
    ApproximateNumberOfMessages: "0",
    ApproximateNumberOfMessagesDelayed: "0",
    ApproximateNumberOfMessagesNotVisible: "0",
    CreatedTimestamp: "5000",
    DelaySeconds: "0",
    LastModifiedTimestamp: "5000",
    MaximumMessageSize: "1048576",
    MessageRetentionPeriod: "345600",
    QueueArn: queueArn("Main"),
    ReceiveMessageWaitTimeSeconds: "0",
    SqsManagedSseEnabled: "true",
    VisibilityTimeout: "30",
  });
});

test.each(
  facts.rows<[string, Values, Record<string, string>]>([
    [
      "create_and_update_queue_attributes",
      {
        message_retention_seconds: 604_800,
        receive_wait_time_seconds: 10,
        visibility_timeout_seconds: 69,
        delay_seconds: 420,
      },
      {
        MessageRetentionPeriod: "604800",
        ReceiveMessageWaitTimeSeconds: "10",
        VisibilityTimeout: "69",
        DelaySeconds: "420",
        SqsManagedSseEnabled: "true",
      },
    ],
    [
      "sse_queue_attributes, kms",
      { kms_master_key_id: "testKeyId", kms_data_key_reuse_period_seconds: 6000 },
      { KmsMasterKeyId: "testKeyId", KmsDataKeyReusePeriodSeconds: "6000", SqsManagedSseEnabled: "false" },
    ],
    ["sse_queue_attributes, sqs", { sqs_managed_sse_enabled: true }, { SqsManagedSseEnabled: "true" }],
  ]),
)("%s", async (_test, values, expected) => {
  const { call } = setUp(values);

  const { Attributes } = await call("GetQueueAttributes", { AttributeNames: Object.keys(expected) });

  expect(Attributes).toEqual(expected);
});

facts.fact(
  "change_message_visibility_after_visibility_timeout_expiration: a stale handle is answered with yes",
  async () => {
    const { clock, call, receive } = setUp({ visibility_timeout_seconds: 1 });
    await call("SendMessage", { MessageBody: "test" });
    const [message] = await receive();
    clock.advance({ seconds: 2 });

    const output = await call("ChangeMessageVisibility", {
      ReceiptHandle: message?.ReceiptHandle,
      VisibilityTimeout: 2,
    });

    expect(output).toEqual({});
    // localstack#9632 saw that AWS then does nothing.
    expect(await receive()).toHaveLength(1);
  },
);

facts.fact("delete_after_visibility_timeout: a stale handle still deletes", async () => {
  const { clock, call, receive } = setUp({ visibility_timeout_seconds: 1 });
  await call("SendMessage", { MessageBody: "foobar" });
  const [message] = await receive();
  clock.advance({ seconds: 1 });

  await call("DeleteMessage", { ReceiptHandle: message?.ReceiptHandle });

  expect(await receive()).toEqual([]);
});

facts.fact("successive_purge_calls_fail: once in 60 seconds, with a 403", async () => {
  const { clock, call } = setUp();
  await call("PurgeQueue");

  const error = await caught(call("PurgeQueue"));
  clock.advance({ seconds: 60 });

  expect([error.code, error.status, error.message]).toEqual([
    "PurgeQueueInProgress",
    403,
    "Only one PurgeQueue operation on Main is allowed every 60 seconds.",
  ]);
  await expect(call("PurgeQueue")).resolves.toEqual({});
});

facts.fact(
  "dead_letter_queue_message_attributes: a dead letter keeps its attributes, trace header and count",
  async () => {
    const { call, receive } = setUp({
      visibility_timeout_seconds: 0,
      redrive_policy: JSON.stringify({ deadLetterTargetArn: queueArn("Dead"), maxReceiveCount: 1 }),
    });
    const trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
    const sent = await call("SendMessage", {
      MessageBody: "message-1",
      MessageAttributes: { MyAttribute: { StringValue: "foobar", DataType: "String" } },
      MessageSystemAttributes: { AWSTraceHeader: { StringValue: trace, DataType: "String" } },
    });
    await receive();
    await receive();

    const [dead] = await receive({
      QueueUrl: url("Dead"),
      AttributeNames: ["All"],
      MessageAttributeNames: ["All"],
    });

    expect(sent.MD5OfMessageSystemAttributes).toMatch(/^[0-9a-f]{32}$/);
    expect(dead).toMatchObject({
      MD5OfBody: "3d6b824fd8c1520e9a047d21fee6fb1f",
      MD5OfMessageAttributes: "adb59cd4678ea5a855436b949cd07ab6",
      Attributes: {
        ApproximateReceiveCount: "2",
        AWSTraceHeader: trace,
        DeadLetterQueueSourceArn: queueArn("Main"),
      },
    });
  },
);

facts.fact("aws_trace_header_propagation: a request's header becomes the message's", async () => {
  const trace = "Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1";
  const { call, receive } = setUp();
  await call("SendMessage", { MessageBody: "test" }, { ...context, traceHeader: trace });

  const [message] = await receive({ MessageSystemAttributeNames: ["AWSTraceHeader"] });

  expect(message).toMatchObject({ Body: "test", Attributes: { AWSTraceHeader: trace } });
});

facts.fact("fair_queue_with_message_group_id", async () => {
  const { call, receive } = setUp();
  await call("SendMessage", { MessageBody: "message", MessageGroupId: "test" });

  const [message] = await receive({ AttributeNames: ["All"] });

  expect(message).toMatchObject({
    MD5OfBody: "78e731027d8fd50ed642340b7c9a63b3",
    Attributes: { MessageGroupId: "test" },
  });
});

facts.fact("non_existent_queue, query: the code and the words from before SQS spoke JSON", () => {
  const { wire } = sqs;
  const error = { code: "QueueDoesNotExist", message: "The specified queue does not exist.", status: 400 };

  expect(wire.protocol === "json" && wire.formerQuery?.error?.(error)).toEqual({
    code: "AWS.SimpleQueueService.NonExistentQueue",
    message: "The specified queue does not exist for this wsdl version.",
  });
});

facts.fact("send_message_with_binary_attributes: the digest that AWS gave", async () => {
  const { call, receive } = setUp();
  const bytes = "traceparent\u001e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01";
  const BinaryValue = Buffer.from(bytes).toString("base64");
  await call("SendMessage", {
    MessageBody: "test",
    MessageAttributes: { attr1: { DataType: "Binary", BinaryValue } },
  });

  const [message] = await receive({ MessageAttributeNames: ["All"] });

  expect(message).toMatchObject({
    MD5OfMessageAttributes: "8cbe4db156db8a94db8b801b7addb984",
    MessageAttributes: { attr1: { DataType: "Binary", BinaryValue } },
  });
});

facts.fact("tag_untag_queue: tags with an empty value, and no member without tags", async () => {
  const tags = { tag1: "value1", tag2: "value2", tag3: "" };

  expect(await setUp({ tags }).call("ListQueueTags")).toEqual({ Tags: tags });
  expect(await setUp().call("ListQueueTags")).toEqual({});
});

facts.fact("receive_empty_queue: an answer without a member", async () => {
  expect(await setUp().call("ReceiveMessage", { WaitTimeSeconds: 0 })).toEqual({});
});

facts.fact("invalid_dead_letter_arn_rejected_before_lookup", () => {
  const redrive_policy = JSON.stringify({ deadLetterTargetArn: "invalid:arn", maxReceiveCount: 42 });

  expect(() => setUp({ redrive_policy })).toThrow("AWS refuses redrive_policy");
});

// Not recorded: amazon-sqs-dlq-replay-backoff#8, aws-sdk-net#1927.
test.each<Refusal>([
  [
    "a delay over 15 minutes",
    "SendMessage",
    { MessageBody: "x", DelaySeconds: 54_524 },
    "InvalidParameterValue",
    "Value 54524 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.",
  ],
  [
    "the visibility of a deleted message",
    "ChangeMessageVisibility",
    { ReceiptHandle: "00000000-0000-0000-0000-000000000000", VisibilityTimeout: 1 },
    "InvalidParameterValue",
    "Value 00000000-0000-0000-0000-000000000000 for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.",
  ],
  [
    "eleven attributes",
    "SendMessage",
    {
      MessageBody: "x",
      MessageAttributes: Object.fromEntries(
        entries(11).map(({ Id }) => [Id, { DataType: "String", StringValue: "x" }]),
      ),
    },
    "InvalidParameterValue",
    "Number of message attributes [11] exceeds the allowed maximum [10].",
  ],
])("reported in public: %s", async (_test, operation, input, code, message) => {
  const error = await caught(setUp().call(operation, input));

  expect([error.code, error.message]).toEqual([code, message]);
});

facts.holdInDocs("sqs");
