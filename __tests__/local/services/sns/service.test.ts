import { bindService } from "../../../../local/aws-api/service";
import type { AccessRequest } from "../../../../local/iam/access-control";
import type { Members } from "../../../../local/kernel/input";
import { readTopics } from "../../../../local/services/sns/resources";
import { sns } from "../../../../local/services/sns/service";
import { deploymentOf, type Unnamed, type Values } from "../../../support/deployment";
import { queue, queueArn, subscription as subscriptionTo, topic, topicArn } from "../../../support/messaging";
import { administrator, caught, createWorld, functionArn, region, type World } from "../lambda/support";

const context = { principal: administrator, requestId: "r", sourceIp: "127.0.0.1" };
const names = topicArn("Names");
let world: World | undefined;

afterEach(async () => {
  await world?.close();
  world = undefined;
});

const subscription = (protocol: string, endpoint: string, values: Values = {}) =>
  subscriptionTo("Names", protocol, endpoint, values);
const toDead = { redrive_policy: JSON.stringify({ deadLetterTargetArn: queueArn("Dead") }) };
const printing = "export const handler = async (event) => { console.log(JSON.stringify(event)); };";

function setUp(resources: readonly Unnamed[] = [], source = printing) {
  const started = createWorld({
    functions: [{ name: "F", source }],
    resources: [
      topic("Names", { display_name: "Names of users", policy: "{}" }),
      topic("Other"),
      queue("Dead"),
      queue("Copy"),
      ...resources,
    ],
  });
  world = started;
  const service = bindService(sns, started.topics);
  const call = async (operation: string, input: Members): Promise<Members> =>
    (await service.operations[operation]?.handle({ TopicArn: names, ...input }, context)) ?? {};
  const publish = async (input: Members): Promise<Members> => {
    const output = await call("Publish", input);
    await started.topics.idle();
    await started.functions.idle();
    return output;
  };
  const received = (name: string) => started.queues.byArn(queueArn(name))?.receive(10) ?? [];
  return { started, service, call, publish, received };
}

const fromSns = ({ principal }: AccessRequest) =>
  principal.kind === "service" && principal.service === "sns.amazonaws.com" && principal.sourceArn === names;
const Ada = { DataType: "String", StringValue: "Ada" };

