import type { Deployment, Resource } from "../../deployment/deployment";
import { type ComputedAttributes, nameOf, type ResourceType, served } from "../../deployment/resource-type";
import { formatArn } from "../../kernel/arn";

const queue: ComputedAttributes = (own, { region, accountId }) => {
  const isFifo = own.boolean("fifo_queue", false);
  // A name that the provider composes ends as a FIFO queue's must.
  const name = isFifo && !own.has("name") ? `${nameOf(own)}.fifo` : nameOf(own);
  const url = `https://sqs.${region}.amazonaws.com/${accountId}/${name}`;
  return {
    arn: formatArn({ region, accountId }, "sqs", name),
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
    computed: queue,
    inert: {
      sqs_managed_sse_enabled: "nothing is stored on a disk here",
      kms_data_key_reuse_period_seconds: "nothing is stored on a disk here",
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
