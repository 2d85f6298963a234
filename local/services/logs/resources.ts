import { apiModel } from "../../deployment/api-model";
import type { Deployment } from "../../deployment/deployment";
import {
  type ComputedAttributes,
  inert,
  nameOf,
  type ResourceType,
  refused,
  served,
} from "../../deployment/resource-type";
import { formatArn } from "../../kernel/arn";

/** A log group as deployed. */
export interface LogGroupSettings {
  readonly name: string;
  readonly arn: string;
  /** 0: kept for ever. */
  readonly retentionInDays: number;
  readonly kmsKeyId: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** The names of the streams that the stacks declare: they are there before their first event. */
  readonly streams: readonly string[];
}

/** Amazon CloudWatch Logs API Reference, PutRetentionPolicy; 0 is how Terraform says for ever. */
const RETENTIONS = [
  0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export function readLogGroups(deployment: Deployment): LogGroupSettings[] {
  const streams = deployment
    .ofType("aws_cloudwatch_log_stream")
    .map((stream) => ({ group: stream.string("log_group_name"), name: stream.string("name") }));
  return deployment.ofType("aws_cloudwatch_log_group").map((resource) => {
    const name = resource.string("name");
    const retentionInDays = resource.number("retention_in_days", 0);
    if (!RETENTIONS.includes(retentionInDays))
      resource.refuse("retention_in_days", `Member must satisfy enum value set: [${RETENTIONS.join(", ")}]`);
    return {
      name,
      arn: formatArn(deployment, "logs", `log-group:${name}`),
      retentionInDays,
      kmsKeyId: resource.optionalString("kms_key_id"),
      tags: resource.tags(),
      streams: streams.filter(({ group }) => group === name).map((stream) => stream.name),
    };
  });
}

export function streamArn(groupArn: string, name: string): string {
  return `${groupArn}:log-stream:${name}`;
}

const logGroup: ComputedAttributes = (own, place) => {
  const name = nameOf(own);
  return {
    id: name,
    name,
    arn: formatArn(place, "logs", `log-group:${name}`),
    log_group_class: "STANDARD",
    retention_in_days: 0,
  };
};

const takes = apiModel(__dirname);

export const logsResourceTypes: readonly ResourceType[] = [
  served("aws_cloudwatch_log_group", {
    inputs: takes(["CreateLogGroup", "PutRetentionPolicy"], { name: "logGroupName" }),
    defaults: { log_group_class: "STANDARD" },
    computed: logGroup,
    inert: { kms_key_id: "nothing is stored on a disk here" },
  }),
  served("aws_cloudwatch_log_stream", {
    parent: { attribute: "log_group_name", type: "aws_cloudwatch_log_group" },
    inputs: takes(["CreateLogStream"], { name: "logStreamName" }),
    computed: (own, place) => ({
      id: own.string("name"),
      arn: streamArn(
        formatArn(place, "logs", `log-group:${own.string("log_group_name")}`),
        own.string("name"),
      ),
    }),
  }),
  inert("aws_cloudwatch_log_resource_policy", "which AWS services may write logs", {
    computed: (own) => ({ id: own.string("policy_name") }),
  }),
  inert("aws_cloudwatch_log_index_policy", "how fast AWS finds log events"),
  inert(
    "aws_cloudwatch_log_data_protection_policy",
    "AWS masks personal data in log events; here it is shown",
    {
      named: true,
    },
  ),
  inert("aws_cloudwatch_log_account_policy", "AWS applies it to all log groups of the account", {
    named: true,
  }),
  refused("aws_cloudwatch_log_subscription_filter", "a function or a stream gets the group's log events"),
];
