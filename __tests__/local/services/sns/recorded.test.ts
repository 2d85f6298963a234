import { bindService, type CallContext } from "../../../../local/aws-api/service";
import type { Members } from "../../../../local/kernel/input";
import { md5OfAttributes } from "../../../../local/kernel/message-attributes";
import { sns } from "../../../../local/services/sns/service";
import type { Values } from "../../../support/deployment";
import { queue, queueArn, subscription, topic, topicArn } from "../../../support/messaging";
import { RecordedAnswers } from "../../../support/recorded-answers";
import { administrator, caught, createWorld, type World } from "../lambda/support";

/**
 * What AWS answered, by the names of localstack's AWS-validated tests (tests/aws/services/sns/test_sns.py and its recordings).
 * docs/local-runtime.md counts them. Filter policies are in filter-policy.test.ts.
 */

const facts = new RecordedAnswers("SNS (filter policies have a table of their own)", {});
const context: CallContext = { principal: administrator, requestId: "r", sourceIp: "127.0.0.1" };
const names = topicArn("Names");
const account = "123456789012";
let world: World | undefined;

afterEach(async () => {
  await world?.close();
  world = undefined;
});

function setUp(values: Values = {}, topicValues: Values = {}) {
  const started = createWorld({
    functions: [],
    resources: [
      topic("Names", topicValues),
      queue("Q"),
      queue("Dead"),
      subscription("Names", "sqs", queueArn("Q"), values),
    ],
  });
  world = started;
  const service = bindService(sns, started.topics);
  const call = async (operation: string, input: Members, by: CallContext = context): Promise<Members> => {
    const output = await service.operations[operation]?.handle({ TopicArn: names, ...input }, by);
    await started.topics.idle();
    return output ?? {};
  };
  const received = (name = "Q") => started.queues.byArn(queueArn(name))?.receive(10) ?? [];
  const [subscribed] = started.topics.subscriptions;
  return { call, received, subscriptionArn: subscribed?.arn };
}

const limit = 262_144;
const attr1 = { attr1: { DataType: "Number", StringValue: "1" } };
const attributeBytes = "attr1Number1".length;
const attribute = (value: Members, name = "attr1") => ({
  Message: "test",
  MessageAttributes: { [name]: value },
});
const text = { DataType: "String", StringValue: "x" };
const noValue = (type: string) =>
  `The message attribute 'attr1' must contain non-empty message attribute value for message attribute type '${type}'.`;
const useField = (type: string, field: string) =>
  `The message attribute 'attr1' with type '${type}' must use field '${field}'.`;
const wrongPrefix =
  "The message attribute 'attr1' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.";
const entries = (...messages: Members[]) => ({
  PublishBatchRequestEntries: messages.map((message, index) => ({ Id: `${index + 1}`, ...message })),
});

type Refusal = readonly [test: string, operation: string, input: Members, code: string, message: string];

const wrongAttributes: readonly (readonly [string, Members, string, string])[] = [
  [
    "missing_string_attr",
    attribute({ DataType: "String", StringValue: "" }),
    "ParameterValueInvalid",
    noValue("String"),
  ],
  [
    "fully_missing_string_attr",
    attribute({ DataType: "String" }),
    "ParameterValueInvalid",
    noValue("String"),
  ],
  [
    "missing_binary_attr",
    attribute({ DataType: "Binary", BinaryValue: "" }),
    "ParameterValueInvalid",
    noValue("Binary"),
  ],
  [
    "str_attr_binary_value",
    attribute({ DataType: "String", BinaryValue: "AQ==" }),
    "ParameterValueInvalid",
    useField("String", "String"),
  ],
  [
    "int_attr_binary_value",
    attribute({ DataType: "Number", BinaryValue: "AQ==" }),
    "ParameterValueInvalid",
    useField("Number", "String"),
  ],
  [
    "binary_attr_string_value",
    attribute({ DataType: "Binary", StringValue: "x" }),
    "ParameterValueInvalid",
    useField("Binary", "Binary"),
  ],
  [
    "invalid_attr_string_value",
    attribute({ DataType: "Invalid", StringValue: "x" }),
    "ParameterValueInvalid",
    wrongPrefix,
  ],
  [
    "too_long_name",
    attribute(text, "t".repeat(257)),
    "ParameterValueInvalid",
    "Length of message attribute name must be less than 256 bytes.",
  ],
  [
    "invalid_name",
    attribute(text, "a^b"),
    "ParameterValueInvalid",
    "Invalid non-alphanumeric character '#x5E' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.",
  ],
  [
    "invalid_name_2",
    attribute(text, ".ab"),
    "ParameterValueInvalid",
    "Invalid message attribute name starting with character '.' was found.",
  ],
  [
    "invalid_name_3",
    attribute(text, "ab."),
    "ParameterValueInvalid",
    "Invalid message attribute name ending with character '.' was found.",
  ],
  [
    "invalid_name_4",
    attribute(text, "a..b"),
    "ParameterValueInvalid",
    "Message attribute name can not have successive '.' character.",
  ],
];