describe("delivery to a function", () => {
  test("belongs to the trace of the request that published", async () => {
    const source = "export const handler = async () => { console.log(process.env._X_AMZN_TRACE_ID); };";
    const { started, service } = setUp([subscription("lambda", functionArn("F"))], source);
    const traceHeader = "Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1";

    await service.operations.Publish?.handle({ TopicArn: names, Message: "a" }, { ...context, traceHeader });
    await started.topics.idle();
    await started.functions.idle();

    expect(started.log("F").join("")).toMatch(
      /Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=(?!7fa8c0f79203be72)/,
    );
  });

  test("is an asynchronous event with the record as AWS makes it", async () => {
    const { started, publish } = setUp([subscription("lambda", functionArn("F"))]);

    const { MessageId } = await publish({
      Message: "Ada",
      MessageAttributes: { name: Ada, raw: { DataType: "Binary", BinaryValue: "AQI=" } },
    });

    const line = started.log("F").find((message) => message.includes("Records")) ?? "";
    const event = JSON.parse(line.split("\t")[3] ?? "");
    const arn = expect.stringMatching(
      new RegExp(`^${names}:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`),
    );
    expect(event).toEqual({
      Records: [
        {
          EventSource: "aws:sns",
          EventVersion: "1.0",
          EventSubscriptionArn: arn,
          Sns: {
            Type: "Notification",
            MessageId,
            TopicArn: names,
            Subject: null,
            Message: "Ada",
            Timestamp: "2025-10-26T12:00:00.000Z",
            SignatureVersion: "1",
            Signature: expect.any(String),
            SigningCertUrl: expect.stringContaining(`https://sns.${region}.amazonaws.com/`),
            UnsubscribeUrl: expect.stringContaining("Action=Unsubscribe"),
            MessageAttributes: {
              name: { Type: "String", Value: "Ada" },
              raw: { Type: "Binary", Value: "AQI=" },
            },
          },
        },
      ],
    });
    expect(started.access.requests.find(fromSns)).toMatchObject({
      action: "lambda:InvokeFunction",
      resource: functionArn("F"),
    });
  });

  test("that the function does not permit goes to the subscription's dead-letter queue", async () => {
    const { started, publish, received } = setUp([subscription("lambda", functionArn("F"), toDead)]);
    started.access.deny = (request) => request.action === "lambda:InvokeFunction";

    const { MessageId } = await publish({ Message: "Ada", Subject: "A name" });

    const [message] = received("Dead");
    expect(JSON.parse(message?.body ?? "")).toMatchObject({
      Type: "Notification",
      MessageId,
      TopicArn: names,
      Subject: "A name",
      Message: "Ada",
    });
    // Nothing says why: recorded in localstack's test_redrive_policy_sqs_queue_subscription.
    expect(message?.attributes).toEqual({});
    expect(started.log("F")).toEqual([]);
  });

  test("to a function that is gone goes to the subscription's dead-letter queue", async () => {
    const { started, publish, received } = setUp([subscription("lambda", functionArn("Gone"), toDead)]);

    await publish({ Message: "Ada" });

    expect(received("Dead")).toHaveLength(1);
    expect(started.undelivered).toMatchObject([
      { metric: "NumberOfNotificationsFailed", detail: expect.stringContaining("Function not found") },
    ]);
  });

  test("that the function then fails to process never reaches the subscription's dead-letter queue", async () => {
    const { started, publish, received } = setUp(
      [subscription("lambda", functionArn("F"), toDead)],
      "export const handler = async () => { throw new Error('no'); };",
    );

    await publish({ Message: "Ada" });

    expect(started.log("F").filter((line) => line.startsWith("START"))).toHaveLength(3);
    expect(received("Dead")).toEqual([]);
  });

  test("is lost, and counted, without a dead-letter queue, or with one that does not permit the topic", async () => {
    const { started, publish, received } = setUp([
      subscription("lambda", functionArn("Gone"), toDead),
      subscription("lambda", functionArn("Gone")),
    ]);
    started.access.deny = (request) =>
      fromSns(request) && request.action === "sqs:SendMessage" && request.resource === queueArn("Dead");

    await publish({ Message: "Ada" });

    expect(received("Dead")).toEqual([]);
    expect(started.undelivered.map(({ metric }) => metric).sort()).toEqual([
      "NumberOfNotificationsFailed",
      "NumberOfNotificationsFailed",
      "NumberOfNotificationsFailedToRedriveToDlq",
    ]);
  });
});

