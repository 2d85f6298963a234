import { createHash } from "node:crypto";
import type { Deployment, Resource } from "../../deployment/deployment";
import { jsonObject } from "../../deployment/json-attribute";
import { compileFilterPolicy, type MessageFilter } from "./filter-policy";

export interface Subscription {
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
}

export interface Topic {
  readonly arn: string;
  readonly name: string;
  readonly displayName: string;
  /** As JSON text, for `GetTopicAttributes`. */
  readonly policy: string | undefined;
  readonly subscriptions: readonly Subscription[];
}

/**
 * Reads `aws_sns_topic`, `aws_sns_topic_policy` and `aws_sns_topic_subscription`.
 *
 * @throws DeploymentError for FIFO topics, which the runtime does not have
 */
export function readTopics(deployment: Deployment): Topic[] {
  const subscriptions = deployment.ofType("aws_sns_topic_subscription").map(readSubscription);
  return deployment.ofType("aws_sns_topic").map((resource) => {
    if (resource.boolean("fifo_topic", false)) {
      resource.fail("fifo_topic", "false: the local runtime has standard topics only");
    }
    const name = resource.string("name");
    const arn =
      resource.optionalString("arn") ?? `arn:aws:sns:${deployment.region}:${deployment.accountId}:${name}`;
    return {
      arn,
      name,
      displayName: resource.optionalString("display_name") ?? "",
      // Terraform's state keeps, at the topic, the policy that the topic had before it got this one.
      policy:
        deployment.find("aws_sns_topic_policy", "arn", arn)?.string("policy") ??
        resource.optionalString("policy"),
      subscriptions: subscriptions.filter((subscription) => subscription.topicArn === arn),
    };
  });
}

function readSubscription(resource: Resource): Subscription {
  const topicArn = resource.string("topic_arn");
  const redrive = resource.optionalString("redrive_policy");
  const deadLetter = redrive && jsonObject(resource, "redrive_policy", redrive).deadLetterTargetArn;
  if (redrive !== undefined && typeof deadLetter !== "string") {
    resource.fail("redrive_policy", "an object with deadLetterTargetArn");
  }
  return {
    arn: resource.optionalString("arn") ?? `${topicArn}:${stableUuid(resource.address)}`,
    topicArn,
    protocol: resource.string("protocol"),
    endpoint: resource.string("endpoint"),
    raw: resource.boolean("raw_message_delivery", false),
    accepts: compileFilterPolicy(resource),
    deadLetterArn: typeof deadLetter === "string" ? deadLetter : undefined,
  };
}

/** AWS gives a subscription a random UUID; here it is the same on every start. */
function stableUuid(address: string): string {
  const hex = createHash("sha256").update(address).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    "-",
  );
}