const refusals: readonly Refusal[] = [
  [
    "create_topic_with_attributes",
    "GetTopicAttributes",
    { TopicArn: topicArn("Gone") },
    "NotFound",
    "Topic does not exist",
  ],
  [
    "create_topic_with_attributes, malformed",
    "GetTopicAttributes",
    { TopicArn: "x" },
    "InvalidParameter",
    "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1",
  ],
  [
    "publish_wrong_arn_format",
    "Publish",
    { TopicArn: "randomstring", Message: "x" },
    "InvalidParameter",
    "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1",
  ],
  [
    "publish_wrong_arn_format, two parts",
    "Publish",
    { TopicArn: "randomstring:1", Message: "x" },
    "InvalidParameter",
    "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 2",
  ],
  [
    "publish_wrong_arn_format, empty",
    "Publish",
    { TopicArn: "", Message: "x" },
    "InvalidParameter",
    "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1",
  ],
  [
    "unknown_topic_publish",
    "Publish",
    { TopicArn: topicArn("Gone"), Message: "x" },
    "NotFound",
    "Topic does not exist",
  ],
  [
    "publish_non_existent_target",
    "Publish",
    {
      TopicArn: undefined,
      TargetArn: `arn:aws:sns:us-east-1:${account}:endpoint/APNS/abcdef/0f7d5971-aa8b-4bd5-b585-0826e9f93a66`,
      Message: "x",
    },
    "InvalidParameter",
    "Invalid parameter: TargetArn Reason: No endpoint found for the target arn specified",
  ],
  [
    "publish_with_empty_subject",
    "Publish",
    { Message: "x", Subject: "" },
    "InvalidParameter",
    "Invalid parameter: Subject",
  ],
  ["empty_sns_message", "Publish", { Message: "" }, "InvalidParameter", "Invalid parameter: Empty message"],
  [
    "publish_too_long_message",
    "Publish",
    { Message: "This is a test message".repeat(12_000) },
    "InvalidParameter",
    "Invalid parameter: Message too long",
  ],
  [
    "publish_too_long_message, with attributes",
    "Publish",
    { Message: "a".repeat(limit - attributeBytes + 1), MessageAttributes: attr1 },
    "InvalidParameter",
    "Invalid parameter: Message too long",
  ],
  [
    "publish_batch_too_long_message",
    "PublishBatch",
    entries({ Message: "a".repeat(limit / 2) }, { Message: "b".repeat(1 + limit / 2) }),
    "BatchRequestTooLong",
    "The length of all the messages put together is more than the limit.",
  ],
  [
    "publish_batch_too_long_message, with attributes",
    "PublishBatch",
    entries({ Message: "a".repeat(limit - attributeBytes), MessageAttributes: attr1 }, { Message: "b" }),
    "BatchRequestTooLong",
    "The length of all the messages put together is more than the limit.",
  ],
  [
    "message_structure_json_exc",
    "Publish",
    { Message: '{"sqs": "Test message"}', MessageStructure: "json" },
    "InvalidParameter",
    "Invalid parameter: Message Structure - No default entry in JSON message body",
  ],
  [
    "message_structure_json_exc, not JSON",
    "Publish",
    { Message: '{"default": "This is a default message"} }', MessageStructure: "json" },
    "InvalidParameter",
    "Invalid parameter: Message Structure - JSON message body failed to parse",
  ],
  [
    "message_structure_json_exc, not a text",
    "Publish",
    { Message: '{"default": {"object": "test"}}', MessageStructure: "json" },
    "InvalidParameter",
    "Invalid parameter: Message Structure - No default entry in JSON message body",
  ],
  [
    "create_subscriptions_with_attributes",
    "GetSubscriptionAttributes",
    { SubscriptionArn: `${names}:00000000-0000-0000-0000-000000000000` },
    "NotFound",
    "Subscription does not exist",
  ],
  [
    "unsubscribe_wrong_arn_format, on reading",
    "GetSubscriptionAttributes",
    { SubscriptionArn: "x" },
    "InvalidParameter",
    "Invalid parameter: SubscriptionArn Reason: An ARN must have at least 6 elements, not 1",
  ],
  [
    "publish_batch_messages_without_topic",
    "PublishBatch",
    { TopicArn: topicArn("Gone"), ...entries({ Message: "x" }) },
    "NotFound",
    "Topic does not exist",
  ],
  [
    "publish_batch_exceptions, too many",
    "PublishBatch",
    entries(...Array.from({ length: 11 }, () => ({ Message: "x" }))),
    "TooManyEntriesInBatchRequest",
    "The batch request contains more entries than permissible.",
  ],
  [
    "publish_batch_exceptions, same id",
    "PublishBatch",
    entries({ Message: "x", Id: "1" }, { Message: "x", Id: "1" }),
    "BatchEntryIdsNotDistinct",
    "Two or more batch entries in the request have the same Id.",
  ],
  [
    "publish_batch_exceptions, no default",
    "PublishBatch",
    entries({ Message: '{"sqs": "test sqs"}', MessageStructure: "json" }),
    "InvalidParameter",
    "Invalid parameter: Message Structure - No default entry in JSON message body",
  ],
  [
    "message_attributes_prefixes",
    "Publish",
    attribute({ DataType: "String.", StringValue: "x" }),
    "ParameterValueInvalid",
    wrongPrefix,
  ],
  [
    "message_attributes_prefixes, 2",
    "Publish",
    attribute({ DataType: "Stringprefixed", StringValue: "x" }),
    "ParameterValueInvalid",
    wrongPrefix,
  ],
  [
    "validations_for_fifo, no-msg-dedup-regular-topic",
    "Publish",
    { Message: "x", MessageDeduplicationId: "1" },
    "InvalidParameter",
    "Invalid parameter: MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type",
  ],
  [
    "publish_wrong_phone_format",
    "Publish",
    { PhoneNumber: "+1a234", Message: "x" },
    "InvalidParameter",
    "Invalid parameter: PhoneNumber Reason: +1a234 is not valid to publish to",
  ],
  [
    "publish_wrong_phone_format, 2",
    "Publish",
    { PhoneNumber: "NAA+15551234567", Message: "x" },
    "InvalidParameter",
    "Invalid parameter: PhoneNumber Reason: NAA+15551234567 is not valid to publish to",
  ],
  [
    "topic_publish_another_region",
    "Publish",
    { TopicArn: `arn:aws:sns:eu-west-1:${account}:Names`, Message: "x" },
    "InvalidParameter",
    "Invalid parameter: TopicArn",
  ],
  [
    "topic_publish_another_region, batch",
    "PublishBatch",
    { TopicArn: `arn:aws:sns:eu-west-1:${account}:Names`, ...entries({ Message: "x" }) },
    "InvalidParameter",
    "Invalid parameter: TopicArn",
  ],
  ...wrongAttributes.flatMap(([test, input, code, message]): Refusal[] => [
    [`empty_or_wrong_message_attributes, ${test}`, "Publish", input, code, message],
    [`empty_or_wrong_message_attributes, batch-${test}`, "PublishBatch", entries(input), code, message],
  ]),
  [
    "empty_or_wrong_message_attributes, fully_missing_data_type",
    "Publish",
    attribute({ StringValue: "x" }),
    "ValidationError",
    "1 validation error detected: Value null at 'messageAttributes.attr1.member.dataType' failed to satisfy constraint: Member must not be null",
  ],
  [
    "empty_or_wrong_message_attributes, batch-fully_missing_data_type",
    "PublishBatch",
    entries(attribute({ StringValue: "x" })),
    "ValidationError",
    "1 validation error detected: Value null at 'publishBatchRequestEntries.1.member.messageAttributes.attr1.member.dataType' failed to satisfy constraint: Member must not be null",
  ],
];

