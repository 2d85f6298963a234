import { ledger, loadSynthesized } from "../../../local/load";
import { startAllServices } from "../../support/running-services";
import { removeSynthesizedFolders, stackJson, synthesizedFolder } from "../deployment/synthesized-app";

/** SNS, SQS, Secrets Manager and Logs: what a stack sets is served, is named at start, or stops the start. */

afterEach(removeSynthesizedFolders);

type Blocks = Readonly<Record<string, Readonly<Record<string, object>>>>;

/** The lines of the start, as the runtime collects them. */
async function start(resource: Blocks): Promise<string[]> {
  const deployment = loadSynthesized(synthesizedFolder({ only: stackJson({ resource }) }));
  const { services, close } = await startAllServices(deployment);
  await close();
  return [...ledger.notEnforced(deployment), ...services.flatMap(({ warnings }) => warnings)];
}

const topic = (more: object = {}) => ({ aws_sns_topic: { T: { name: "T", ...more } } });
const subscription = (more: object = {}) => ({
  ...topic(),
  aws_sns_topic_subscription: {
    S: {
      topic_arn: "${aws_sns_topic.T.arn}",
      protocol: "sqs",
      endpoint: "arn:aws:sqs:eu-west-1:123456789012:Q",
      ...more,
    },
  },
});
const queue = (more: object = {}) => ({ aws_sqs_queue: { Q: { name: "Q", ...more } } });
const secret = (more: object = {}) => ({ aws_secretsmanager_secret: { S: { name: "S", ...more } } });
const version = (more: object) => ({
  ...secret(),
  aws_secretsmanager_secret_version: { V: { secret_id: "${aws_secretsmanager_secret.S.id}", ...more } },
});
const logGroup = (more: object = {}) => ({ aws_cloudwatch_log_group: { G: { name: "G", ...more } } });

test.each<[string, Blocks]>([
  [
    "a topic with everything that makes no difference",
    topic({
      kms_master_key_id: "k",
      delivery_policy: "{}",
      display_name: "d",
      tags: { a: "b" },
      signature_version: 2,
    }),
  ],
  ["a topic whose name the provider completes", { aws_sns_topic: { T: { name_prefix: "t-" } } }],
  [
    "a topic that says that it is not a FIFO topic",
    topic({ fifo_topic: false, content_based_deduplication: false }),
  ],
  [
    "a subscription with everything that makes no difference",
    subscription({ confirmation_timeout_in_minutes: 5, endpoint_auto_confirms: true, delivery_policy: "{}" }),
  ],
  [
    "a queue with its own encryption",
    queue({ sqs_managed_sse_enabled: true, kms_data_key_reuse_period_seconds: 600 }),
  ],
  [
    "a policy of a queue's redrive that nobody has",
    {
      aws_sqs_queue_redrive_allow_policy: {
        P: { queue_url: "https://sqs.eu-west-1.amazonaws.com/123456789012/Gone", redrive_allow_policy: "{}" },
      },
    },
  ],
  [
    "a secret that is deleted at once",
    secret({ recovery_window_in_days: 0, force_overwrite_replica_secret: true }),
  ],
  ["a value that is written only", version({ secret_string_wo: "value", secret_string_wo_version: 1 })],
  ["a log group with a key", logGroup({ kms_key_id: "k", skip_destroy: true, log_group_class: "STANDARD" })],
  ["a log stream", { ...logGroup(), aws_cloudwatch_log_stream: { S: { name: "s", log_group_name: "G" } } }],
])("%s starts without a word", async (_what, resource) => {
  expect(await start(resource)).toEqual([]);
});

test.each<[Blocks, string]>([
  [
    topic({ lambda_failure_feedback_role_arn: "arn:aws:iam::123456789012:role/r" }),
    "aws_sns_topic.T: lambda_failure_feedback_role_arn: no delivery logs are written here",
  ],
  [topic({ tracing_config: "Active" }), "aws_sns_topic.T: tracing_config: no traces are kept here"],
  [
    {
      aws_sns_topic_subscription: {
        S: {
          topic_arn: "arn:aws:sns:eu-west-1:999999999999:X",
          protocol: "sqs",
          endpoint: "arn:aws:sqs:eu-west-1:123456789012:Q",
        },
      },
    },
    "aws_sns_topic_subscription.S: topic_arn: it names no aws_sns_topic of the deployment, so it has no effect here",
  ],
  [
    subscription({ protocol: "email", endpoint: "a@example.com" }),
    "aws_sns_topic_subscription.S: nothing is delivered to the protocol email here",
  ],
  [
    queue({ kms_master_key_id: "alias/aws/sqs" }),
    "aws_sqs_queue.Q: kms_master_key_id: nothing is encrypted here, and the key's policy does not decide who may send",
  ],
  [
    secret({ kms_key_id: "k" }),
    "aws_secretsmanager_secret.S: kms_key_id: nothing is encrypted here, and the key's policy does not decide who may read",
  ],
  [
    secret({ replica: [{ region: "us-west-2" }] }),
    "aws_secretsmanager_secret.S: replica: the runtime serves one region",
  ],
])("%j is named at start", async (resource, line) => {
  expect(await start(resource)).toEqual([line]);
});

test.each<[Blocks, string]>([
  [
    topic({ archive_policy: '{"MessageRetentionPeriod":1}' }),
    "aws_sns_topic.T (stack only): archive_policy is set",
  ],
  [topic({ fifo_throughput_scope: "Topic" }), "aws_sns_topic.T (stack only): fifo_throughput_scope is set"],
  [
    topic({ content_based_deduplication: true }),
    "aws_sns_topic.T (stack only): content_based_deduplication is set",
  ],
  [subscription({ replay_policy: "{}" }), "aws_sns_topic_subscription.S (stack only): replay_policy is set"],
  [
    subscription({ subscription_role_arn: "arn:aws:iam::123456789012:role/r" }),
    "aws_sns_topic_subscription.S (stack only): subscription_role_arn is set",
  ],
  [queue({ deduplication_scope: "queue" }), "aws_sqs_queue.Q (stack only): deduplication_scope is set"],
  [
    queue({ fifo_throughput_limit: "perQueue" }),
    "aws_sqs_queue.Q (stack only): fifo_throughput_limit is set",
  ],
  [
    logGroup({ log_group_class: "INFREQUENT_ACCESS" }),
    "aws_cloudwatch_log_group.G (stack only): log_group_class is set",
  ],
  [
    { aws_secretsmanager_secret_rotation: { R: { secret_id: "S" } } },
    "aws_secretsmanager_secret_rotation is not served by the local runtime: on AWS a function replaces the secret's value again and again",
  ],
  [
    { aws_cloudwatch_log_subscription_filter: { F: { name: "f" } } },
    "on AWS a function or a stream gets the group's log events",
  ],
  [
    { aws_sns_topic_data_protection_policy: { P: { arn: "a" } } },
    "on AWS messages with personal data are stopped or masked",
  ],
  [{ aws_sns_platform_application: { A: { name: "a" } } }, "on AWS notifications go to mobile devices"],
])("%j stops the start", async (resource, message) => {
  await expect(start(resource)).rejects.toThrow(message);
});