describe("delivery to a queue", () => {
  test("has the envelope as the body", async () => {
    const { publish, received } = setUp([subscription("sqs", queueArn("Copy"))]);

    const { MessageId } = await publish({ Message: "Ada", MessageAttributes: { name: Ada } });

    const [message] = received("Copy");
    const body = JSON.parse(message?.body ?? "");
    expect(Object.keys(body)).toEqual([
      "Type",
      "MessageId",
      "TopicArn",
      "Message",
      "Timestamp",
      "SignatureVersion",
      "Signature",
      "SigningCertURL",
      "UnsubscribeURL",
      "MessageAttributes",
    ]);
    expect(body).toMatchObject({
      MessageId,
      Message: "Ada",
      MessageAttributes: { name: { Type: "String", Value: "Ada" } },
    });
    expect(message?.attributes).toEqual({});
  });

  test("has message and attributes as they are when the subscription is raw, in the dead-letter queue too", async () => {
    const { started, publish, received } = setUp([
      subscription("sqs", queueArn("Copy"), { raw_message_delivery: true }),
      subscription("sqs", queueArn("Gone"), { raw_message_delivery: true, ...toDead }),
    ]);

    await publish({ Message: "Ada", MessageAttributes: { name: Ada } });

    expect(received("Copy")).toMatchObject([{ body: "Ada", attributes: { name: Ada } }]);
    expect(received("Dead")).toMatchObject([{ body: "Ada", attributes: { name: Ada } }]);
    expect(started.undelivered).toHaveLength(1);
  });

  test("needs the queue's policy to permit the topic", async () => {
    const { started, publish, received } = setUp([subscription("sqs", queueArn("Copy"))]);
    started.access.deny = (request) => fromSns(request) && request.action === "sqs:SendMessage";

    await publish({ Message: "Ada" });

    expect(received("Copy")).toEqual([]);
    expect(started.undelivered).toMatchObject([{ metric: "NumberOfNotificationsFailed" }]);
  });

  test("takes the text for its protocol, or the default one", async () => {
    const { publish, received } = setUp([
      subscription("sqs", queueArn("Copy"), { raw_message_delivery: true }),
    ]);

    await publish({ Message: '{"default":"for all","sqs":"for queues"}', MessageStructure: "json" });
    await publish({ Message: '{"default":"for all"}', MessageStructure: "json" });

    expect(received("Copy").map((message) => message.body)).toEqual(["for queues", "for all"]);
  });

  test("happens for messages that the filter policy accepts, and only for these", async () => {
    const { publish, received } = setUp([
      subscription("sqs", queueArn("Copy"), {
        raw_message_delivery: true,
        filter_policy: '{"name":["Ada"]}',
      }),
    ]);

    await publish({ Message: "yes", MessageAttributes: { name: Ada } });
    await publish({ Message: "no", MessageAttributes: { name: { DataType: "String", StringValue: "Bob" } } });

    expect(received("Copy").map((message) => message.body)).toEqual(["yes"]);
  });
});

test("a subscription with a protocol that is not served is counted, not forgotten", async () => {
  const { started, publish } = setUp([subscription("email", "ada@example.com")]);

  await publish({ Message: "Ada" });

  expect(started.undelivered).toMatchObject([
    { metric: "NumberOfNotificationsFailed", detail: expect.stringContaining("protocol email") },
  ]);
});

describe("Publish refuses", () => {
  const attribute = (value: Members) => ({ Message: "x", MessageAttributes: { a: value } });

  test.each<[string, Members, string, string]>([
    ["an empty message", { Message: "" }, "InvalidParameter", "Invalid parameter: Empty message"],
    ["no message", {}, "InvalidParameter", "Invalid parameter: Empty message"],
    [
      "a message over 256 KB",
      { Message: "x".repeat(262_145) },
      "InvalidParameter",
      "Invalid parameter: Message too long",
    ],
    [
      "a subject over 100 characters",
      { Message: "x", Subject: "x".repeat(101) },
      "InvalidParameter",
      "Invalid parameter: Subject",
    ],
    [
      "a subject with a line break",
      { Message: "x", Subject: "a\nb" },
      "InvalidParameter",
      "Invalid parameter: Subject",
    ],
    ["an unknown topic", { TopicArn: topicArn("Gone"), Message: "x" }, "NotFound", "Topic does not exist"],
    [
      "no topic",
      { TopicArn: undefined, Message: "x" },
      "InvalidParameter",
      "TopicArn or TargetArn Reason: no value for required parameter",
    ],
    ["a phone number", { PhoneNumber: "+1", Message: "x" }, "InvalidParameter", "PhoneNumber"],
    ["another structure", { Message: "x", MessageStructure: "xml" }, "InvalidParameter", "MessageStructure"],
    [
      "a structure that is not JSON",
      { Message: "x", MessageStructure: "json" },
      "InvalidParameter",
      "JSON message body failed to parse",
    ],
    [
      "a structure without default",
      { Message: '{"sqs":"x"}', MessageStructure: "json" },
      "InvalidParameter",
      "No default entry in JSON message body",
    ],
    [
      "an attribute without a type",
      attribute({ StringValue: "x" }),
      "ValidationError",
      "Value null at 'messageAttributes.a.member.dataType' failed to satisfy constraint",
    ],
    [
      "an attribute without a value",
      attribute({ DataType: "String" }),
      "ParameterValueInvalid",
      "must contain non-empty message attribute value",
    ],
    [
      "a binary attribute without a value",
      attribute({ DataType: "Binary", StringValue: "x" }),
      "ParameterValueInvalid",
      "with type 'Binary' must use field 'Binary'",
    ],
    [
      "a number that is not one",
      attribute({ DataType: "Number", StringValue: "x" }),
      "ParameterValueInvalid",
      "is not a number",
    ],
    [
      "an attribute with an odd name",
      { Message: "x", MessageAttributes: { "a b": Ada } },
      "ParameterValueInvalid",
      "Invalid non-alphanumeric character '#x20'",
    ],
    [
      "attributes that are not a map",
      { Message: "x", MessageAttributes: [] },
      "InvalidParameter",
      "Invalid parameter: MessageAttributes",
    ],
  ])("%s", async (_, input, code, message) => {
    const { call } = setUp();

    const error = await caught(call("Publish", input));

    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
    expect(error.status).toBe(code === "NotFound" ? 404 : 400);
  });
});

