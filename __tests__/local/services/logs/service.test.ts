import { bindService } from "../../../../local/aws-api/service";
import type { AwsError } from "../../../../local/kernel/aws-error";
import type { Members } from "../../../../local/kernel/input";
import { ledger } from "../../../../local/load";
import { LogStore, type LogStoreOptions } from "../../../../local/services/logs/log-store";
import { logs } from "../../../../local/services/logs/service";
import { deploymentOf, type Values } from "../../../support/deployment";
import { TestClock } from "../../../support/test-clock";
import { administrator, caught, logGroup } from "../lambda/support";

const context = { principal: administrator, requestId: "r", sourceIp: "127.0.0.1" };

function setUp(options: LogStoreOptions = {}) {
  const clock = new TestClock(1_000_000);
  const deployment = deploymentOf(
    logGroup("/aws/lambda/A", 1),
    logGroup("/aws/lambda/B", 0),
    logGroup("/gateway", 0),
    ["aws_cloudwatch_log_stream", { name: "declared", log_group_name: "/gateway" }],
  );
  const store = new LogStore(deployment, { clock, ...options });
  const service = bindService(logs, store);
  const call = async (operation: string, input: Members): Promise<Members> =>
    (await service.operations[operation]?.handle(input, context)) ?? {};
  const refused = (operation: string, input: Members): Promise<AwsError> => caught(call(operation, input));
  const put = (stream: string, ...messages: string[]) => {
    for (const message of messages) store.put("/aws/lambda/A", stream, message, clock.now());
  };
  return { clock, store, service, call, refused, put };
}

const A = { logGroupName: "/aws/lambda/A" };
const list = (value: unknown): Members[] => (Array.isArray(value) ? value : []);
const texts = (output: Members) => list(output.events).map((event) => event.message);

describe("ListLogGroups", () => {
  test.each([
    [{}, 3],
    [{ logGroupNamePattern: "^/aws" }, 2],
    [{ logGroupNamePattern: "lambda" }, 2],
    [{ logGroupNamePattern: "LAMBDA" }, 0],
    [{ logGroupNamePattern: "^lambda" }, 0],
    [{ logGroupNamePattern: "^/aws/lambda/A|gate" }, 2],
    [{ logGroupClass: "INFREQUENT_ACCESS" }, 0],
    [{ limit: 1 }, 1],
  ])("answers %j with %i of three groups", async (input, count) => {
    const { logGroups } = await setUp().call("ListLogGroups", input);

    expect(logGroups).toHaveLength(count);
  });

  test.each([
    [{ logGroupNamePattern: "aw" }, "length greater than or equal to 3"],
    [{ logGroupNamePattern: "a.*b" }, "regular expression pattern"],
    [{ limit: 1_001 }, "less than or equal to 1000"],
    [{ logGroupTags: [{ key: "a" }] }, "lists log groups by name and class only"],
  ])("refuses %j", async (input, reason) => {
    expect((await setUp().refused("ListLogGroups", input)).message).toContain(reason);
  });
});

describe("DescribeLogGroups", () => {
  test("lists the deployment's groups by prefix or pattern, with their retention", async () => {
    const { call } = setUp();

    const byPrefix = await call("DescribeLogGroups", { logGroupNamePrefix: "/aws/" });
    const byPattern = await call("DescribeLogGroups", { logGroupNamePattern: "GATE" });

    expect(byPrefix.logGroups).toMatchObject([
      {
        logGroupName: "/aws/lambda/A",
        retentionInDays: 1,
        arn: "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/A:*",
        logGroupArn: "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/A",
      },
      { logGroupName: "/aws/lambda/B" },
    ]);
    expect(list(byPrefix.logGroups)[1]).not.toHaveProperty("retentionInDays");
    expect(byPattern.logGroups).toMatchObject([{ logGroupName: "/gateway" }]);
  });

  test("goes page by page", async () => {
    const { call } = setUp();

    const first = await call("DescribeLogGroups", { limit: 2 });
    const second = await call("DescribeLogGroups", { limit: 2, nextToken: first.nextToken });

    expect(first.logGroups).toHaveLength(2);
    expect(second.logGroups).toMatchObject([{ logGroupName: "/gateway" }]);
    expect(second).not.toHaveProperty("nextToken");
  });

  test.each([
    { limit: 51 },
    { nextToken: "nonsense" },
    { logGroupNamePrefix: "/a", logGroupNamePattern: "b" },
  ])("refuses %j", async (input) => {
    const { refused } = setUp();

    const error = await refused("DescribeLogGroups", input);

    expect(error.code).toBe("InvalidParameterException");
  });
});

