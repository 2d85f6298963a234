import type { Value } from "../../../../local/deployment/attributes";
import type { Message } from "../../../../local/services/sqs/queue";
import { queue, subscription, topic } from "../../../support/messaging";
import {
  administrator,
  functionArn,
  queueArn,
  topicArn,
  useWorlds,
  type World,
  type WorldOptions,
} from "./support";

const start = useWorlds({ warm: true });

const failing = "export const handler = async (event) => { throw new Error(`cannot ${event.name}`); };";
const starts = (started: World, name = "F") =>
  started.log(name).filter((line) => line.startsWith("START")).length;

const config = (values: Record<string, Value>): readonly [string, Record<string, Value>] => [
  "aws_lambda_function_event_invoke_config",
  { function_name: "F", ...values },
];
const destination = (when: "on_failure" | "on_success", arn: string) => ({
  destination_config: [{ [when]: [{ destination: arn }] }],
});

async function send(
  options: WorldOptions,
  event: unknown = { name: "Ada" },
  prepare?: (started: World) => void,
): Promise<{ started: World; requestId: string }> {
  const started = start(options);
  prepare?.(started);
  const requestId = await started.functions.invokeAsync({
    functionArn: functionArn("F"),
    payload: JSON.stringify(event),
    principal: administrator,
  });
  await started.functions.idle();
  await started.topics.idle();
  return { started, requestId };
}

function messages(started: World, name: string): Message[] {
  return started.queues.byArn(queueArn(name))?.receive(10) ?? [];
}

describe("an asynchronous event", () => {
  test("runs once when the function succeeds, and its record goes to the on-success destination", async () => {
    const { started, requestId } = await send({
      functions: [{ name: "F", source: "export const handler = async (event) => `did ${event.name}`;" }],
      resources: [queue("Done"), config(destination("on_success", queueArn("Done")))],
    });

    expect(starts(started)).toBe(1);
    expect(messages(started, "Done").map((message) => JSON.parse(message.body))).toEqual([
      {
        version: "1.0",
        timestamp: "2025-10-26T12:00:00.000Z",
        requestContext: {
          requestId,
          functionArn: `${functionArn("F")}:$LATEST`,
          condition: "Success",
          approximateInvokeCount: 1,
        },
        requestPayload: { name: "Ada" },
        responseContext: { statusCode: 200, executedVersion: "$LATEST" },
        responsePayload: "did Ada",
      },
    ]);
  });

  test("is retried twice with the same request id, then its record goes to the on-failure destination", async () => {
    const { started, requestId } = await send({
      functions: [{ name: "F", source: failing }],
      resources: [queue("Failed"), config(destination("on_failure", queueArn("Failed")))],
    });

    expect(started.log("F").filter((line) => line.startsWith(`START RequestId: ${requestId}`))).toHaveLength(
      3,
    );
    expect(messages(started, "Failed").map((message) => JSON.parse(message.body))).toEqual([
      {
        version: "1.0",
        timestamp: "2025-10-26T12:00:00.000Z",
        requestContext: {
          requestId,
          functionArn: `${functionArn("F")}:$LATEST`,
          condition: "RetriesExhausted",
          approximateInvokeCount: 3,
        },
        requestPayload: { name: "Ada" },
        responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
        responsePayload: expect.objectContaining({ errorType: "Error", errorMessage: "cannot Ada" }),
      },
    ]);
  });

  test("that succeeds at the second run is not handed to the on-failure destination", async () => {
    const { started } = await send({
      functions: [
        {
          name: "F",
          source:
            "let runs = 0; export const handler = async () => { if (++runs === 1) throw new Error('once'); };",
        },
      ],
      resources: [queue("Failed"), config(destination("on_failure", queueArn("Failed")))],
    });

    expect(starts(started)).toBe(2);
    expect(messages(started, "Failed")).toEqual([]);
    expect(started.undelivered).toEqual([]);
  });

  test("goes itself to the dead-letter queue, with the reason as attributes, beside the destination's record", async () => {
    const { started, requestId } = await send({
      functions: [
        { name: "F", source: failing, values: { dead_letter_config: [{ target_arn: queueArn("Dead") }] } },
      ],
      resources: [queue("Dead"), queue("Failed"), config(destination("on_failure", queueArn("Failed")))],
    });

    expect(messages(started, "Dead")).toMatchObject([
      {
        body: '{"name":"Ada"}',
        attributes: {
          RequestID: { DataType: "String", StringValue: requestId },
          ErrorCode: { DataType: "Number", StringValue: "200" },
          ErrorMessage: { DataType: "String", StringValue: "cannot Ada" },
        },
      },
    ]);
    expect(messages(started, "Failed")).toHaveLength(1);
  });

  test("goes to a topic or a function where these are the targets", async () => {
    const { started } = await send({
      functions: [
        { name: "F", source: failing, values: { dead_letter_config: { target_arn: topicArn("Dead") } } },
        {
          name: "Next",
          source: "export const handler = async (record) => console.log(record.requestContext.condition);",
        },
      ],
      resources: [
        topic("Dead"),
        queue("Copy"),
        subscription("Dead", "sqs", queueArn("Copy")),
        config(destination("on_failure", functionArn("Next"))),
      ],
    });

    const envelope = JSON.parse(messages(started, "Copy")[0]?.body ?? "{}");
    expect(envelope).toMatchObject({
      Message: '{"name":"Ada"}',
      MessageAttributes: { ErrorCode: { Type: "Number", Value: "200" } },
    });
    expect(started.log("Next").join("")).toContain("\tINFO\tRetriesExhausted\n");
  });

  test.each([
    [0, 1],
    [1, 2],
  ])("is retried %i times when the function says so", async (retries, runs) => {
    const { started } = await send({
      functions: [{ name: "F", source: failing }],
      resources: [config({ maximum_retry_attempts: retries, maximum_event_age_in_seconds: 0 })],
    });

    expect(starts(started)).toBe(runs);
  });

  test("is given up when its next retry would come after the maximum age, counted in Lambda's unscaled waits", async () => {
    const { started } = await send({
      functions: [{ name: "F", source: failing }],
      resources: [
        queue("Failed"),
        config({ maximum_event_age_in_seconds: 100, ...destination("on_failure", queueArn("Failed")) }),
      ],
    });

    const [record] = messages(started, "Failed").map((message) => JSON.parse(message.body));
    expect(starts(started)).toBe(2);
    expect(record.requestContext).toMatchObject({ condition: "EventAgeExceeded", approximateInvokeCount: 2 });
  });

  test("that is throttled all the time is given up after six hours, without using up retries", async () => {
    let strikes = 0;
    const faults = {
      strike: () => {
        strikes += 1;
        return Promise.reject(new Error("Lambda itself fails"));
      },
    };
    const { started } = await send({
      functions: [
        { name: "F", source: failing, values: { dead_letter_config: { target_arn: queueArn("Dead") } } },
      ],
      resources: [queue("Dead"), queue("Failed"), config(destination("on_failure", queueArn("Failed")))],
      faults,
    });

    const [record] = messages(started, "Failed").map((message) => JSON.parse(message.body));
    // 1 + 2 + 4 + … + 256 s, then 300 s each: 9 waits in 511 s and 70 more in the remaining 21089 s, and the last run.
    expect(strikes).toBe(80);
    expect(record.requestContext.condition).toBe("EventAgeExceeded");
    expect(record).not.toHaveProperty("responsePayload");
    expect(messages(started, "Dead")[0]?.attributes.ErrorCode?.StringValue).toBe("429");
  });

  test("goes to the on-failure destination at once when the reserved concurrency is zero", async () => {
    const { started } = await send({
      functions: [{ name: "F", source: failing, values: { reserved_concurrent_executions: 0 } }],
      resources: [queue("Failed"), config(destination("on_failure", queueArn("Failed")))],
    });

    const [record] = messages(started, "Failed").map((message) => JSON.parse(message.body));
    expect(starts(started)).toBe(0);
    expect(record.requestContext).toMatchObject({
      condition: "ZeroReservedConcurrency",
      approximateInvokeCount: 0,
    });
  });

  test("is counted as dropped when nothing takes it", async () => {
    const { started, requestId } = await send({ functions: [{ name: "F", source: failing }] });

    expect(started.undelivered).toEqual([
      { metric: "AsyncEventsDropped", arn: functionArn("F"), detail: expect.stringContaining(requestId) },
    ]);
  });
});