describe("PublishBatch", () => {
  test("publishes each entry on its own", async () => {
    const { started, call, received } = setUp([
      subscription("sqs", queueArn("Copy"), { raw_message_delivery: true }),
    ]);

    const output = await call("PublishBatch", {
      PublishBatchRequestEntries: [
        { Id: "a", Message: "one" },
        { Id: "b", Message: "" },
      ],
    });
    await started.topics.idle();

    expect(output).toEqual({
      Successful: [{ Id: "a", MessageId: expect.any(String) }],
      Failed: [
        { Id: "b", Code: "InvalidParameter", Message: "Invalid parameter: Empty message", SenderFault: true },
      ],
    });
    expect(received("Copy").map((message) => message.body)).toEqual(["one"]);
  });

  test.each<[unknown, string]>([
    [[], "EmptyBatchRequest"],
    [undefined, "EmptyBatchRequest"],
    [
      Array.from({ length: 11 }, (_, index) => ({ Id: `${index}`, Message: "x" })),
      "TooManyEntriesInBatchRequest",
    ],
    [[{ Id: "a b", Message: "x" }], "InvalidBatchEntryId"],
    [
      [
        { Id: "a", Message: "x" },
        { Id: "a", Message: "y" },
      ],
      "BatchEntryIdsNotDistinct",
    ],
    [["a", "b"].map((Id) => ({ Id, Message: "x".repeat(200_000) })), "BatchRequestTooLong"],
  ])("refuses bad batches (%#: %s)", async (entries, code) => {
    const { call } = setUp();

    const error = await caught(call("PublishBatch", { PublishBatchRequestEntries: entries }));

    expect(error.code).toBe(code);
  });
});

test("topics and subscriptions can be read", async () => {
  const { call } = setUp([subscription("sqs", queueArn("Copy"))]);

  const outputs = [
    await call("ListTopics", {}),
    await call("GetTopicAttributes", {}),
    await call("ListSubscriptionsByTopic", {}),
  ];

  expect(outputs).toEqual([
    { Topics: [{ TopicArn: names }, { TopicArn: topicArn("Other") }] },
    {
      Attributes: new Map([
        ["TopicArn", names],
        ["Owner", "123456789012"],
        ["Policy", "{}"],
        ["EffectiveDeliveryPolicy", expect.stringContaining("defaultHealthyRetryPolicy")],
        ["DisplayName", "Names of users"],
        ["SubscriptionsConfirmed", "1"],
        ["SubscriptionsPending", "0"],
        ["SubscriptionsDeleted", "0"],
      ]),
    },
    {
      Subscriptions: [
        {
          SubscriptionArn: expect.stringContaining(names),
          Owner: "123456789012",
          Protocol: "sqs",
          Endpoint: queueArn("Copy"),
          TopicArn: names,
        },
      ],
    },
  ]);
});

