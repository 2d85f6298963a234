import { DependencyError } from "../../../lambda-src/common/dependency-error";
import { topicArnIn } from "../../../lambda-src/external/topic-secret";

const ARN = "arn:aws:sns:eu-central-1:123456789012:UserNames-staging";

describe("The secret", () => {
  it("gives the topic's ARN under TOPIC_ARN", () => {
    expect(topicArnIn(JSON.stringify({ TOPIC_ARN: ARN, NOTE: "other keys are fine" }))).toBe(ARN);
  });

  it("gives an ARN of another partition", () => {
    const arn = "arn:aws-us-gov:sns:us-gov-west-1:123456789012:T";

    expect(topicArnIn(JSON.stringify({ TOPIC_ARN: arn }))).toBe(arn);
  });

  it.each([
    ["binary", undefined],
    ["empty", ""],
    ["the bare ARN", ARN],
    ["a list", JSON.stringify([ARN])],
    ["null", "null"],
    ["without the key", "{}"],
    ["a number under the key", '{"TOPIC_ARN":42}'],
    ["the ARN of a queue", JSON.stringify({ TOPIC_ARN: ARN.replace(":sns:", ":sqs:") })],
    ["the ARN of a subscription", JSON.stringify({ TOPIC_ARN: `${ARN}:0b0c` })],
    ["the ARN of a FIFO topic", JSON.stringify({ TOPIC_ARN: `${ARN}.fifo` })],
    ["an ARN with a line feed at its end", JSON.stringify({ TOPIC_ARN: `${ARN}\n` })],
  ])("is refused when it is %s, and the error repeats nothing of it", (_, text) => {
    const error = errorOf(() => topicArnIn(text));

    expect(error).toBeInstanceOf(DependencyError);
    expect(error).toMatchObject({ trouble: "refused" });
    expect(`${error?.stack} ${JSON.stringify(error)}`).not.toContain("arn:aws");
  });
});

function errorOf(act: () => unknown): Error | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : undefined;
  }
}