describe("DescribeLogStreams", () => {
  test("lists the streams by name, by prefix or by the time of their last event", async () => {
    const { clock, call, put } = setUp();
    put("a1", "first");
    clock.advance({ milliseconds: 5 });
    put("b1", "second");
    put("a2", "third");
    clock.advance({ milliseconds: 5 });
    put("a1", "fourth");

    const byName = await call("DescribeLogStreams", { ...A, logStreamNamePrefix: "a" });
    const newest = await call("DescribeLogStreams", {
      ...A,
      orderBy: "LastEventTime",
      descending: true,
      limit: 1,
    });

    expect(byName.logStreams).toMatchObject([
      {
        logStreamName: "a1",
        firstEventTimestamp: 1_000_000,
        lastEventTimestamp: 1_000_010,
        arn: "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/A:log-stream:a1",
      },
      { logStreamName: "a2" },
    ]);
    expect(newest.logStreams).toMatchObject([{ logStreamName: "a1" }]);
    expect(newest.nextToken).toBeDefined();
  });

  test("has a declared stream before its first event, and after its last one is gone", async () => {
    const { store, call } = setUp({ maxEventsPerGroup: 10 });
    const gateway = { logGroupName: "/gateway" };
    const arn = "arn:aws:logs:us-east-1:123456789012:log-group:/gateway:log-stream:declared";

    const before = await call("DescribeLogStreams", gateway);
    const events = await call("GetLogEvents", { ...gateway, logStreamName: "declared" });
    store.put("/gateway", "declared", "first", 1_000_000);
    for (let later = 1; later < 20; later += 1) store.put("/gateway", "other", "later", 1_000_000 + later);
    const after = await call("DescribeLogStreams", { ...gateway, orderBy: "LastEventTime" });

    expect(before.logStreams).toEqual([
      { logStreamName: "declared", creationTime: 1_000_000, arn, storedBytes: 0 },
    ]);
    expect(events.events).toEqual([]);
    expect(after.logStreams).toMatchObject([
      { logStreamName: "declared", firstEventTimestamp: 1_000_000 },
      { logStreamName: "other" },
    ]);
  });

  test("refuses an unknown group, and a prefix with an order by time", async () => {
    const { refused } = setUp();

    const errors = [
      await refused("DescribeLogStreams", { logGroupName: "/gone" }),
      await refused("DescribeLogStreams", { ...A, orderBy: "LastEventTime", logStreamNamePrefix: "a" }),
    ];

    expect(errors).toMatchObject([
      { code: "ResourceNotFoundException", message: "The specified log group does not exist." },
      { code: "InvalidParameterException" },
    ]);
  });
});

