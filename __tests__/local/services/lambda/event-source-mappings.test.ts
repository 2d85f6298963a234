import type { Deployment } from "../../../../local/deployment/deployment";
import { Activity } from "../../../../local/kernel/activity";
import { AwsError } from "../../../../local/kernel/aws-error";
import type { InvocationResult } from "../../../../local/kernel/function-invoker";
import {
  describeMapping,
  EventSourceMappings,
} from "../../../../local/services/lambda/event-source-mappings";
import { FunctionDirectory } from "../../../../local/services/lambda/function-directory";
import { readFunctions } from "../../../../local/services/lambda/function-settings";
import { Switchboard } from "../../../../local/services/ports";
import { Queues } from "../../../../local/services/sqs/queues";
import { deploymentOf, type Values } from "../../../support/deployment";
import { eventually } from "../../../support/eventually";
import { queue, queueArn } from "../../../support/messaging";
import { TestClock } from "../../../support/test-clock";
import { administrator, endpointUrl, functionArn, roleArn, TestAccess } from "./support";

interface Bench {
  readonly deployment: Deployment;
  readonly mappings: EventSourceMappings;
  readonly queues: Queues;
  readonly clock: TestClock;
  readonly access: TestAccess;
  readonly activity: Activity;
  /** The bodies of each batch that the function got. */
  readonly batches: string[][];
  readonly events: Record<string, unknown>[];
  send(...bodies: string[]): string[];
  waiting(name?: string): string[];
}

interface Options {
  readonly mapping?: Values;
  readonly queue?: Values;
  readonly more?: Record<string, Values>;
  readonly timeout?: number;
  /** What the function makes of its event: an answer, or an error. */
  readonly handler?: (bodies: string[], ids: string[]) => unknown;
}

const open: Bench[] = [];
afterEach(() => {
  for (const { mappings, queues } of open.splice(0)) {
    mappings.close();
    queues.close();
  }
});

function bench({
  mapping,
  queue: settings,
  more = {},
  timeout = 3,
  handler = () => null,
}: Options = {}): Bench {
  const deployment = deploymentOf(
    queue("Q", { visibility_timeout_seconds: 30, ...settings }),
    queue("Dead"),
    ["data.archive_file", { output_path: "f.zip", source_dir: __dirname }],
    {
      "aws_lambda_function.F": {
        function_name: "F",
        arn: functionArn("F"),
        handler: "index.handler",
        role: roleArn("F"),
        runtime: "nodejs22.x",
        filename: "f.zip",
        timeout,
      },
      "aws_lambda_event_source_mapping.M": {
        id: "3c5b0e0e-0000-4000-8000-000000000001",
        arn: "arn:aws:lambda:us-east-1:123456789012:event-source-mapping:3c5b0e0e-0000-4000-8000-000000000001",
        event_source_arn: queueArn("Q"),
        function_name: functionArn("F"),
        ...mapping,
      },
      ...more,
    },
  );
  const clock = new TestClock();
  const activity = new Activity();
  const access = new TestAccess();
  const queues = new Queues(deployment, clock, endpointUrl, undefined, activity);
  const ports = new Switchboard();
  ports.offer({ queues });
  const batches: string[][] = [];
  const events: Record<string, unknown>[] = [];
  const mappings = new EventSourceMappings({
    ...{
      deployment,
      clock,
      activity,
      access,
      ports,
      region: "us-east-1",
      retryDelayScale: 0,
      maxInstances: 10,
    },
    directory: new FunctionDirectory(deployment, readFunctions(deployment)),
    principalOf: () => administrator,
    async run(_, payload): Promise<InvocationResult> {
      const event: { Records: { messageId: string; body: string }[] } = JSON.parse(payload);
      const bodies = event.Records.map(({ body }) => body);
      batches.push(bodies);
      events.push(event);
      const run = { requestId: `run ${batches.length}`, logTail: "", durationMs: 1 };
      const answer = await handler(
        bodies,
        event.Records.map(({ messageId }) => messageId),
      );
      if (answer instanceof AwsError) throw answer;
      return answer instanceof Error
        ? { ...run, ok: false, cause: "error", payload: JSON.stringify({ errorMessage: answer.message }) }
        : { ...run, ok: true, payload: JSON.stringify(answer ?? null) };
    },
  });
  const created: Bench = {
    ...{ deployment, mappings, queues, clock, access, activity, batches, events },
    send: (...bodies) => bodies.map((body) => queues.send(queueArn("Q"), body, {}, "AIDA").id),
    waiting: (name = "Q") => queues.look(queueArn(name)).map(({ body }) => body),
  };
  open.push(created);
  return created;
}

