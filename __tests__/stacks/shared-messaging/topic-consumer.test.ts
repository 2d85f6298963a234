import { TopicConsumer } from "../../../stacks/shared-messaging/topic-consumer";
import { addGreeter, GREETER_COUNTS } from "../support/greeter";
import { synthesizeConstruct } from "../support/synthesized-construct";

const TOPIC = "arn:aws:sns:us-east-1:123456789012:Names";
const QUEUE = "arn:aws:sqs:us-east-1:123456789012:Letters";
const stack = synthesizeConstruct((scope) => {
  const consumer = addGreeter(scope);
  new TopicConsumer(scope, "Greeter-topic", { topicArn: TOPIC, consumer, deadLetterQueueArn: QUEUE });
});
const greeter = stack.addressOf("aws_lambda_function");

describe("a topic's consumer", () => {
  it("adds one subscription, one permission and one setting to its function", () => {
    expect(stack.counts).toEqual({
      ...GREETER_COUNTS,
      aws_lambda_function_event_invoke_config: 1,
      aws_lambda_permission: 1,
      aws_sns_topic_subscription: 1,
    });
  });

  it("lets SNS invoke the function for this topic alone", () => {
    expect(stack.only("aws_lambda_permission")).toEqual({
      statement_id: "Topic",
      action: "lambda:InvokeFunction",
      function_name: `\${${greeter}.function_name}`,
      principal: "sns.amazonaws.com",
      source_arn: TOPIC,
    });
  });

  it("subscribes once the permission is there, and keeps what cannot be delivered", () => {
    expect(stack.only("aws_sns_topic_subscription")).toEqual({
      topic_arn: TOPIC,
      protocol: "lambda",
      endpoint: `\${${greeter}.arn}`,
      redrive_policy: JSON.stringify({ deadLetterTargetArn: QUEUE }),
      depends_on: [stack.addressOf("aws_lambda_permission")],
    });
  });

  it("keeps what the function failed on three times, and nothing that it succeeded with", () => {
    expect(stack.only("aws_lambda_function_event_invoke_config")).toEqual({
      function_name: `\${${greeter}.function_name}`,
      maximum_retry_attempts: 2,
      destination_config: { on_failure: { destination: QUEUE } },
    });
  });
});
