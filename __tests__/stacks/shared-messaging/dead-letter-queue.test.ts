import { DeadLetterQueue } from "../../../stacks/shared-messaging/dead-letter-queue";
import { statements } from "../support/stack-json";
import { synthesizeConstruct } from "../support/synthesized-construct";

const TOPIC = "arn:aws:sns:us-east-1:123456789012:Names";
let sendPermission: unknown;
const stack = synthesizeConstruct((scope) => {
  const queue = new DeadLetterQueue(scope, "letters", {
    queueName: "Letters-staging",
    topicArn: TOPIC,
    keyArn: undefined,
  });
  sendPermission = queue.sendPermission;
});
const queueArn = `\${${stack.addressOf("aws_sqs_queue")}.arn}`;

describe("the dead-letter queue", () => {
  it("is one queue with one policy", () => {
    expect(stack.counts).toEqual({ aws_sqs_queue: 1, aws_sqs_queue_policy: 1 });
  });

  it("is encrypted, and keeps messages as long as SQS can", () => {
    expect(stack.only("aws_sqs_queue")).toEqual({
      name: "Letters-staging",
      message_retention_seconds: 1_209_600,
      sqs_managed_sse_enabled: true,
    });
  });

  it("takes messages from the one topic, over TLS, and from nobody else", () => {
    const policy = statements(stack.only("aws_sqs_queue_policy").policy);

    expect(policy).toEqual([
      {
        Sid: "Topic",
        Effect: "Allow",
        Principal: { Service: "sns.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: queueArn,
        Condition: { ArnEquals: { "aws:SourceArn": TOPIC } },
      },
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "sqs:*",
        Resource: queueArn,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  });

  it("gives a function the permission to send, and none to receive", () => {
    expect(sendPermission).toMatchObject({ Sid: "OwnDeadLetters", Action: "sqs:SendMessage" });
  });
});