async function run(options: Options, ...bodies: string[]): Promise<Bench & { readonly ids: string[] }> {
  const created = bench(options);
  created.mappings.begin();
  const ids = created.send(...bodies);
  await created.mappings.idle();
  return { ...created, ids };
}

const hopsOf = ({ activity }: Bench, id: string | undefined) =>
  activity.messages.recent().find(({ messageId }) => messageId === id)?.hops ?? [];

describe("a batch", () => {
  test("has the messages that wait, and deletes them when the function succeeds", async () => {
    const done = await run({}, "a", "b", "c");

    expect(done.batches).toEqual([["a", "b", "c"]]);
    expect(done.waiting()).toEqual([]);
    expect(hopsOf(done, done.ids[0])).toEqual([
      expect.objectContaining({ kind: "delivered", to: functionArn("F"), requestId: "run 1", attempt: 1 }),
    ]);
  });

  test("has at most batch_size messages, by default ten", async () => {
    const eleven = Array.from({ length: 11 }, (_, index) => String(index));

    expect((await run({}, ...eleven)).batches.map(({ length }) => length)).toEqual([10, 1]);
    expect(
      (await run({ mapping: { batch_size: 4 } }, ...eleven)).batches.map(({ length }) => length),
    ).toEqual([4, 4, 3]);
  });

  test("has at most 6 MB, however few messages that are", async () => {
    const settings = { queue: { max_message_size: 1_048_576 }, mapping: { batch_size: 10 } };
    const { batches, events } = await run(
      settings,
      ...Array.from({ length: 7 }, () => "x".repeat(1_000_000)),
    );

    expect(batches.map(({ length }) => length)).toEqual([6, 1]);
    expect(Buffer.byteLength(JSON.stringify(events[0]))).toBeLessThan(6_291_456);
  });

  test("waits for its window, and goes before its end when it is full", async () => {
    const mapping = { batch_size: 3, maximum_batching_window_in_seconds: 20 };
    const { batches, mappings, clock, send } = await run({ mapping }, "a");
    expect(batches).toEqual([]);

    clock.advance({ seconds: 19 });
    send("b");
    await mappings.idle();
    expect(batches).toEqual([]);

    clock.advance({ seconds: 1 });
    await mappings.idle();
    expect(batches).toEqual([["a", "b"]]);

    send("c", "d", "e");
    await mappings.idle();
    expect(batches[1]).toEqual(["c", "d", "e"]);
  });

  test("is as AWS's guide shows it", async () => {
    const { queues, mappings, events, clock } = bench();
    mappings.begin();
    const attributes = {
      Title: { DataType: "String", StringValue: "The Whistler" },
      Author: { DataType: "String", StringValue: "John Grisham" },
      WeeksOn: { DataType: "Number", StringValue: "6" },
    };
    const { id } = queues.send(queueArn("Q"), "Test message.", attributes, "AIDA");
    await mappings.idle();
    const value = (stringValue: string, dataType: string) => ({
      ...{ stringValue, dataType, stringListValues: [], binaryListValues: [] },
    });

    // The digests: localstack's recording of `test_message_body_and_attributes_passed_correctly`, and md5sum.
    expect(events).toEqual([
      {
        Records: [
          {
            messageId: id,
            receiptHandle: expect.stringMatching(/./),
            body: "Test message.",
            attributes: {
              ApproximateReceiveCount: "1",
              SentTimestamp: String(clock.now()),
              SenderId: "AIDA",
              ApproximateFirstReceiveTimestamp: String(clock.now()),
            },
            messageAttributes: {
              Title: value("The Whistler", "String"),
              Author: value("John Grisham", "String"),
              WeeksOn: value("6", "Number"),
            },
            md5OfMessageAttributes: "d25a6aea97eb8f585bfa92d314504a92",
            md5OfBody: "e4e68fb7bd0e697a0ae8f1bb342846b3",
            eventSource: "aws:sqs",
            eventSourceARN: queueArn("Q"),
            awsRegion: "us-east-1",
          },
        ],
      },
    ]);
  });

  test("runs beside others, as many as the maximum concurrency says", async () => {
    const releases: (() => void)[] = [];
    const handler = () => new Promise<void>((resolve) => releases.push(resolve));
    const mapping = { batch_size: 1, scaling_config: [{ maximum_concurrency: 2 }] };
    const { batches, mappings, send } = bench({ mapping, handler });
    mappings.begin();
    send("a", "b", "c");
    await new Promise(setImmediate);

    expect(batches).toEqual([["a"], ["b"]]);
    releases[0]?.();
    await eventually(() => batches[2]);
    expect(batches).toEqual([["a"], ["b"], ["c"]]);
    for (const release of releases) release();
    await mappings.idle();
  });

  test("is not taken where the mapping is disabled", async () => {
    const done = await run({ mapping: { enabled: false } }, "a");

    expect([done.batches, done.waiting()]).toEqual([[], ["a"]]);
  });
});