describe("GetLogEvents", () => {
  test("reads forward from the head until the token does not change any more, and on when there is more", async () => {
    const { call, put } = setUp();
    put("s", "1", "2", "3");
    const read = (nextToken?: unknown) =>
      call("GetLogEvents", { ...A, logStreamName: "s", startFromHead: true, limit: 2, nextToken });

    const first = await read();
    const second = await read(first.nextForwardToken);
    const end = await read(second.nextForwardToken);
    put("s", "4");
    const more = await read(end.nextForwardToken);

    expect([first, second, end, more].map(texts)).toEqual([["1", "2"], ["3"], [], ["4"]]);
    expect(end.nextForwardToken).toBe(second.nextForwardToken);
    expect(String(first.nextForwardToken)).toMatch(/^f\/\d{56}\/s$/);
  });

  test("gives the latest events first, and goes backward", async () => {
    const { call, put } = setUp();
    put("s", "1", "2", "3");
    put("other", "not this");
    const read = (nextToken?: unknown) =>
      call("GetLogEvents", { ...A, logStreamName: "s", limit: 2, nextToken });

    const latest = await read();
    const earlier = await read(latest.nextBackwardToken);
    const end = await read(earlier.nextBackwardToken);

    expect([latest, earlier, end].map(texts)).toEqual([["2", "3"], ["1"], []]);
    expect(end.nextBackwardToken).toBe(earlier.nextBackwardToken);
  });

  test("takes start as included, end as excluded", async () => {
    const { clock, call, put } = setUp();
    for (const message of ["1", "2", "3"]) {
      put("s", message);
      clock.advance({ milliseconds: 10 });
    }

    const output = await call("GetLogEvents", {
      logGroupIdentifier: "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/A",
      logStreamName: "s",
      startTime: 1_000_010,
      endTime: 1_000_020,
    });

    expect(output.events).toEqual([{ timestamp: 1_000_010, message: "2", ingestionTime: 1_000_010 }]);
  });

  test.each([
    [
      { ...A, logStreamName: "gone" },
      "ResourceNotFoundException",
      "The specified log stream does not exist.",
    ],
    [{ logStreamName: "s" }, "InvalidParameterException", "logGroupName and logGroupIdentifier"],
    [
      { ...A, logGroupIdentifier: "x", logStreamName: "s" },
      "ValidationException",
      "LogGroup name and LogGroup ARN are mutually exclusive parameters.",
    ],
    [
      {
        logGroupIdentifier: "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/A:*",
        logStreamName: "s",
      },
      "InvalidParameterException",
      "Member must satisfy regular expression pattern",
    ],
    [
      { ...A, logStreamName: "s", limit: 10_001 },
      "InvalidParameterException",
      "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000",
    ],
    [{ ...A, logStreamName: "a:b" }, "InvalidParameterException", "'logStreamName'"],
    [{ logGroupName: "x".repeat(513), logStreamName: "s" }, "InvalidParameterException", "'logGroupName'"],
    [{ logGroupName: 3, logStreamName: "s" }, "SerializationException", "NUMBER_VALUE"],
    [{ ...A }, "InvalidParameterException", "logStreamName"],
    [{ ...A, logStreamName: "s", nextToken: "f/1/s" }, "InvalidParameterException", "nextToken"],
    [{ ...A, logStreamName: "s", startTime: -1 }, "InvalidParameterException", "startTime"],
  ])("refuses %j", async (input, code, message) => {
    const { refused, put } = setUp();
    put("s", "1");

    const error = await refused("GetLogEvents", input);

    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });
});

describe("FilterLogEvents", () => {
  test("finds events of all streams, of named ones or by prefix, in a time range with both ends included", async () => {
    const { clock, call, put } = setUp();
    put("a1", "Hello Ada");
    clock.advance({ milliseconds: 10 });
    put("a2", "Hello Bob");
    clock.advance({ milliseconds: 10 });
    put("b1", "Hello Eve");

    const outputs = [
      await call("FilterLogEvents", { ...A, filterPattern: "" }),
      await call("FilterLogEvents", { ...A, logStreamNames: ["a1", "b1"] }),
      await call("FilterLogEvents", {
        ...A,
        logStreamNamePrefix: "a",
        startTime: 1_000_010,
        endTime: 1_000_020,
      }),
      await call("FilterLogEvents", { ...A, filterPattern: '"Hello Eve"' }),
    ];

    expect(outputs.map(texts)).toEqual([
      ["Hello Ada", "Hello Bob", "Hello Eve"],
      ["Hello Ada", "Hello Eve"],
      ["Hello Bob"],
      ["Hello Eve"],
    ]);
    expect(list(outputs[3]?.events)[0]).toEqual({
      logStreamName: "b1",
      timestamp: 1_000_020,
      message: "Hello Eve",
      ingestionTime: 1_000_020,
      eventId: expect.stringMatching(/^\d{56}$/),
    });
  });

  test("goes page by page, in the order of time, though an event came late", async () => {
    const { store, call, put } = setUp();
    put("a", "2", "3");
    store.put("/aws/lambda/A", "a", "1", 999_999);

    const first = await call("FilterLogEvents", { ...A, limit: 2 });
    const second = await call("FilterLogEvents", { ...A, limit: 2, nextToken: first.nextToken });

    expect([texts(first), texts(second)]).toEqual([["1", "2"], ["3"]]);
    expect(second).not.toHaveProperty("nextToken");
  });

  test.each([
    [{ logGroupName: "/gone" }, "ResourceNotFoundException"],
    [{ ...A, logStreamNames: ["gone"] }, "ResourceNotFoundException"],
    [{ ...A, logStreamNames: "a" }, "SerializationException"],
    [{ ...A, logStreamNames: [] }, "InvalidParameterException"],
    [{ ...A, logStreamNames: Array.from({ length: 101 }, () => "a") }, "InvalidParameterException"],
    [{ ...A, filterPattern: "x".repeat(1025) }, "InvalidParameterException"],
    [{ ...A, limit: 0 }, "InvalidParameterException"],
    [{ ...A, logStreamNames: ["a"], logStreamNamePrefix: "a" }, "InvalidParameterException"],
    [{ ...A, nextToken: "bm8" }, "InvalidParameterException"],
    [{ ...A, filterPattern: "[a, b]" }, "InvalidParameterException"],
  ])("refuses %j", async (input, code) => {
    const { refused } = setUp();

    const error = await refused("FilterLogEvents", input);

    expect(error.code).toBe(code);
  });
});

