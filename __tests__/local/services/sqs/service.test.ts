import { bindService } from "../../../../local/aws-api/service";
import { Resource } from "../../../../local/deployment/deployment";
import type { Members } from "../../../../local/kernel/input";
import { Queues } from "../../../../local/services/sqs/queues";
import { readQueues } from "../../../../local/services/sqs/resources";
import { sqs } from "../../../../local/services/sqs/service";
import { deploymentOf, type Values } from "../../../support/deployment";
import { queue, queueArn } from "../../../support/messaging";
import { TestClock } from "../../../support/test-clock";
import { administrator, caught, endpointUrl } from "../lambda/support";

const context = { principal: administrator, requestId: "r", sourceIp: "127.0.0.1" };
const url = (name: string) => `http://127.0.0.1:3000/123456789012/${name}`;

function setUp(values: Values = {}, dead: Values = {}) {
  const clock = new TestClock(5_000);
  const deployment = deploymentOf(queue("Main", values), queue("Dead", dead));
  const queues = new Queues(deployment, clock, endpointUrl);
  const service = bindService(sqs, queues);
  const call = async (operation: string, input: Members = {}): Promise<Members> =>
    (await service.operations[operation]?.handle({ QueueUrl: url("Main"), ...input }, context)) ?? {};
  const send = (body: string, more: Members = {}) => call("SendMessage", { MessageBody: body, ...more });
  const receive = async (input: Members = {}): Promise<Members[]> =>
    list((await call("ReceiveMessage", { MaxNumberOfMessages: 10, ...input })).Messages);
  return { clock, queues, service, call, send, receive };
}

const list = (value: unknown): Members[] => (Array.isArray(value) ? value : []);
const bodies = (messages: readonly Members[]) => messages.map((message) => message.Body);

