import { ALPHANUMERIC, type ComputedAttributes, nameOf, token, uniqueSuffix, uuid } from "./context";

const topic: ComputedAttributes = (own, { region, accountId }) => {
  const name = fifoName(nameOf(own), own.optionalString("name"), own.boolean("fifo_topic", false));
  const arn = `arn:aws:sns:${region}:${accountId}:${name}`;
  return { arn, id: arn, name, owner: accountId, fifo_topic: false };
};

const topicPolicy: ComputedAttributes = (own, { accountId }) => ({ id: own.string("arn"), owner: accountId });

const subscription: ComputedAttributes = (own, { accountId }) => {
  const arn = `${own.string("topic_arn")}:${uuid(own, "subscription")}`;
  return {
    arn,
    id: arn,
    owner_id: accountId,
    pending_confirmation: false,
    confirmation_was_authenticated: true,
  };
};

const queue: ComputedAttributes = (own, { region, accountId }) => {
  const name = fifoName(nameOf(own), own.optionalString("name"), own.boolean("fifo_queue", false));
  const url = `https://sqs.${region}.amazonaws.com/${accountId}/${name}`;
  return {
    arn: `arn:aws:sqs:${region}:${accountId}:${name}`,
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

/** A name that the provider makes ends as a FIFO resource's must. */
function fifoName(name: string, given: string | undefined, isFifo: boolean): string {
  return isFifo && given === undefined ? `${name}.fifo` : name;
}

const queuePolicy: ComputedAttributes = (own) => ({ id: own.string("queue_url") });

const secret: ComputedAttributes = (own, { region, accountId }) => {
  const name = nameOf(own);
  const arn = `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-${token(own, "arn", 6, ALPHANUMERIC)}`;
  return { arn, id: arn, name, recovery_window_in_days: 30 };
};

const secretVersion: ComputedAttributes = (own) => {
  const secretId = own.string("secret_id");
  // The provider sends a request token, and Secrets Manager makes it the version's id.
  const versionId = `terraform-${uniqueSuffix(own, "version")}`;
  return {
    arn: secretId,
    id: `${secretId}|${versionId}`,
    version_id: versionId,
    version_stages: ["AWSCURRENT"],
  };
};

const secretPolicy: ComputedAttributes = (own) => ({ id: own.string("secret_arn") });

/** SNS, SQS and Secrets Manager. */
export const messagingAttributes: Readonly<Record<string, ComputedAttributes>> = {
  aws_sns_topic: topic,
  aws_sns_topic_policy: topicPolicy,
  aws_sns_topic_subscription: subscription,
  aws_sqs_queue: queue,
  aws_sqs_queue_policy: queuePolicy,
  aws_sqs_queue_redrive_policy: queuePolicy,
  aws_sqs_queue_redrive_allow_policy: queuePolicy,
  aws_secretsmanager_secret: secret,
  aws_secretsmanager_secret_version: secretVersion,
  aws_secretsmanager_secret_policy: secretPolicy,
};