test("each operation asks for its permission on the topic, Publish on a TargetArn too", () => {
  const { started, service } = setUp([subscription("sqs", queueArn("Copy"))]);
  const [{ arn: SubscriptionArn } = { arn: "" }] = started.topics.subscriptions;
  const input = { TopicArn: names, ResourceArn: names, SubscriptionArn };

  const required = Object.values(service.operations).map(({ permission }) => permission?.(input));
  const target = service.operations.Publish?.permission?.({ TargetArn: names });

  expect(required).toEqual([
    { action: "sns:Publish", resource: names },
    { action: "sns:Publish", resource: names },
    { action: "sns:ListTopics", resource: "*" },
    { action: "sns:GetTopicAttributes", resource: names },
    { action: "sns:ListSubscriptions", resource: "*" },
    { action: "sns:ListSubscriptionsByTopic", resource: names },
    { action: "sns:GetSubscriptionAttributes", resource: names },
    { action: "sns:ListTagsForResource", resource: names },
  ]);
  expect(target).toEqual({ action: "sns:Publish", resource: names });
  expect(() => service.operations.GetTopicAttributes?.permission?.({})).toThrow("TopicArn");
});

test("lists come in pages of a hundred", async () => {
  const { call } = setUp(
    Array.from({ length: 101 }, (_, index) => subscription("sqs", queueArn(`Q${index}`))),
  );

  const first = await call("ListSubscriptionsByTopic", {});
  const second = await call("ListSubscriptions", { NextToken: first.NextToken });
  const restarted = await call("ListSubscriptions", { NextToken: "" });
  const wrong = await caught(call("ListTopics", { NextToken: "nonsense" }));

  expect(first.Subscriptions).toHaveLength(100);
  expect(restarted.Subscriptions).toEqual(first.Subscriptions);
  expect(second.Subscriptions).toMatchObject([{ Endpoint: queueArn("Q100") }]);
  expect(second).not.toHaveProperty("NextToken");
  expect(wrong.code).toBe("InvalidParameter");
});

test.each<[string, Unnamed, string]>([
  ["a FIFO topic", topic("a.fifo", { fifo_topic: true }), "aws_sns_topic.R0: fifo_topic must be false"],
  [
    "a redrive policy without a target",
    subscription("sqs", queueArn("Copy"), { redrive_policy: "{}" }),
    "aws_sns_topic_subscription.R0: redrive_policy must be an object with deadLetterTargetArn",
  ],
  [
    "a topic whose name SNS does not take",
    topic("a b"),
    'aws_sns_topic.R0: AWS refuses name "a b": Member must satisfy regular expression pattern',
  ],
  [
    "a protocol that SNS does not have",
    subscription("pigeon", "x"),
    'AWS refuses protocol "pigeon": Member must satisfy enum value set',
  ],
  [
    "a queue's URL as the endpoint",
    subscription("sqs", "https://sqs.us-east-1.amazonaws.com/123456789012/Copy"),
    "Invalid parameter: SQS endpoint ARN",
  ],
  [
    "raw messages for a function",
    subscription("lambda", functionArn("F"), { raw_message_delivery: true }),
    "Delivery protocol [lambda] does not support raw message delivery",
  ],
  [
    "a redrive policy with a queue's attribute",
    subscription("sqs", queueArn("Copy"), {
      redrive_policy: JSON.stringify({ deadLetterTargetArn: queueArn("Dead"), maxReceiveCount: 3 }),
    }),
    "RedrivePolicy: invalid JSON. Attribute maxReceiveCount is unknown.",
  ],
  [
    "a dead-letter queue that is not one",
    subscription("sqs", queueArn("Copy"), { redrive_policy: '{"deadLetterTargetArn":"x"}' }),
    "RedrivePolicy: deadLetterTargetArn is an invalid arn",
  ],
])("%s is refused, with its address", (_, definition, message) => {
  expect(() => readTopics(deploymentOf(definition))).toThrow(message);
});