describe("a message that the function does not deal with", () => {
  const failing = () => new Error("boom");
  const redrive = JSON.stringify({ deadLetterTargetArn: queueArn("Dead"), maxReceiveCount: 2 });

  test("is visible again after the queue's visibility timeout, and not before", async () => {
    const done = await run({ handler: failing }, "a", "b");

    done.clock.advance({ seconds: 29 });
    await done.mappings.idle();
    expect(done.batches).toEqual([["a", "b"]]);
    done.clock.advance({ seconds: 1 });
    await done.mappings.idle();

    expect(done.batches).toEqual([
      ["a", "b"],
      ["a", "b"],
    ]);
    expect(done.waiting()).toEqual(["a", "b"]);
    expect(hopsOf(done, done.ids[1]).map(({ kind, attempt }) => [kind, attempt])).toEqual([
      ["failed", 1],
      ["failed", 2],
    ]);
  });

  test("goes to the dead-letter queue when it was received as often as the redrive policy says", async () => {
    const done = await run({ handler: failing, queue: { redrive_policy: redrive } }, "a");
    for (let time = 0; time < 3; time += 1) {
      done.clock.advance({ seconds: 30 });
      await done.mappings.idle();
    }

    expect(done.batches).toEqual([["a"], ["a"]]);
    expect([done.waiting(), done.waiting("Dead")]).toEqual([[], ["a"]]);
    expect(hopsOf(done, done.ids[0]).at(-1)).toMatchObject({
      kind: "dead letter",
      to: queueArn("Dead"),
      detail: "received 2 times",
    });
  });

  const reporting = { function_response_types: ["ReportBatchItemFailures"] };
  // "Success and failure conditions" in Lambda's guide.
  test.each<[string, (ids: string[]) => unknown, string[]]>([
    ["names one", ([, second]) => ({ batchItemFailures: [{ itemIdentifier: second }] }), ["b"]],
    ["names nothing", () => ({ batchItemFailures: [] }), []],
    ["has null instead", () => ({ batchItemFailures: null }), []],
    ["answers {}", () => ({}), []],
    ["answers null", () => null, []],
    ["names an empty one", () => ({ batchItemFailures: [{ itemIdentifier: "" }] }), ["a", "b", "c"]],
    ["names null", () => ({ batchItemFailures: [{ itemIdentifier: null }] }), ["a", "b", "c"]],
    ["has another key", () => ({ batchItemFailures: [{ foo: "notvalid" }] }), ["a", "b", "c"]],
    [
      "names one that was not there",
      () => ({ batchItemFailures: [{ itemIdentifier: "x" }] }),
      ["a", "b", "c"],
    ],
    ["has no list", () => ({ batchItemFailures: "a" }), ["a", "b", "c"]],
    ["answers a text", () => "a", ["a", "b", "c"]],
    ["fails", () => new Error("boom"), ["a", "b", "c"]],
  ])("stays where failures are reported: the function %s", async (_, answer, left) => {
    const handler = (_bodies: string[], ids: string[]) => answer(ids);

    expect((await run({ mapping: reporting, handler }, "a", "b", "c")).waiting()).toEqual(left);
  });

  test("is deleted with the others where failures are not reported", async () => {
    const handler = (_: string[], [first]: string[]) => ({ batchItemFailures: [{ itemIdentifier: first }] });

    expect((await run({ handler }, "a", "b")).waiting()).toEqual([]);
  });
});

