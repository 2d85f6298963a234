import { jsonObject } from "../../deployment/attributes";
import type { Deployment, Resource } from "../../deployment/deployment";
import {
  type ComputedAttributes,
  inert,
  nameOf,
  type Reasons,
  type ResourceType,
  refused,
  served,
} from "../../deployment/resource-type";
import { formatArn, parseArn } from "../../kernel/arn";
import { seededUuid } from "../../kernel/ids";
import { compileFilterPolicy, type MessageFilter } from "./filter-policy";

export interface Subscription {
  /** Terraform's, for messages. */
  readonly address: string;
  readonly arn: string;
  readonly topicArn: string;
  /** `lambda` and `sqs` are delivered to. */
  readonly protocol: string;
  /** The ARN of the function or queue. */
  readonly endpoint: string;
  readonly raw: boolean;
  readonly accepts: MessageFilter;
  /** The subscription's own dead-letter queue. */
  readonly deadLetterArn: string | undefined;
  /** The version of the signature in what the topic sends. */
  readonly signatureVersion: string;
  /** What only API answers repeat, as `GetSubscriptionAttributes` names it. */
  readonly shown: Readonly<Record<string, string | undefined>>;
}

export interface Topic {
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly subscriptions: readonly Subscription[];
  /** What only API answers repeat, as `GetTopicAttributes` names it. */
  readonly shown: Readonly<Record<string, string | undefined>>;
}

/** The protocols of SNS; AWS refuses others: "Amazon SNS does not support this protocol string". */
const PROTOCOLS = ["lambda", "sqs", "http", "https", "email", "email-json", "sms", "application", "firehose"];
/** "Delivery protocol [lambda] does not support raw message delivery" (aws-controllers-k8s/community#2192). */
const RAW_PROTOCOLS = ["sqs", "http", "https", "firehose"];

/** Each topic with its subscriptions. A subscription of another account's topic is read too, and gets nothing here. */
export function readTopics(deployment: Deployment): Topic[] {
  const versions = new Map(
    deployment.ofType("aws_sns_topic").map((topic) => [topic.string("arn"), signatureVersion(topic)]),
  );
  const subscriptions = deployment
    .ofType("aws_sns_topic_subscription")
    .map((resource) => readSubscription(resource, versions));
  return deployment.ofType("aws_sns_topic").map((resource) => readTopic(resource, deployment, subscriptions));
}

/** A state has 0 where nobody set it. */
function signatureVersion(topic: Resource): string | undefined {
  const version = topic.number("signature_version", 0, { min: 0, max: 2 });
  return version === 0 ? undefined : String(version);
}

function readTopic(
  resource: Resource,
  deployment: Deployment,
  subscriptions: readonly Subscription[],
): Topic {
  if (resource.boolean("fifo_topic", false))
    resource.fail("fifo_topic", "false: the local runtime has standard topics only");
  // "Invalid parameter: Topic Name" (recorded in localstack's test_create_topic_name_constraints).
  resource.string("name", { min: 1, max: 256, pattern: "[A-Za-z0-9_-]+" });
  const arn = resource.string("arn");
  return {
    arn,
    tags: resource.tags(),
    subscriptions: subscriptions.filter((subscription) => subscription.topicArn === arn),
    shown: {
      DisplayName: resource.optionalString("display_name") ?? "",
      // Terraform's state keeps, at the topic, the policy that the topic had before it got this one.
      Policy:
        deployment.find("aws_sns_topic_policy", "arn", arn)?.string("policy") ??
        resource.optionalString("policy"),
      DeliveryPolicy: resource.optionalString("delivery_policy"),
      KmsMasterKeyId: resource.optionalString("kms_master_key_id"),
      SignatureVersion: signatureVersion(resource),
      TracingConfig: resource.optionalString("tracing_config", { oneOf: ["PassThrough", "Active"] }),
    },
  };
}

function readSubscription(
  resource: Resource,
  signatureVersions: ReadonlyMap<string, string | undefined>,
): Subscription {
  const topicArn = resource.string("topic_arn");
  const protocol = resource.string("protocol", { oneOf: PROTOCOLS });
  const endpoint = resource.string("endpoint");
  if (protocol === "sqs" && parseArn(endpoint)?.service !== "sqs")
    resource.refuse("endpoint", "Invalid parameter: SQS endpoint ARN");
  const raw = resource.boolean("raw_message_delivery", false);
  if (raw && !RAW_PROTOCOLS.includes(protocol))
    resource.refuse(
      "raw_message_delivery",
      `Delivery protocol [${protocol}] does not support raw message delivery`,
    );
  const filterPolicy = resource.optionalString("filter_policy");
  const redrivePolicy = resource.optionalString("redrive_policy");
  return {
    address: resource.address,
    arn: resource.string("arn"),
    topicArn,
    protocol,
    endpoint,
    raw,
    accepts: compileFilterPolicy(resource),
    deadLetterArn: readDeadLetterArn(resource, redrivePolicy),
    signatureVersion: signatureVersions.get(topicArn) ?? "1",
    shown: {
      FilterPolicy: filterPolicy,
      FilterPolicyScope:
        filterPolicy && (resource.optionalString("filter_policy_scope") ?? "MessageAttributes"),
      RedrivePolicy: redrivePolicy,
      DeliveryPolicy: resource.optionalString("delivery_policy"),
    },
  };
}

