import { type ComputedAttributes, nameOf, uuid } from "./context";

const logGroup: ComputedAttributes = (own, { region, accountId }) => {
  const name = nameOf(own);
  return {
    id: name,
    name,
    arn: `arn:aws:logs:${region}:${accountId}:log-group:${name}`,
    log_group_class: "STANDARD",
    retention_in_days: 0,
  };
};

const metricAlarm: ComputedAttributes = (own, { region, accountId }) => {
  const name = own.string("alarm_name");
  return { id: name, arn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}` };
};

const dashboard: ComputedAttributes = (own, { accountId }) => {
  const name = own.string("dashboard_name");
  return { id: name, dashboard_arn: `arn:aws:cloudwatch::${accountId}:dashboard/${name}` };
};

const key: ComputedAttributes = (own, { region, accountId }) => {
  const id = uuid(own, "id");
  return { id, key_id: id, arn: `arn:aws:kms:${region}:${accountId}:key/${id}` };
};

const keyAlias: ComputedAttributes = (own, { region, accountId }) => {
  const name = own.string("name");
  return { id: name, arn: `arn:aws:kms:${region}:${accountId}:${name}` };
};

const callerIdentity: ComputedAttributes = (_own, { accountId }) => ({
  id: accountId,
  account_id: accountId,
  arn: `arn:aws:iam::${accountId}:root`,
  user_id: accountId,
});

const currentRegion: ComputedAttributes = (_own, { region }) => ({
  id: region,
  name: region,
  endpoint: `ec2.${region}.amazonaws.com`,
});

const partition: ComputedAttributes = () => ({
  id: "aws",
  partition: "aws",
  dns_suffix: "amazonaws.com",
  reverse_dns_prefix: "com.amazonaws",
});

/** What every stack may have: the account's own data, logs, alarms and keys. */
export const accountAttributes: Readonly<Record<string, ComputedAttributes>> = {
  aws_cloudwatch_log_group: logGroup,
  aws_cloudwatch_log_resource_policy: (own) => ({ id: own.string("policy_name") }),
  aws_cloudwatch_metric_alarm: metricAlarm,
  aws_cloudwatch_dashboard: dashboard,
  aws_kms_key: key,
  aws_kms_alias: keyAlias,
  aws_caller_identity: callerIdentity,
  aws_region: currentRegion,
  aws_partition: partition,
};
