import { bindService } from "../../../../local/aws-api/service";
import { Queues } from "../../../../local/services/sqs/queues";
import { sqs } from "../../../../local/services/sqs/service";
import { deploymentOf } from "../../../support/deployment";
import { queue } from "../../../support/messaging";
import { TestClock } from "../../../support/test-clock";
import { type RunningEndpoint, signedFor, startEndpoint } from "../../aws-api/running-endpoint";
import { endpointUrl } from "../lambda/support";

/** The query protocol of SQS, as SDKs from before 2023 and API Gateway's integrations speak it. */

let endpoint: RunningEndpoint;

beforeEach(async () => {
  const queues = new Queues(deploymentOf(queue("Main")), new TestClock(5_000_000), endpointUrl);
  endpoint = await startEndpoint([bindService(sqs, queues)]);
});

afterEach(() => endpoint.close());

async function call(
  form: Readonly<Record<string, string>>,
  { path = "/123456789012/Main", accept = "*/*" } = {},
): Promise<{ status: number; text: string }> {
  const response = await fetch(`${endpoint.url}${path}`, {
    method: "POST",
    headers: { Authorization: signedFor("sqs"), Accept: accept },
    body: new URLSearchParams(form),
  });
  return { status: response.status, text: await response.text() };
}

const send = { Action: "SendMessage", MessageBody: "a&b" };

test("a message that is sent to the queue's own URL is received as it was, with the attributes that are asked for", async () => {
  const sent = await call({
    ...send,
    "MessageAttribute.1.Name": "kind",
    "MessageAttribute.1.Value.DataType": "String",
    "MessageAttribute.1.Value.StringValue": "order",
    "MessageAttributes.2.Name": "n",
    "MessageAttributes.2.Value.DataType": "Number",
    "MessageAttributes.2.Value.StringValue": "7",
  });
  const received = await call({
    Action: "ReceiveMessage",
    "AttributeName.1": "ApproximateReceiveCount",
    "MessageAttributeName.1": "kind",
  });

  expect(sent.text).toMatch(
    /^<SendMessageResponse xmlns="http:\/\/queue.amazonaws.com\/doc\/2012-11-05\/"><SendMessageResult><MessageId>[\da-f-]{36}<\/MessageId>/,
  );
  expect(received.text).toContain("<ReceiveMessageResult><Message><MessageId>");
  expect(received.text).toContain(
    "<Body>a&amp;b</Body><Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>",
  );
  expect(received.text).toContain(
    "<MessageAttribute><Name>kind</Name><Value><DataType>String</DataType><StringValue>order</StringValue></Value></MessageAttribute>",
  );
  expect(received.text).not.toContain("<Name>n</Name>");
});

test("a client that accepts nothing but JSON gets JSON, with null for what is not there", async () => {
  const sent = await call(send, { accept: "application/json" });
  const received = await call({ Action: "ReceiveMessage" }, { accept: "application/json" });
  const nothing = await call({ Action: "ReceiveMessage" }, { accept: "application/json" });

  expect(JSON.parse(sent.text)).toEqual({
    SendMessageResponse: {
      SendMessageResult: {
        MD5OfMessageAttributes: null,
        MD5OfMessageBody: expect.stringMatching(/^[\da-f]{32}$/),
        MD5OfMessageSystemAttributes: null,
        MessageId: expect.any(String),
        SequenceNumber: null,
      },
      ResponseMetadata: { RequestId: expect.any(String) },
    },
  });
  expect(JSON.parse(received.text).ReceiveMessageResponse.ReceiveMessageResult.messages).toEqual([
    expect.objectContaining({ Body: "a&b" }),
  ]);
  expect(JSON.parse(nothing.text).ReceiveMessageResponse.ReceiveMessageResult).toEqual({ messages: null });
});

test("a batch has numbered entries, and an element for each result", async () => {
  const { text } = await call({
    Action: "SendMessageBatch",
    "SendMessageBatchRequestEntry.1.Id": "one",
    "SendMessageBatchRequestEntry.1.MessageBody": "first",
    "SendMessageBatchRequestEntry.1.MessageAttribute.1.Name": "kind",
    "SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.DataType": "String",
    "SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.StringValue": "order",
    "SendMessageBatchRequestEntry.2.Id": "two",
    "SendMessageBatchRequestEntry.2.MessageBody": "second",
    "SendMessageBatchRequestEntry.2.DelaySeconds": "901",
  });

  expect(text).toMatch(/<SendMessageBatchResultEntry><Id>one<\/Id><MessageId>/);
  expect(text).toContain("<MD5OfMessageAttributes>");
  expect(text).toMatch(/<BatchResultErrorEntry><Id>two<\/Id><SenderFault>true<\/SenderFault>/);
});

test.each([
  ["*/*", /<Error><Type>Sender<\/Type><Code>AWS.SimpleQueueService.NonExistentQueue<\/Code><Message>The/],
  [
    "application/json",
    /^{"Error":{"Type":"Sender","Code":"AWS.SimpleQueueService.NonExistentQueue","Message":/,
  ],
])(
  "an error has the code that it had before SQS spoke JSON, for a client that accepts %s",
  async (accept, expected) => {
    const { status, text } = await call(send, { path: "/123456789012/Gone", accept });

    expect(status).toBe(400);
    expect(text).toMatch(expected);
    expect(text).toContain("The specified queue does not exist for this wsdl version.");
  },
);

test("a queue is named by its URL too, and the names of queues follow each other", async () => {
  const at = { path: "/" };
  const QueueUrl = "https://sqs.us-east-1.amazonaws.com/123456789012/Main";
  const sent = await call({ ...send, Version: "2012-11-05", QueueUrl }, at);
  const listed = await call({ Action: "ListQueues" }, at);

  expect(sent.status).toBe(200);
  expect(listed.text).toMatch(
    /<ListQueuesResult><QueueUrl>http:\/\/[^<]+\/123456789012\/Main<\/QueueUrl><\/L/,
  );
});