function readDeadLetterArn(resource: Resource, redrivePolicy: string | undefined): string | undefined {
  if (redrivePolicy === undefined) return undefined;
  const { deadLetterTargetArn, ...unknown } = jsonObject(resource, "redrive_policy", redrivePolicy);
  if (typeof deadLetterTargetArn !== "string")
    return resource.fail("redrive_policy", "an object with deadLetterTargetArn");
  // cloudposse/terraform-aws-sns-topic#48, of a `maxReceiveCount`, which queues have and subscriptions have not.
  for (const name of Object.keys(unknown))
    resource.refuse("redrive_policy", `RedrivePolicy: invalid JSON. Attribute ${name} is unknown.`);
  if (parseArn(deadLetterTargetArn)?.service !== "sqs")
    resource.refuse("redrive_policy", "RedrivePolicy: deadLetterTargetArn is an invalid arn");
  return deadLetterTargetArn;
}

const topic: ComputedAttributes = (own, place) => {
  const isFifo = own.boolean("fifo_topic", false);
  // A name that the provider composes ends as a FIFO topic's must.
  const name = isFifo && !own.has("name") ? `${nameOf(own)}.fifo` : nameOf(own);
  const arn = formatArn(place, "sns", name);
  return { arn, id: arn, name, owner: place.accountId, fifo_topic: false };
};

const subscription: ComputedAttributes = (own, { accountId }) => {
  const arn = `${own.string("topic_arn")}:${seededUuid(own.seed("subscription"))}`;
  return {
    arn,
    id: arn,
    owner_id: accountId,
    pending_confirmation: false,
    confirmation_was_authenticated: true,
  };
};

/** Delivery status logging, for each kind of endpoint. */
const feedback: Reasons = Object.fromEntries(
  ["application", "firehose", "http", "lambda", "sqs"].flatMap((endpoint) =>
    ["failure_feedback_role_arn", "success_feedback_role_arn", "success_feedback_sample_rate"].map(
      (suffix) => [`${endpoint}_${suffix}`, "no delivery logs are written here"] as const,
    ),
  ),
);

const ALWAYS_CONFIRMED = "subscriptions are confirmed from the start here";
const HTTP_ONLY = "how SNS retries HTTP endpoints, which nothing is delivered to here";

export const snsResourceTypes: readonly ResourceType[] = [
  served("aws_sns_topic", {
    providerOnly: ["beginning_archive_time", "owner"],
    defaults: { content_based_deduplication: false, tracing_config: "PassThrough" },
    computed: topic,
    inert: { delivery_policy: HTTP_ONLY, kms_master_key_id: "nothing is stored on a disk here" },
    notEnforced: { ...feedback, tracing_config: "no traces are kept here" },
    policy: { attribute: "policy", guards: (resource) => resource.string("arn") },
  }),
  served("aws_sns_topic_policy", {
    parent: { attribute: "arn", type: "aws_sns_topic" },
    providerOnly: ["owner"],
    computed: (own, { accountId }) => ({ id: own.string("arn"), owner: accountId }),
    policy: { attribute: "policy", guards: (resource) => resource.string("arn") },
  }),
  served("aws_sns_topic_subscription", {
    parent: { attribute: "topic_arn", type: "aws_sns_topic" },
    defaults: { confirmation_timeout_in_minutes: 1, endpoint_auto_confirms: false },
    providerOnly: ["confirmation_was_authenticated", "owner_id", "pending_confirmation"],
    computed: subscription,
    inert: {
      confirmation_timeout_in_minutes: ALWAYS_CONFIRMED,
      endpoint_auto_confirms: ALWAYS_CONFIRMED,
      delivery_policy: HTTP_ONLY,
    },
  }),
  refused("aws_sns_platform_application", "notifications go to mobile devices"),
  refused("aws_sns_topic_data_protection_policy", "messages with personal data are stopped or masked"),
  inert("aws_sns_sms_preferences", "no text messages are sent here"),
];