test.each(facts.rows(refusals))("%s", async (_test, operation, input, code, message) => {
  const { call } = setUp();

  const error = await caught(call(operation, input));

  expect({ code: error.code, message: error.message, status: error.status }).toEqual({
    code,
    message,
    status: code === "NotFound" ? 404 : 400,
  });
});

describe("what is let through", () => {
  test.each(
    facts.rows<[string, string, Members]>([
      [
        "publish_too_long_message",
        "Publish",
        { Message: "a".repeat(limit - attributeBytes), MessageAttributes: attr1 },
      ],
      [
        "publish_batch_too_long_message",
        "PublishBatch",
        entries(
          { Message: "a".repeat(limit - attributeBytes - 1), MessageAttributes: attr1 },
          { Message: "b" },
        ),
      ],
      ["publish_message_by_target_arn", "Publish", { TopicArn: undefined, TargetArn: names, Message: "x" }],
      [
        "message_structure_json_exc, duplicate keys",
        "Publish",
        { Message: '{"default": "a", "default": "Duplicate"}', MessageStructure: "json" },
      ],
      [
        "message_attributes_prefixes",
        "Publish",
        attribute({ DataType: "String.prefixed", StringValue: "x" }),
      ],
      [
        "message_attributes_prefixes, 2",
        "Publish",
        attribute({ DataType: "String.  prefixed.", StringValue: "x" }),
      ],
      ["publish_unicode_chars", "Publish", { Message: 'ö§a1"_!?,. £$-' }],
    ]),
  )("%s", async (_test, operation, input) => {
    const { call } = setUp();

    const output = await call(operation, input);

    expect(JSON.stringify(output)).toContain("MessageId");
  });
});

