import {
  type ComputedAttributes,
  inert,
  nameOf,
  type ResourceType,
  served,
} from "../../deployment/resource-type";
import { formatArn } from "../../kernel/arn";

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

export const logsResourceTypes: readonly ResourceType[] = [
  served("aws_cloudwatch_log_group", { defaults: { log_group_class: "STANDARD" }, computed: logGroup }),
  inert("aws_cloudwatch_log_resource_policy", "which AWS services may write logs", {
    computed: (own) => ({ id: own.string("policy_name") }),
  }),
];
