import type { Attributes } from "../../deployment/attributes";
import type { Deployment } from "../../deployment/deployment";
import { type JsonObject, jsonObject } from "../../deployment/json-attribute";

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
  /** Policies as JSON text, for `GetQueueAttributes`. */
  readonly policy: string | undefined;
  readonly redrivePolicy: string | undefined;
}

/**
 * Reads `aws_sqs_queue`, `aws_sqs_queue_policy` and `aws_sqs_queue_redrive_policy`, with the defaults of the AWS
 * provider.
 *
 * @throws DeploymentError for FIFO queues, which the runtime does not have
 */
export function readQueues(deployment: Deployment): QueueSettings[] {
  return deployment.ofType("aws_sqs_queue").map((resource) => {
    if (resource.boolean("fifo_queue", false)) {
      resource.fail("fifo_queue", "false: the local runtime has standard queues only");
    }
    const name = resource.string("name");
    // Terraform's state keeps, at the queue, the policies that the queue had before it got these.
    const redrivePolicy =
      policyOf(deployment, "aws_sqs_queue_redrive_policy", name)?.string("redrive_policy") ??
      resource.optionalString("redrive_policy");
    return {
      name,
      arn:
        resource.optionalString("arn") ?? `arn:aws:sqs:${deployment.region}:${deployment.accountId}:${name}`,
      accountId: deployment.accountId,
      visibilityTimeoutSeconds: resource.number("visibility_timeout_seconds", 30),
      retentionSeconds: resource.number("message_retention_seconds", 345_600),
      delaySeconds: resource.number("delay_seconds", 0),
      receiveWaitSeconds: resource.number("receive_wait_time_seconds", 0),
      maxMessageBytes: resource.number("max_message_size", 262_144),
      redrive: redrivePolicy === undefined ? undefined : readRedrive(resource, redrivePolicy),
      policy:
        policyOf(deployment, "aws_sqs_queue_policy", name)?.string("policy") ??
        resource.optionalString("policy"),
      redrivePolicy,
    };
  });
}

/** The account and name at the end of a queue's URL, whatever its host. */
export function queueOfUrl(url: string): { accountId: string; name: string } | undefined {
  const match = /^https?:\/\/[^/]+\/(\d{12})\/([\w-]{1,80})\/?$/.exec(url);
  return match?.[1] === undefined || match[2] === undefined
    ? undefined
    : { accountId: match[1], name: match[2] };
}

function policyOf(deployment: Deployment, type: string, queueName: string): Attributes | undefined {
  return deployment
    .ofType(type)
    .find((resource) => queueOfUrl(resource.string("queue_url"))?.name === queueName);
}

function readRedrive(resource: Attributes, text: string): Redrive {
  const policy: JsonObject = jsonObject(resource, "redrive_policy", text);
  const arn = policy.deadLetterTargetArn;
  const count = Number(policy.maxReceiveCount);
  if (typeof arn !== "string" || !(Number.isInteger(count) && count >= 1)) {
    return resource.fail("redrive_policy", "an object with deadLetterTargetArn and maxReceiveCount");
  }
  return { deadLetterArn: arn, maxReceiveCount: count };
}