facts.fact(
  "publish_sqs_from_sns: raw messages keep their attributes, with the digest that AWS gave",
  async () => {
    const { call, received } = setUp({ raw_message_delivery: true });

    await call("Publish", {
      Message: "Test msg",
      MessageAttributes: { attr1: { DataType: "Number", StringValue: "99.12" } },
    });
    const [message] = received();

    expect(message?.body).toBe("Test msg");
    expect(md5OfAttributes(message?.attributes ?? {})).toBe("d302007e9aa062660afc85fd0a482472");
  },
);

facts.fact("publish_batch_messages_from_sns_to_sqs: each entry comes as it would alone", async () => {
  const { call, received } = setUp({ raw_message_delivery: true });

  const output = await call(
    "PublishBatch",
    entries(
      { Message: "two attributes", Subject: "Subject", MessageAttributes: attr1 },
      { Message: "without subject" },
      { Message: '{"default":"test default","sqs":"test sqs"}', MessageStructure: "json" },
    ),
  );

  expect(output).toMatchObject({ Successful: [{ Id: "1" }, { Id: "2" }, { Id: "3" }], Failed: [] });
  expect(received().map(({ body }) => body)).toEqual(["two attributes", "without subject", "test sqs"]);
});

test.each(facts.rows([true, false]))(
  "redrive_policy_sqs_queue_subscription[%s]: a dead letter is the message alone",
  async (raw) => {
    const { call, received } = setUp({
      endpoint: queueArn("Deleted"),
      raw_message_delivery: raw,
      redrive_policy: JSON.stringify({ deadLetterTargetArn: queueArn("Dead") }),
    });
    const MessageAttributes = {
      attr1: { DataType: "Number", StringValue: "111" },
      attr2: { DataType: "Binary", BinaryValue: "AgME" },
    };

    await call("Publish", { Message: "test_dlq_after_sqs_endpoint_deleted", MessageAttributes });
    const [message] = received("Dead");

    expect(message?.attributes).toEqual(raw ? MessageAttributes : {});
    if (raw) expect(message?.body).toBe("test_dlq_after_sqs_endpoint_deleted");
    else {
      expect(JSON.parse(message?.body ?? "")).toMatchObject({
        Message: "test_dlq_after_sqs_endpoint_deleted",
        MessageAttributes: {
          attr1: { Type: "Number", Value: "111" },
          attr2: { Type: "Binary", Value: "AgME" },
        },
      });
    }
  },
);

