import { jsonObject } from "../../deployment/attributes";
import type { Deployment, Resource } from "../../deployment/deployment";
import { type ComputedAttributes, nameOf, type ResourceType, served } from "../../deployment/resource-type";
import { formatArn, parseArn } from "../../kernel/arn";

export interface Redrive {
  readonly deadLetterArn: string;
  readonly maxReceiveCount: number;
}

/** A queue as deployed. */
export interface QueueSettings {
  readonly name: string;
  readonly arn: string;
  readonly accountId: string;
  readonly visibilityTimeoutSeconds: number;
  readonly retentionSeconds: number;
  readonly delaySeconds: number;
  readonly receiveWaitSeconds: number;
  readonly maxMessageBytes: number;
  readonly redrive: Redrive | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** What only API answers repeat, as `GetQueueAttributes` names it. */
  readonly shown: Readonly<Record<string, string | undefined>>;
}

/** Reads the queues, with the defaults of the AWS provider and the limits of the API Reference, SetQueueAttributes. */
export function readQueues(deployment: Deployment): QueueSettings[] {
  const policies = byQueueName(deployment, "aws_sqs_queue_policy", "policy");
  const redrives = byQueueName(deployment, "aws_sqs_queue_redrive_policy", "redrive_policy");
  const allowances = byQueueName(deployment, "aws_sqs_queue_redrive_allow_policy", "redrive_allow_policy");
  const queues = deployment.ofType("aws_sqs_queue").map((resource) => {
    if (resource.boolean("fifo_queue", false))
      resource.fail("fifo_queue", "false: the local runtime has standard queues only");
    const name = resource.string("name", { pattern: "[A-Za-z0-9_-]{1,80}" });
    // Terraform's state keeps, at the queue, the policies that the queue had before it got these.
    const own = resource.optionalString("redrive_policy");
    const redrivePolicy = redrives.get(name) ?? own;
    const ownAllowance = resource.optionalString("redrive_allow_policy");
    const kmsKey = resource.optionalString("kms_master_key_id");
    const managedSse = resource.boolean("sqs_managed_sse_enabled", kmsKey === undefined);
    // The provider's own check, and AWS's answer (recorded in localstack's test_sse_kms_and_sqs_are_mutually_exclusive). Of what a stack
    // wrote: moto's queues have SQS's own encryption whatever their key is, and so has a state of theirs.
    if (String(resource.given?.sqs_managed_sse_enabled) === "true" && kmsKey !== undefined)
      resource.refuse(
        "sqs_managed_sse_enabled",
        "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.",
      );
    const reuse = resource.number("kms_data_key_reuse_period_seconds", 300, { min: 60, max: 86_400 });
    const settings: QueueSettings = {
      name,
      arn: resource.string("arn"),
      accountId: deployment.accountId,
      visibilityTimeoutSeconds: resource.number("visibility_timeout_seconds", 30, { min: 0, max: 43_200 }),
      retentionSeconds: resource.number("message_retention_seconds", 345_600, { min: 60, max: 1_209_600 }),
      delaySeconds: resource.number("delay_seconds", 0, { min: 0, max: 900 }),
      receiveWaitSeconds: resource.number("receive_wait_time_seconds", 0, { min: 0, max: 20 }),
      maxMessageBytes: resource.number("max_message_size", 262_144, { min: 1024, max: 1_048_576 }),
      redrive: redrivePolicy === undefined ? undefined : readRedrive(resource, redrivePolicy),
      tags: resource.tags(),
      shown: {
        Policy: policies.get(name) ?? resource.optionalString("policy"),
        RedrivePolicy: redrivePolicy,
        RedriveAllowPolicy: allowances.get(name) ?? ownAllowance,
        KmsMasterKeyId: kmsKey,
        // Left out where it is the default (recorded in localstack's test_set_queue_attributes_default_values).
        KmsDataKeyReusePeriodSeconds: kmsKey === undefined || reuse === 300 ? undefined : String(reuse),
        SqsManagedSseEnabled: String(managedSse),
      },
    };
    return { resource, settings };
  });
  const all = queues.map(({ settings }) => settings);
  for (const { resource, settings } of queues) checkAllowance(resource, settings, all);
  return all;
}

/** Reads every resource of that type, also one whose queue is not in the deployment. */
function byQueueName(deployment: Deployment, type: string, attribute: string): ReadonlyMap<string, string> {
  return new Map(
    deployment.ofType(type).map((resource) => {
      const url = resource.string("queue_url");
      return [queueOfUrl(url)?.name ?? url, resource.string(attribute)] as const;
    }),
  );
}