describe("a throttled batch", () => {
  const throttled = new AwsError("TooManyRequestsException", "Rate Exceeded.", 429);

  test("is tried again, without being received again", async () => {
    let throttles = 3;
    const done = await run({ handler: () => (throttles-- > 0 ? throttled : null) }, "a");

    expect(done.batches).toHaveLength(4);
    expect([done.waiting(), hopsOf(done, done.ids[0]).map(({ attempt }) => attempt)]).toEqual([[], [1]]);
  });

  test("is dropped when the visibility timeout is over, and received again", async () => {
    const done = await run({ handler: () => throttled }, "a");

    // After 1, 2, 4 and 8 seconds; 16 more would be too late.
    expect(done.batches).toHaveLength(5);
    expect(hopsOf(done, done.ids[0])[0]?.detail).toContain("throttled");
    done.clock.advance({ seconds: 30 });
    await done.mappings.idle();
    expect(done.batches).toHaveLength(10);
  });
});

describe("filters", () => {
  const pattern = (value: unknown) => ({
    pattern: typeof value === "string" ? value : JSON.stringify(value),
  });
  const filtered = (...patterns: unknown[]) => ({
    mapping: { filter_criteria: [{ filter: patterns.map(pattern) }] },
  });

  // localstack's recordings, `test_sqs_event_filter`, and the table in Lambda's guide for what is not JSON.
  test.each<[unknown, string, string]>([
    [{ body: { "my-key": ["my-value"] } }, '{"my-key":"my-value"}', '{"my-key":"other"}'],
    [{ body: { "my-key": ["one", "two"] } }, '{"my-key":"two"}', '{"my-key":"three"}'],
    [{ body: { a: ["1", "2"], b: ["3"] } }, '{"a":"2","b":"3"}', '{"a":"2"}'],
    [{ body: { a: [{ exists: true }] } }, '{"a":"any"}', '{"b":"any"}'],
    [{ body: { a: [{ exists: false }] } }, '{"b":"any"}', '{"a":"any"}'],
    [{ body: { n: [{ numeric: [">=", 100, "<", 200] }] } }, '{"n":100}', '{"n":200}'],
    [{ body: { a: [{ prefix: "yes" }] } }, '{"a":"yes-value"}', '{"a":"no"}'],
    [{ body: { a: [{ suffix: ".png" }] } }, '{"a":"x.png"}', '{"a":"x.jpg"}'],
    [{ body: { a: [{ "anything-but": ["x"] }] } }, '{"a":"y"}', '{"a":"x"}'],
    [{ body: { a: [{ "equals-ignore-case": "X" }] } }, '{"a":"x"}', '{"a":"y"}'],
    [{ body: { a: { b: [null] } } }, '{"a":{"b":null}}', '{"a":{"b":1}}'],
    [{ body: { $or: [{ a: ["1"] }, { b: ["2"] }] } }, '{"b":"2"}', '{"b":"1"}'],
    [{ body: { a: ["1"] } }, '{"a":["0","1"]}', "a plain text"],
    [{ body: ["a plain text"] }, "a plain text", '{"body":"a plain text"}'],
  ])("%j lets %s pass and not %s, which is deleted", async (wanted, passes, dropped) => {
    const done = await run(filtered(wanted), dropped, passes);

    expect([done.batches, done.waiting()]).toEqual([[[passes]], []]);
    expect(hopsOf(done, done.ids[0])).toEqual([expect.objectContaining({ kind: "filtered" })]);
  });

  test("one of several is enough", async () => {
    const { batches } = await run(
      filtered({ body: { a: ["1"] } }, { body: { a: ["2"] } }),
      '{"a":"2"}',
      '{"a":"3"}',
    );

    expect(batches).toEqual([['{"a":"2"}']]);
  });

  test.each(["null", '"simple string"', '{"body": "x"}', '{"body": []}', '{"body": [{"like": "x"}]}', "{"])(
    "%s is not a pattern",
    (text) => {
      expect(() => bench(filtered(text))).toThrow("Invalid filter pattern definition.");
    },
  );

  test("what is not about the body is refused", () => {
    expect(() => bench(filtered({ messageAttributes: { a: ["x"] } }))).toThrow("must be about body");
    expect(() => bench(filtered(...Array.from({ length: 11 }, () => ({ body: ["x"] }))))).toThrow(
      "at most ten",
    );
  });
});