describe("the log store", () => {
  test("drops what is written to a group that the deployment does not have", () => {
    const { store } = setUp();

    store.put("/gone", "s", "lost", 1);

    expect(store.group("/gone")).toBeUndefined();
  });

  test("drops events, and streams without events, when the group's retention is over", async () => {
    const { clock, call, put } = setUp();
    put("old", "old");
    clock.advance({ milliseconds: 86_400_001 });
    put("new", "new");

    const events = await call("FilterLogEvents", A);
    const streams = await call("DescribeLogStreams", A);

    expect(texts(events)).toEqual(["new"]);
    expect(streams.logStreams).toMatchObject([{ logStreamName: "new" }]);
  });

  test("keeps the newest events only, by number and by size", () => {
    const { store, clock, put } = setUp({ maxEventsPerGroup: 10, maxCharactersPerGroup: 100 });

    for (let index = 0; index < 50; index++) put(`s${index}`, `${index}`);
    const byNumber = store.group("/aws/lambda/A")?.events(clock.now()) ?? [];
    const count = byNumber.length;
    const last = byNumber.at(-1)?.message;
    put("big", "x".repeat(99));
    const bySize = [...(store.group("/aws/lambda/A")?.events(clock.now()) ?? [])].map(
      (event) => event.message,
    );

    expect(count).toBeGreaterThanOrEqual(9);
    expect(count).toBeLessThanOrEqual(10);
    expect(last).toBe("49");
    expect(bySize).toEqual(["x".repeat(99)]);
    expect(store.group("/aws/lambda/A")?.streams.size).toBe(1);
  });
});

test("each operation asks for its permission on the group or the stream", () => {
  const { service } = setUp();
  const group = "arn:aws:logs:us-east-1:123456789012:log-group:";
  const input = { ...A, logStreamName: "s", resourceArn: `${group}/aws/lambda/A` };

  const required = Object.values(service.operations).map((operation) => operation.permission?.(input));

  expect(required).toEqual([
    { action: "logs:DescribeLogGroups", resource: `${group}:log-stream:` },
    { action: "logs:ListLogGroups", resource: "*" },
    { action: "logs:DescribeLogStreams", resource: `${group}/aws/lambda/A:log-stream:` },
    { action: "logs:GetLogEvents", resource: `${group}/aws/lambda/A:log-stream:s` },
    { action: "logs:FilterLogEvents", resource: `${group}/aws/lambda/A:log-stream:` },
    { action: "logs:ListTagsForResource", resource: `${group}/aws/lambda/A` },
    { action: "logs:ListTagsLogGroup", resource: `${group}/aws/lambda/A` },
  ]);
});

test("a group's tags can be read by its name and by its ARN", async () => {
  const group = deploymentOf(["aws_cloudwatch_log_group", { name: "/a", tags: { env: "testing" } }]);
  const service = bindService(logs, new LogStore(group));
  const arn = "arn:aws:logs:us-east-1:123456789012:log-group:/a";

  const answers = [
    await service.operations.ListTagsForResource?.handle({ resourceArn: arn }, context),
    await service.operations.ListTagsLogGroup?.handle({ logGroupName: "/a" }, context),
  ];

  expect(answers).toEqual([{ tags: { env: "testing" } }, { tags: { env: "testing" } }]);
});

test.each<[Values, string]>([
  [{ name: "/a", retention_in_days: 2 }, "AWS refuses retention_in_days 2"],
  [{ name: "a b" }, 'AWS refuses name "a b"'],
  [{ name: "x".repeat(513) }, "Member must have length less than or equal to 512"],
])("a log group with %j stops the start, with AWS's reason", (values, reason) => {
  const deployment = deploymentOf(["aws_cloudwatch_log_group", values]);
  const start = () => {
    ledger.requireAcceptable(deployment);
    return new LogStore(deployment);
  };

  expect(start).toThrow(reason);
});