facts.fact("publish_sqs_verify_signature[2]: the envelope says the topic's version", async () => {
  const { call, received } = setUp({}, { signature_version: 2 });

  await call("Publish", { Message: "x" });

  expect(JSON.parse(received()[0]?.body ?? "").SignatureVersion).toBe("2");
});

facts.fact("publish_message_group_id: a standard topic hands the group on", async () => {
  const { call, received } = setUp();

  await call("Publish", { Message: "x", MessageGroupId: "my-group-id-1" });

  expect(received()[0]?.groupId).toBe("my-group-id-1");
});

facts.fact(
  "topic_get_attributes_with_fifo_false: a topic has SNS's policy and delivery policy unless it has its own",
  async () => {
    const { call } = setUp();

    const { Attributes } = await call("GetTopicAttributes", {});
    const attributes = Attributes instanceof Map ? Object.fromEntries(Attributes) : {};

    expect(Object.keys(attributes).sort()).toEqual([
      "DisplayName",
      "EffectiveDeliveryPolicy",
      "Owner",
      "Policy",
      "SubscriptionsConfirmed",
      "SubscriptionsDeleted",
      "SubscriptionsPending",
      "TopicArn",
    ]);
    expect(JSON.parse(attributes.Policy)).toMatchObject({
      Version: "2008-10-17",
      Id: "__default_policy_ID",
      Statement: [
        {
          Sid: "__default_statement_ID",
          Resource: names,
          Condition: { StringEquals: { "AWS:SourceOwner": account } },
        },
      ],
    });
  },
);

test.each(
  facts.rows<[string, Values, Record<string, string>]>([
    ["publish_sqs_from_sns", { raw_message_delivery: true }, { RawMessageDelivery: "true" }],
    [
      "subscribe_sqs_queue",
      { filter_policy: '{"attr1":[{"numeric":[">",0,"<=",100]}]}' },
      {
        RawMessageDelivery: "false",
        FilterPolicy: '{"attr1":[{"numeric":[">",0,"<=",100]}]}',
        FilterPolicyScope: "MessageAttributes",
      },
    ],
    [
      "set_subscription_filter_policy_scope",
      { filter_policy: '{"a":["b"]}', filter_policy_scope: "MessageBody" },
      { RawMessageDelivery: "false", FilterPolicy: '{"a":["b"]}', FilterPolicyScope: "MessageBody" },
    ],
  ]),
)("%s: a subscription's attributes", async (_test, values, expected) => {
  const { call, subscriptionArn } = setUp(values);

  const { Attributes } = await call("GetSubscriptionAttributes", { SubscriptionArn: subscriptionArn });

  expect(Attributes instanceof Map ? Object.fromEntries(Attributes) : {}).toEqual({
    ConfirmationWasAuthenticated: "true",
    Endpoint: queueArn("Q"),
    Owner: account,
    PendingConfirmation: "false",
    Protocol: "sqs",
    SubscriptionArn: subscriptionArn,
    SubscriptionPrincipal: `arn:aws:iam::${account}:user/local-administrator`,
    TopicArn: names,
    ...expected,
  });
});

facts.fact("tags: a topic's tags can be read", async () => {
  const { call } = setUp({}, { tags: { "123": "abc", "456": "def" } });

  expect(await call("ListTagsForResource", { ResourceArn: names })).toEqual({
    Tags: [
      { Key: "123", Value: "abc" },
      { Key: "456", Value: "def" },
    ],
  });
});

// Not recorded by localstack: floci#778 saw the subject count, floci#3953 saw that it does not. See docs/local-runtime.md.
test("a subject counts for the limit, as it does in a batch", async () => {
  const { call } = setUp();
  const tooLong = { Message: "x".repeat(262_100), Subject: "s".repeat(100) };

  expect((await caught(call("Publish", tooLong))).message).toBe("Invalid parameter: Message too long");
  expect((await caught(call("PublishBatch", entries(tooLong)))).message).toBe(
    "Invalid parameter: Message too long",
  );
});

facts.fact("publish_sqs_from_sns_with_xray_propagation", async () => {
  const trace = "Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1";
  const { call, received } = setUp();
  await call("Publish", { Message: "hello" }, { ...context, traceHeader: trace });

  expect(received()).toEqual([expect.objectContaining({ traceHeader: trace })]);
});

facts.holdInDocs("sns");
