import { bindService } from "../../../../local/aws-api/service";
import type { Members } from "../../../../local/kernel/input";
import { LogStore } from "../../../../local/services/logs/log-store";
import { logs } from "../../../../local/services/logs/service";
import { deploymentOf } from "../../../support/deployment";
import { RecordedAnswers } from "../../../support/recorded-answers";
import { TestClock } from "../../../support/test-clock";
import { administrator, caught } from "../lambda/support";

/**
 * What AWS answered, by the names of localstack's AWS-validated tests (tests/aws/services/logs and their recordings).
 * docs/local-runtime.md counts them.
 */

const facts = new RecordedAnswers("CloudWatch Logs, as far as it is read", {});
const other = ["aws_cloudwatch_log_group", { name: "other" }] as const;
const context = { principal: administrator, requestId: "r", sourceIp: "127.0.0.1" };
const arn = "arn:aws:logs:us-east-1:123456789012:log-group:g";

function setUp() {
  const group = deploymentOf([
    "aws_cloudwatch_log_group",
    { name: "g", kms_key_id: "key", tags: { env: "testing1" } },
  ]);
  const store = new LogStore(group, { clock: new TestClock(1_000) });
  store.put("g", "s", "hello", 1_000);
  const service = bindService(logs, store);
  return async (operation: string, input: Members): Promise<Members> =>
    (await service.operations[operation]?.handle(input, context)) ?? {};
}

const limit =
  "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000";
const s = { logGroupName: "g", logStreamName: "s" };

test.each(
  facts.rows<[string, string, Members, string, string]>([
    [
      "get_log_events_invalid_token",
      "GetLogEvents",
      { ...s, nextToken: "invalid" },
      "InvalidParameterException",
      "The specified nextToken is invalid.",
    ],
    [
      "get_log_events_limit_validation",
      "GetLogEvents",
      { ...s, limit: 10_001 },
      "InvalidParameterException",
      limit,
    ],
    [
      "resource_does_not_exist, group",
      "GetLogEvents",
      { ...s, logGroupName: "gone" },
      "ResourceNotFoundException",
      "The specified log group does not exist.",
    ],
    [
      "resource_does_not_exist, stream",
      "GetLogEvents",
      { ...s, logStreamName: "gone" },
      "ResourceNotFoundException",
      "The specified log stream does not exist.",
    ],
    [
      "filter_log_events_limit_validation",
      "FilterLogEvents",
      { logGroupName: "g", limit: 10_001 },
      "InvalidParameterException",
      limit,
    ],
    [
      "filter_log_events_unknown_token",
      "FilterLogEvents",
      { logGroupName: "g", nextToken: "foobar" },
      "InvalidParameterException",
      "The specified nextToken is invalid.",
    ],
    [
      "describe_log_groups_prefix_and_pattern_error",
      "DescribeLogGroups",
      { logGroupNamePrefix: "g", logGroupNamePattern: "g" },
      "InvalidParameterException",
      "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
    ],
    [
      "describe_log_streams_with_log_group_identifier",
      "DescribeLogStreams",
      { logGroupName: "g", logGroupIdentifier: "g" },
      "ValidationException",
      "LogGroup name and LogGroup ARN are mutually exclusive parameters.",
    ],
  ]),
)("%s", async (_test, operation, input, code, message) => {
  const error = await caught(setUp()(operation, input));

  expect([error.code, error.message, error.status]).toEqual([code, message, 400]);
});

facts.fact(
  "create_log_group_with_kms_key, describe_log_groups_with_prefix: a group as AWS describes it",
  async () => {
    const { logGroups } = await setUp()("DescribeLogGroups", { logGroupNamePrefix: "g" });

    expect(logGroups).toEqual([
      {
        arn: `${arn}:*`,
        creationTime: 1_000,
        deletionProtectionEnabled: false,
        kmsKeyId: "key",
        logGroupArn: arn,
        logGroupClass: "STANDARD",
        logGroupName: "g",
        metricFilterCount: 0,
        storedBytes: 5,
      },
    ]);
  },
);

test.each(
  facts.rows([
    { logGroupIdentifier: "g" },
    { logGroupIdentifier: arn },
    { logGroupName: "g", logStreamNamePrefix: "s" },
  ]),
)("describe_log_streams_with_log_group_identifier, with_prefix, log_stream_arn_format: %j", async (input) => {
  const { logStreams } = await setUp()("DescribeLogStreams", input);

  expect(logStreams).toMatchObject([
    { arn: `${arn}:log-stream:s`, creationTime: 1_000, logStreamName: "s", storedBytes: 0 },
  ]);
});

facts.fact("tag_resource_api: a group's tags", async () => {
  const call = setUp();

  expect(await call("ListTagsLogGroup", { logGroupName: "g" })).toEqual({ tags: { env: "testing1" } });
  expect(await call("ListTagsForResource", { resourceArn: arn })).toEqual({ tags: { env: "testing1" } });
});

facts.fact("list_log_groups_with_pattern", async () => {
  const groups = deploymentOf(["aws_cloudwatch_log_group", { name: "test-log-group" }], other);
  const service = bindService(logs, new LogStore(groups, { clock: new TestClock(1_000) }));

  const found = await service.operations.ListLogGroups?.handle(
    { logGroupNamePattern: "test-log-group" },
    context,
  );

  expect(found).toEqual({
    logGroups: [
      {
        logGroupArn: "arn:aws:logs:us-east-1:123456789012:log-group:test-log-group",
        logGroupClass: "STANDARD",
        logGroupName: "test-log-group",
      },
    ],
  });
});

facts.holdInDocs("logs");
