import { readTopics } from "../../../local/services/sns/resources";
import { readQueues } from "../../../local/services/sqs/resources";
import { deploymentOf } from "../../support/deployment";

const queueArn = "arn:aws:sqs:us-east-1:123456789012:Names";
const arn = "arn:aws:sns:us-east-1:123456789012:Names";
const url = "https://sqs.us-east-1.amazonaws.com/123456789012/Names";
const redrive = (name: string) =>
  JSON.stringify({ deadLetterTargetArn: `arn:aws:sqs:us-east-1:123456789012:${name}`, maxReceiveCount: 3 });

describe("where Terraform's state keeps what a resource had before a resource of its own set it", () => {
  it("a topic has the policy that was set last", () => {
    const deployment = deploymentOf(
      ["aws_sns_topic", { name: "Names", arn, policy: '{"Id":"__default_policy_ID"}' }],
      ["aws_sns_topic_policy", { arn, policy: '{"Id":"own"}' }],
    );

    const [topic] = readTopics(deployment);

    expect(topic?.shown.Policy).toBe('{"Id":"own"}');
  });

  it("a queue has the policies that were set last", () => {
    const deployment = deploymentOf(
      [
        "aws_sqs_queue",
        { name: "Names", arn: queueArn, url, policy: '{"Id":"earlier"}', redrive_policy: redrive("Earlier") },
      ],
      ["aws_sqs_queue_policy", { queue_url: url, policy: '{"Id":"own"}' }],
      ["aws_sqs_queue_redrive_policy", { queue_url: url, redrive_policy: redrive("Own") }],
    );

    const [queue] = readQueues(deployment);

    expect(queue?.shown.Policy).toBe('{"Id":"own"}');
    expect(queue?.redrive?.deadLetterArn).toBe("arn:aws:sqs:us-east-1:123456789012:Own");
  });

  it("both keep the policy of their own where no other resource sets one", () => {
    const deployment = deploymentOf(
      ["aws_sns_topic", { name: "Names", arn, policy: '{"Id":"own"}' }],
      [
        "aws_sqs_queue",
        { name: "Names", arn: queueArn, url, policy: '{"Id":"own"}', redrive_policy: redrive("Own") },
      ],
    );

    const [topic] = readTopics(deployment);
    const [queue] = readQueues(deployment);

    expect([topic?.shown.Policy, queue?.shown.Policy, queue?.shown.RedrivePolicy]).toEqual([
      '{"Id":"own"}',
      '{"Id":"own"}',
      redrive("Own"),
    ]);
  });
});
