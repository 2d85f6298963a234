import { TopicSecret } from "../../../stacks/shared-messaging/topic-secret";
import { synthesizeConstruct } from "../support/synthesized-construct";

const synthesize = (recoveryDays: number) =>
  synthesizeConstruct((scope) => {
    new TopicSecret(scope, "secret", {
      secretName: "TheSecret",
      topicArn: "arn:aws:sns:us-east-1:123456789012:Names",
      recoveryDays,
      keyArn: undefined,
    });
  });

describe("the topic's secret", () => {
  it("is one secret with one version", () => {
    expect(synthesize(0).counts).toEqual({
      aws_secretsmanager_secret: 1,
      aws_secretsmanager_secret_version: 1,
    });
  });

  it("keeps its name where it is gone at once when it is deleted", () => {
    const secret = synthesize(0).only("aws_secretsmanager_secret");

    expect(secret).toMatchObject({ name: "TheSecret", recovery_window_in_days: 0 });
    expect(secret).not.toHaveProperty("name_prefix");
  });

  it("gets a name of its own where it can be restored, so that a deleted one is never in the next one's way", () => {
    const secret = synthesize(30).only("aws_secretsmanager_secret");

    expect(secret).toMatchObject({ name_prefix: "TheSecret-", recovery_window_in_days: 30 });
    expect(secret).not.toHaveProperty("name");
  });

  it("carries the topic's ARN and nothing else", () => {
    const stack = synthesize(0);

    expect(stack.only("aws_secretsmanager_secret_version")).toEqual({
      secret_id: `\${${stack.addressOf("aws_secretsmanager_secret")}.id}`,
      secret_string: '{"TOPIC_ARN":"arn:aws:sns:us-east-1:123456789012:Names"}',
    });
    expect(JSON.stringify(stack.only("aws_secretsmanager_secret"))).not.toContain("arn:");
  });
});