describe("a message", () => {
  test("comes with its digests and the attributes that were asked for", async () => {
    const { send, receive } = setUp();
    const attributes = {
      name: { DataType: "String", StringValue: "Ada" },
      count: { DataType: "Number", StringValue: "3" },
      bytes: { DataType: "Binary", BinaryValue: "AQID" },
    };

    const sent = await send("hello", { MessageAttributes: attributes });
    const [message] = await receive({ MessageAttributeNames: ["All"], MessageSystemAttributeNames: ["All"] });
    // Computed on its own, with Python's hashlib, from SQS's description of the digest.
    const digest = "6b3943079fb40a903661420a03c0c6c6";

    expect(sent).toMatchObject({
      MD5OfMessageBody: "5d41402abc4b2a76b9719d911017c592",
      MessageId: message?.MessageId,
    });
    expect(sent.MD5OfMessageAttributes).toBe(digest);
    expect(message).toMatchObject({
      Body: "hello",
      MD5OfBody: sent.MD5OfMessageBody,
      MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
      MessageAttributes: attributes,
      Attributes: {
        SenderId: "123456789012",
        SentTimestamp: "5000",
        ApproximateReceiveCount: "1",
        ApproximateFirstReceiveTimestamp: "5000",
      },
    });
  });

  test.each([
    [["name"], ["name"]],
    [["na.*"], ["name", "nation"]],
    [["other"], undefined],
    [undefined, undefined],
  ])("carries the attributes named %j", async (names, expected) => {
    const { send, receive } = setUp();
    const value = { DataType: "String", StringValue: "x" };
    await send("hello", { MessageAttributes: { name: value, nation: value, x: value } });

    const [message] = await receive({ MessageAttributeNames: names });

    expect(message?.MessageAttributes && Object.keys(message.MessageAttributes)).toEqual(expected);
    expect(message).not.toHaveProperty("Attributes");
  });

  test("is invisible for the visibility timeout, and comes back unless it is deleted", async () => {
    const { clock, call, send, receive } = setUp({ visibility_timeout_seconds: 10 });
    await send("one");
    await send("two");

    const [one, two] = await receive();
    const hidden = await receive();
    await call("DeleteMessage", { ReceiptHandle: one?.ReceiptHandle });
    clock.advance({ milliseconds: 10_000 });
    const again = await receive({ AttributeNames: ["ApproximateReceiveCount"] });

    expect(hidden).toEqual([]);
    expect(again).toMatchObject([{ Body: "two", Attributes: { ApproximateReceiveCount: "2" } }]);
    expect(again[0]?.ReceiptHandle).not.toBe(two?.ReceiptHandle);
  });

  test("is not deleted with the receipt handle of an earlier receive", async () => {
    const { call, send, receive } = setUp({ visibility_timeout_seconds: 0 });
    await send("one");
    const [first] = await receive();
    await receive();

    await call("DeleteMessage", { ReceiptHandle: first?.ReceiptHandle });

    expect(bodies(await receive())).toEqual(["one"]);
  });

  test("comes back earlier or later when its visibility is changed", async () => {
    const { clock, call, send, receive } = setUp();
    await send("one");
    const [message] = await receive();

    await call("ChangeMessageVisibility", { ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 100 });
    clock.advance({ milliseconds: 99_000 });
    const later = await receive();
    await call("ChangeMessageVisibility", { ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 0 });
    const now = await receive();

    expect([later, now].map(bodies)).toEqual([[], ["one"]]);
  });

  test("comes after its delay, the queue's or its own", async () => {
    const { clock, send, receive } = setUp({ delay_seconds: 5 });
    await send("default");
    await send("own", { DelaySeconds: 1 });

    clock.advance({ milliseconds: 1_000 });
    const first = await receive();
    clock.advance({ milliseconds: 4_000 });
    const second = await receive();

    expect([first, second].map(bodies)).toEqual([["own"], ["default"]]);
  });

  test("is dropped when the queue's retention is over", async () => {
    const { clock, send, receive, call } = setUp({ message_retention_seconds: 60 });
    await send("old");
    clock.advance({ milliseconds: 60_000 });

    const counts = await call("GetQueueAttributes", { AttributeNames: ["ApproximateNumberOfMessages"] });

    expect(counts).toEqual({ Attributes: { ApproximateNumberOfMessages: "0" } });
    expect(await receive()).toEqual([]);
  });

  test("moves to the dead-letter queue when it was received too often", async () => {
    const { send, receive, call } = setUp({
      visibility_timeout_seconds: 0,
      redrive_policy: JSON.stringify({ deadLetterTargetArn: queueArn("Dead"), maxReceiveCount: 2 }),
    });
    await send("poison");

    const received = [await receive(), await receive(), await receive()];
    const dead = await call("ReceiveMessage", {
      QueueUrl: url("Dead"),
      MessageSystemAttributeNames: ["DeadLetterQueueSourceArn"],
    });

    expect(received.map(bodies)).toEqual([["poison"], ["poison"], []]);
    expect(dead.Messages).toMatchObject([
      { Body: "poison", Attributes: { DeadLetterQueueSourceArn: queueArn("Main") } },
    ]);
  });

  test("comes back without end when the dead-letter queue is not in the deployment", async () => {
    const { send, receive } = setUp({
      visibility_timeout_seconds: 0,
      redrive_policy: JSON.stringify({ deadLetterTargetArn: queueArn("Gone"), maxReceiveCount: 1 }),
    });
    await send("poison");

    const received = [await receive(), await receive()];

    expect(received.map(bodies)).toEqual([["poison"], ["poison"]]);
  });
});

describe("waiting for messages", () => {
  test("ends when a message comes", async () => {
    const { send, receive } = setUp();

    const waiting = receive({ WaitTimeSeconds: 20 });
    await send("here");

    expect(bodies(await waiting)).toEqual(["here"]);
  });

  test("ends when the time is over or the queues are closed", async () => {
    const { clock, queues, receive } = setUp({ receive_wait_time_seconds: 20 });

    const waiting = receive();
    clock.advance({ milliseconds: 20_000 });
    queues.all()[0]?.wakeAll();
    const closing = receive();
    queues.close();

    expect([await waiting, await closing]).toEqual([[], []]);
  });
});