describe("what the function's role may not do", () => {
  test.each([
    ["sqs:SendMessage", queueArn("Target"), "DestinationDeliveryFailures"],
    ["sns:Publish", topicArn("Target"), "DestinationDeliveryFailures"],
    ["lambda:InvokeFunction", functionArn("Target"), "DestinationDeliveryFailures"],
  ])("%s keeps the record from its destination", async (action, arn, metric) => {
    const { started } = await send(
      {
        functions: [
          { name: "F", source: failing },
          { name: "Target", source: failing },
        ],
        resources: [queue("Target"), topic("Target"), config(destination("on_failure", arn))],
      },
      {},
      ({ access }) => {
        access.deny = ({ principal, action: asked }) => principal.kind === "role" && asked === action;
      },
    );

    expect(started.undelivered).toEqual([
      { metric, arn: functionArn("F"), detail: `${arn}: not authorized to perform: ${action}` },
    ]);
    expect(messages(started, "Target")).toEqual([]);
    expect(starts(started, "Target")).toBe(0);
    expect(started.access.requests).toContainEqual({
      principal: expect.objectContaining({ kind: "role", roleArn: "arn:aws:iam::123456789012:role/F" }),
      action,
      resource: arn,
    });
  });

  test("keeps the event from the dead-letter queue, as a queue that is gone does", async () => {
    const dead = { dead_letter_config: { target_arn: queueArn("Gone") } };
    const { started } = await send({ functions: [{ name: "F", source: failing, values: dead }] });

    expect(started.undelivered).toEqual([
      {
        metric: "DeadLetterErrors",
        arn: functionArn("F"),
        detail: `${queueArn("Gone")}: The specified queue does not exist.`,
      },
    ]);
  });
});
