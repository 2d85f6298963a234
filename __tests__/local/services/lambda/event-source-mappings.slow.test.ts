import { startTestRuntime } from "../../../support/local-runtime";
import { queue } from "../../../support/messaging";
import type { FolderOptions } from "../../../support/synthesized-folder";
import { useRuntime } from "../../../support/use-runtime";
import { functionArn, queueArn, useWorlds } from "./support";

describe("a function and its queue", () => {
  const createWorld = useWorlds();
  const source = `export const handler = async ({ Records }) => {
    console.log(Records.map(({ body }) => body).join());
    return { batchItemFailures: Records.filter(({ body }) => body === "bad").map(({ messageId: itemIdentifier }) => ({ itemIdentifier })) };
  };`;
  const mapping = {
    id: "id",
    arn: "arn",
    event_source_arn: queueArn("Q"),
    function_name: "F",
    function_response_types: ["ReportBatchItemFailures"],
  };

  test("the function gets the messages in a process of its own, and its answer is understood", async () => {
    const world = createWorld({
      functions: [{ name: "F", source }],
      resources: [queue("Q"), ["aws_lambda_event_source_mapping", mapping]],
    });
    world.functions.mappings.begin();
    for (const body of ["good", "bad", "better"]) world.queues.send(queueArn("Q"), body, {}, "AIDA");

    expect(await world.functions.idle()).toBe(true);
    expect(world.log("F").join("")).toContain("good,bad,better");
    expect(world.queues.look(queueArn("Q")).map(({ body }) => body)).toEqual(["bad"]);
    expect(await world.functions.idle()).toBe(false);
  });

  test("a function with a reserved concurrency of zero leaves the messages where they are", async () => {
    const values = { reserved_concurrent_executions: 0 };
    const world = createWorld({
      functions: [{ name: "F", source, values }],
      resources: [queue("Q"), ["aws_lambda_event_source_mapping", mapping]],
    });
    world.functions.mappings.begin();
    const { id } = world.queues.send(queueArn("Q"), "good", {}, "AIDA");
    await world.functions.idle();

    expect(world.log("F")).toEqual([]);
    expect(world.activity.messages.find(({ messageId }) => messageId === id)?.hops).toEqual([
      expect.objectContaining({ kind: "failed", to: functionArn("F") }),
    ]);
  });
});

const addQueue: FolderOptions["edit"] = ({ messaging }) => {
  messaging.add("aws_sqs_queue.Orders", { name: "Orders", visibility_timeout_seconds: 60 });
  messaging.add("aws_iam_role_policy_attachment.Orders", {
    role: "${aws_iam_role.InternalLambda.name}",
    policy_arn: "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole",
  });
  messaging.add("aws_lambda_event_source_mapping.Orders", {
    event_source_arn: "${aws_sqs_queue.Orders.arn}",
    function_name: "${aws_lambda_function.InternalLambda.function_name}",
  });
};

describe("a runtime with a queue that triggers a function", () => {
  const serves = useRuntime({ edit: addQueue });

  test("runs the function because of the message, and the API tells of the mapping", async () => {
    const { activity, deployment, call } = serves.runtime.inside;
    const QueueUrl = deployment.find("aws_sqs_queue", "name", "Orders")?.string("url");
    const { MessageId } = await call("sqs", "SendMessage", { QueueUrl, MessageBody: "hello" });
    await serves.runtime.settled();

    const run = activity.runs.find(({ cause }) => cause === MessageId);
    expect(run?.functionName).toMatch(/^InternalLambda/);
    const {
      EventSourceMappings: [mapping],
    } = (await call("lambda", "ListEventSourceMappings", {})) as {
      EventSourceMappings: { UUID: string; State: string }[];
    };
    expect(mapping?.State).toBe("Enabled");
    expect(await call("lambda", "GetEventSourceMapping", { UUID: mapping?.UUID })).toEqual(mapping);
    await expect(call("lambda", "GetEventSourceMapping", { UUID: "none" })).rejects.toThrow(
      "The resource you requested does not exist.",
    );
  });

  test("does not start where the function's role may not receive", async () => {
    const edit: FolderOptions["edit"] = (stacks) => {
      addQueue(stacks);
      stacks.messaging.remove("aws_iam_role_policy_attachment.Orders");
    };

    await expect(startTestRuntime({ edit })).rejects.toThrow(
      "aws_lambda_event_source_mapping.Orders: AWS refuses event_source_arn",
    );
  });
});