describe("queues", () => {
  test("are found by the local URL and by AWS's own, and listed with the local one", async () => {
    const { call, send, receive } = setUp();
    await send("found", { QueueUrl: "https://sqs.us-east-1.amazonaws.com/123456789012/Main" });

    const named = await call("GetQueueUrl", { QueueName: "Main" });
    const first = await call("ListQueues", { MaxResults: 1 });
    const pages = [
      await call("ListQueues", { MaxResults: 1, NextToken: first.NextToken }),
      await call("ListQueues", { QueueNamePrefix: "x" }),
    ];

    expect(named).toEqual({ QueueUrl: url("Main") });
    expect(first).toEqual({ QueueUrls: [url("Dead")], NextToken: expect.any(String) });
    expect(pages).toEqual([{ QueueUrls: [url("Main")] }, {}]);
    expect(bodies(await receive())).toEqual(["found"]);
  });

  test("tell their attributes", async () => {
    const { call, send, receive } = setUp({
      policy: "{}",
      delay_seconds: 0,
      redrive_policy: JSON.stringify({ deadLetterTargetArn: queueArn("Dead"), maxReceiveCount: "3" }),
    });
    await send("one");
    await send("two");
    await send("three", { DelaySeconds: 9 });
    await receive({ MaxNumberOfMessages: 1 });

    const output = await call("GetQueueAttributes", { AttributeNames: ["All"] });

    expect(output.Attributes).toMatchObject({
      QueueArn: queueArn("Main"),
      ApproximateNumberOfMessages: "1",
      ApproximateNumberOfMessagesNotVisible: "1",
      ApproximateNumberOfMessagesDelayed: "1",
      CreatedTimestamp: "5",
      VisibilityTimeout: "30",
      MessageRetentionPeriod: "345600",
      MaximumMessageSize: "262144",
      Policy: "{}",
      RedrivePolicy: expect.stringContaining("deadLetterTargetArn"),
    });
  });

  test("can be purged", async () => {
    const { call, send, receive } = setUp();
    await send("one");

    await call("PurgeQueue");

    expect(await receive()).toEqual([]);
  });

  test("take and delete messages in batches, each entry on its own", async () => {
    const { call, receive } = setUp();

    const sent = await call("SendMessageBatch", {
      Entries: [
        { Id: "a", MessageBody: "one" },
        { Id: "b", MessageBody: "" },
      ],
    });
    const [message] = await receive({ VisibilityTimeout: 0 });
    const deleted = await call("DeleteMessageBatch", {
      Entries: [
        { Id: "a", ReceiptHandle: message?.ReceiptHandle },
        { Id: "b", ReceiptHandle: "x" },
      ],
    });

    expect(sent).toMatchObject({
      Successful: [{ Id: "a" }],
      Failed: [{ Id: "b", Code: "MissingParameter", SenderFault: true }],
    });
    expect(deleted).toMatchObject({
      Successful: [{ Id: "a" }],
      Failed: [{ Id: "b", Code: "ReceiptHandleIsInvalid" }],
    });
    expect(await receive()).toEqual([]);
  });

  test.each<[string, Members, string]>([
    ["SendMessage", { QueueUrl: url("Gone"), MessageBody: "x" }, "QueueDoesNotExist"],
    [
      "SendMessage",
      { QueueUrl: "http://127.0.0.1:3000/999999999999/Main", MessageBody: "x" },
      "QueueDoesNotExist",
    ],
    ["SendMessage", { QueueUrl: "Main", MessageBody: "x" }, "QueueDoesNotExist"],
    ["SendMessage", { QueueUrl: undefined, MessageBody: "x" }, "MissingParameter"],
    ["SendMessage", {}, "MissingParameter"],
    ["SendMessage", { MessageBody: "\u0000" }, "InvalidMessageContents"],
    ["SendMessage", { MessageBody: "x".repeat(262_145) }, "InvalidParameterValue"],
    ["SendMessage", { MessageBody: "x", DelaySeconds: 901 }, "InvalidParameterValue"],
    [
      "SendMessage",
      { MessageBody: "x", MessageAttributes: { a: { DataType: "Odd", StringValue: "x" } } },
      "InvalidParameterValue",
    ],
    ["ReceiveMessage", { MaxNumberOfMessages: 11 }, "InvalidParameterValue"],
    ["DeleteMessage", { ReceiptHandle: "x" }, "ReceiptHandleIsInvalid"],
    [
      "ChangeMessageVisibility",
      { ReceiptHandle: "00000000-0000-0000-0000-000000000000", VisibilityTimeout: 1 },
      "InvalidParameterValue",
    ],
    ["ListQueues", { NextToken: "nonsense" }, "InvalidParameterValue"],
    ["ListQueues", { MaxResults: 1001 }, "InvalidParameterValue"],
    [
      "ChangeMessageVisibility",
      { ReceiptHandle: "00000000-0000-0000-0000-000000000000" },
      "MissingParameter",
    ],
    ["GetQueueUrl", { QueueName: "Gone" }, "QueueDoesNotExist"],
    ["GetQueueUrl", { QueueName: "Main", QueueOwnerAWSAccountId: "999999999999" }, "QueueDoesNotExist"],
    ["GetQueueAttributes", { AttributeNames: ["Odd"] }, "InvalidAttributeName"],
    ["DeleteMessageBatch", { Entries: [] }, "EmptyBatchRequest"],
    [
      "DeleteMessageBatch",
      { Entries: Array.from({ length: 11 }, (_, index) => ({ Id: `${index}` })) },
      "TooManyEntriesInBatchRequest",
    ],
    ["DeleteMessageBatch", { Entries: [{ Id: "a b" }] }, "InvalidBatchEntryId"],
    ["DeleteMessageBatch", { Entries: [{ Id: "a" }, { Id: "a" }] }, "BatchEntryIdsNotDistinct"],
  ])("%s refuses %j with %s", async (operation, input, code) => {
    const { call } = setUp();

    const error = await caught(call(operation, input));

    expect(error).toMatchObject({ code, status: 400 });
  });

  test("ask for the permission on the queue that is meant", () => {
    const { service } = setUp();
    const input = { QueueUrl: url("Main"), QueueName: "Main" };

    const required = Object.entries(service.operations).map(([name, { permission }]) => [
      name,
      permission?.(input),
    ]);

    const on = (action: string) => ({ action: `sqs:${action}`, resource: queueArn("Main") });
    expect(Object.fromEntries(required)).toEqual({
      SendMessage: on("SendMessage"),
      SendMessageBatch: on("SendMessage"),
      ReceiveMessage: on("ReceiveMessage"),
      DeleteMessage: on("DeleteMessage"),
      DeleteMessageBatch: on("DeleteMessage"),
      ChangeMessageVisibility: on("ChangeMessageVisibility"),
      PurgeQueue: on("PurgeQueue"),
      ChangeMessageVisibilityBatch: on("ChangeMessageVisibility"),
      GetQueueAttributes: on("GetQueueAttributes"),
      ListQueueTags: on("ListQueueTags"),
      ListDeadLetterSourceQueues: on("ListDeadLetterSourceQueues"),
      GetQueueUrl: on("GetQueueUrl"),
      ListQueues: { action: "sqs:ListQueues", resource: "*" },
    });
  });

  test.each<[Values, string]>([
    [{ fifo_queue: true }, "fifo_queue must be false"],
    [{ redrive_policy: "nonsense" }, "redrive_policy must be a JSON object"],
    [
      { redrive_policy: '{"maxReceiveCount":1}' },
      "redrive_policy must be an object with deadLetterTargetArn and maxReceiveCount",
    ],
    [{ redrive_policy: '{"deadLetterTargetArn":"x","maxReceiveCount":1}' }, "AWS refuses redrive_policy"],
    [
      {
        redrive_policy: JSON.stringify({
          deadLetterTargetArn: queueArn("Dead"),
          maxReceiveCount: 1,
          delay: 2,
        }),
      },
      "AWS refuses redrive_policy",
    ],
    [
      { redrive_policy: JSON.stringify({ deadLetterTargetArn: queueArn("Dead"), maxReceiveCount: 1001 }) },
      "AWS refuses redrive_policy",
    ],
    [{ name: "a b" }, 'AWS refuses name "a b"'],
    [{ delay_seconds: 901 }, "AWS refuses delay_seconds 901"],
    [{ visibility_timeout_seconds: 43_201 }, "AWS refuses visibility_timeout_seconds 43201"],
    [{ message_retention_seconds: 59 }, "AWS refuses message_retention_seconds 59"],
    [{ receive_wait_time_seconds: 21 }, "AWS refuses receive_wait_time_seconds 21"],
    [{ max_message_size: 1023 }, "AWS refuses max_message_size 1023"],
    [{ kms_data_key_reuse_period_seconds: 59 }, "AWS refuses kms_data_key_reuse_period_seconds 59"],
  ])("with %j are refused, with their address", (values, message) => {
    expect(() => setUp(values)).toThrow(`aws_sqs_queue.R0: ${message}`);
  });

  test("that a stack encrypts in two ways are refused; moto's own are always encrypted by SQS too", () => {
    const values = {
      ...{ name: "Q", arn: queueArn("Q"), id: url("Q") },
      ...{ kms_master_key_id: "alias/aws/sqs", sqs_managed_sse_enabled: true },
    };
    const written = new Resource("secure-edge", "aws_sqs_queue.Q", "aws_sqs_queue", values, values);

    expect(() => readQueues(deploymentOf(written))).toThrow(
      "aws_sqs_queue.Q: AWS refuses sqs_managed_sse_enabled true: You can use one type of server-side encryption (SSE) at one time.",
    );
    expect(() => readQueues(deploymentOf({ "aws_sqs_queue.Q": values }))).not.toThrow();
  });

  test("take policies from resources of their own", async () => {
    const deployment = deploymentOf(queue("Main"), [
      "aws_sqs_queue_policy",
      { queue_url: "https://sqs.us-east-1.amazonaws.com/123456789012/Main", policy: '{"own":1}' },
    ]);
    const service = bindService(sqs, new Queues(deployment, new TestClock(), endpointUrl));

    const output = await service.operations.GetQueueAttributes?.handle(
      { QueueUrl: url("Main"), AttributeNames: ["Policy"] },
      context,
    );

    expect(output).toEqual({ Attributes: { Policy: '{"own":1}' } });
  });

  test.each([
    [{ redrivePermission: "denyAll" }, true],
    [{ redrivePermission: "byQueue", sourceQueueArns: [queueArn("Other")] }, true],
    [{ redrivePermission: "byQueue", sourceQueueArns: [queueArn("Main")] }, false],
    [{ redrivePermission: "allowAll" }, false],
  ])("are a dead-letter queue only for those that %j lets", (allowance, refused) => {
    const redrive = JSON.stringify({ deadLetterTargetArn: queueArn("Dead"), maxReceiveCount: 1 });
    const start = () =>
      setUp({ redrive_policy: redrive }, { redrive_allow_policy: JSON.stringify(allowance) });

    if (refused) expect(start).toThrow("aws_sqs_queue.R0: AWS refuses redrive_policy");
    else expect(start).not.toThrow();
  });

  test("tell their tags and whose dead letters they get", async () => {
    const { call } = setUp({
      // The provider leaves out what begins with AWS's own prefix.
      tags: { a: "b", "aws:cloudformation:stack-name": "s" },
      redrive_policy: JSON.stringify({ deadLetterTargetArn: queueArn("Dead"), maxReceiveCount: 1 }),
    });

    const tags = [await call("ListQueueTags"), await call("ListQueueTags", { QueueUrl: url("Dead") })];
    const sources = [
      await call("ListDeadLetterSourceQueues", { QueueUrl: url("Dead") }),
      await call("ListDeadLetterSourceQueues"),
    ];

    expect(tags).toEqual([{ Tags: { a: "b" } }, {}]);
    expect(sources).toEqual([{ queueUrls: [url("Main")] }, { queueUrls: [] }]);
  });
});