describe("at the start", () => {
  test.each<[string, Options]>([
    ["Queue visibility timeout: 30 seconds is less than Function timeout: 31 seconds", { timeout: 31 }],
    [
      "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
      { mapping: { batch_size: 11 } },
    ],
    [
      "SQS Error Code: AWS.SimpleQueueService.NonExistentQueue.",
      { mapping: { event_source_arn: queueArn("Other") } },
    ],
    ["must be a function of the deployment", { mapping: { function_name: "G" } }],
    [
      `AWS refuses event_source_arn "${queueArn("Q")}": An event source mapping with SQS arn (" ${queueArn("Q")} ") and function (" F ") already exists. Please update or delete the existing mapping with UUID 3c5b0e0e-0000-4000-8000-000000000001`,
      {
        more: {
          "aws_lambda_event_source_mapping.N": {
            ...{ id: "2", arn: "arn", event_source_arn: queueArn("Q"), function_name: "F" },
          },
        },
      },
    ],
  ])("%s", (message, options) => {
    expect(() => bench(options)).toThrow(message);
  });

  test.each(["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"])(
    "the function's role must allow sqs:%s",
    async (action) => {
      const { mappings, access } = bench();
      await mappings.requirePermitted();
      access.deny = (request) => request.action === `sqs:${action}` && request.resource === queueArn("Q");

      await expect(mappings.requirePermitted()).rejects.toThrow(
        `The provided execution role does not have permissions to call ${action} on SQS`,
      );
    },
  );

  test("a source that is not served is named, and everything that is set of it is read", () => {
    const stream = "arn:aws:dynamodb:us-east-1:123456789012:table/T/stream/2026";
    const mapping = {
      event_source_arn: stream,
      starting_position: "LATEST",
      bisect_batch_on_function_error: true,
    };

    const { deployment, mappings } = bench({ mapping });

    expect(mappings.warnings).toEqual([
      "aws_lambda_event_source_mapping.M: nothing comes from dynamodb here, and the function does not run for it",
    ]);
    const [resource] = deployment.ofType("aws_lambda_event_source_mapping");
    expect(resource?.reads.paths).toEqual(expect.arrayContaining(Object.keys(mapping)));
  });
});

test("a mapping is described as the API does", () => {
  const filter = { pattern: '{"body":["x"]}' };
  const mapping = {
    ...{ batch_size: 20, maximum_batching_window_in_seconds: 1, enabled: false },
    ...{ scaling_config: [{ maximum_concurrency: 2 }], filter_criteria: [{ filter: [filter] }] },
  };
  const [only] = bench({ mapping }).mappings.all;

  expect(only && describeMapping(only, 1_700_000_000_000)).toEqual({
    UUID: "3c5b0e0e-0000-4000-8000-000000000001",
    EventSourceMappingArn:
      "arn:aws:lambda:us-east-1:123456789012:event-source-mapping:3c5b0e0e-0000-4000-8000-000000000001",
    EventSourceArn: queueArn("Q"),
    FunctionArn: functionArn("F"),
    BatchSize: 20,
    MaximumBatchingWindowInSeconds: 1,
    FunctionResponseTypes: [],
    ScalingConfig: { MaximumConcurrency: 2 },
    FilterCriteria: { Filters: [{ Pattern: filter.pattern }] },
    State: "Disabled",
    StateTransitionReason: "USER_INITIATED",
    LastModified: 1_700_000_000,
  });
});
