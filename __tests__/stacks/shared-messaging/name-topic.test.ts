import { NameTopic } from "../../../stacks/shared-messaging/name-topic";
import { statements } from "../support/stack-json";
import { synthesizeConstruct } from "../support/synthesized-construct";

const stack = synthesizeConstruct((scope) => {
  new NameTopic(scope, "names", { topicName: "Names-staging", keyArn: undefined });
});

describe("the topic of names", () => {
  it("is one topic with one policy", () => {
    expect(stack.counts).toEqual({ aws_sns_topic: 1, aws_sns_topic_policy: 1 });
  });

  it("is encrypted at rest", () => {
    expect(stack.only("aws_sns_topic")).toEqual({
      name: "Names-staging",
      kms_master_key_id: "alias/aws/sns",
    });
  });

  it("denies what does not come over TLS, and allows nothing by itself", () => {
    const topic = `\${${stack.addressOf("aws_sns_topic")}.arn}`;

    const policy = stack.only("aws_sns_topic_policy");

    expect(policy.arn).toBe(topic);
    expect(statements(policy.policy)).toEqual([
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "sns:Publish",
        Resource: topic,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  });
});