/** The account and name at the end of a queue's URL, whatever its host. */
export function queueOfUrl(url: string): { accountId: string; name: string } | undefined {
  const match = /^https?:\/\/[^/]+\/(\d{12})\/([\w-]{1,80})\/?$/.exec(url);
  return match?.[1] === undefined || match[2] === undefined
    ? undefined
    : { accountId: match[1], name: match[2] };
}

function readRedrive(resource: Resource, text: string): Redrive {
  const { deadLetterTargetArn, maxReceiveCount, ...unknown } = jsonObject(resource, "redrive_policy", text);
  const count = Number(maxReceiveCount);
  if (typeof deadLetterTargetArn !== "string" || !Number.isInteger(count))
    return resource.fail("redrive_policy", "an object with deadLetterTargetArn and maxReceiveCount");
  if (Object.keys(unknown).length > 0)
    resource.refuse(
      "redrive_policy",
      "Only following attributes are supported: [deadLetterTargetArn, maxReceiveCount].",
    );
  if (parseArn(deadLetterTargetArn)?.service !== "sqs")
    resource.refuse("redrive_policy", `Invalid value for deadLetterTargetArn: ${deadLetterTargetArn}`);
  if (count < 1 || count > 1000)
    resource.refuse(
      "redrive_policy",
      `Invalid value for maxReceiveCount: ${count}, valid values are from 1 to 1000 both inclusive`,
    );
  return { deadLetterArn: deadLetterTargetArn, maxReceiveCount: count };
}

/** Whether the dead-letter queue lets this one use it (Amazon SQS API Reference, SetQueueAttributes, RedriveAllowPolicy). */
function checkAllowance(resource: Resource, queue: QueueSettings, all: readonly QueueSettings[]): void {
  const target = all.find(({ arn }) => arn === queue.redrive?.deadLetterArn);
  const text = target?.shown.RedriveAllowPolicy;
  if (text === undefined) return;
  const { redrivePermission, sourceQueueArns } = jsonObject(resource, "redrive_policy", text);
  const allowed =
    redrivePermission === "allowAll" ||
    (redrivePermission === "byQueue" &&
      Array.isArray(sourceQueueArns) &&
      sourceQueueArns.includes(queue.arn));
  if (!allowed)
    resource.refuse(
      "redrive_policy",
      `the redrive allow policy of ${target?.name} does not let this queue use it as its dead-letter queue`,
    );
}

const queue: ComputedAttributes = (own, place) => {
  const isFifo = own.boolean("fifo_queue", false);
  // A name that the provider composes ends as a FIFO queue's must.
  const name = isFifo && !own.has("name") ? `${nameOf(own)}.fifo` : nameOf(own);
  const url = `https://sqs.${place.region}.amazonaws.com/${place.accountId}/${name}`;
  return {
    arn: formatArn(place, "sqs", name),
    id: url,
    name,
    url,
    delay_seconds: 0,
    fifo_queue: false,
    max_message_size: 262_144,
    message_retention_seconds: 345_600,
    receive_wait_time_seconds: 0,
    visibility_timeout_seconds: 30,
  };
};

const idIsQueueUrl: ComputedAttributes = (own) => ({ id: own.string("queue_url") });

/** `aws_sqs_queue_policy` names its queue by URL. */
function arnOfQueueUrl(policy: Resource, deployment: Deployment): string {
  const url = policy.string("queue_url");
  const found = deployment
    .ofType("aws_sqs_queue")
    .find((candidate) => [candidate.optionalString("url"), candidate.optionalString("id")].includes(url));
  return found?.string("arn") ?? policy.fail("queue_url", "the URL of a queue of the deployment");
}

export const sqsResourceTypes: readonly ResourceType[] = [
  served("aws_sqs_queue", {
    providerOnly: ["url"],
    defaults: { content_based_deduplication: false },
    computed: queue,
    notEnforced: {
      kms_master_key_id: "nothing is encrypted here, and the key's policy does not decide who may send",
    },
    policy: { attribute: "policy", guards: (resource) => resource.string("arn") },
  }),
  served("aws_sqs_queue_policy", {
    computed: idIsQueueUrl,
    policy: { attribute: "policy", guards: arnOfQueueUrl },
  }),
  served("aws_sqs_queue_redrive_policy", { computed: idIsQueueUrl }),
  served("aws_sqs_queue_redrive_allow_policy", { computed: idIsQueueUrl }),
];
