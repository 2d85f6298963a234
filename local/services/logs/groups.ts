import type { Input, Members } from "../../kernel/input";
import type { LogGroup, LogStore } from "./log-store";
import { invalid, page } from "./paging";

export function describeGroups(input: Input, store: LogStore): Members {
  const prefix = input.optionalText("logGroupNamePrefix");
  const pattern = input.optionalText("logGroupNamePattern");
  if (prefix !== undefined && pattern !== undefined)
    throw invalid("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
  const groupClass = input.optionalText("logGroupClass");
  // The pattern is a substring, in any case (CloudWatch Logs API Reference, DescribeLogGroups).
  const wanted = (pattern ?? "").toLowerCase();
  const groups = store.groups().filter(({ settings: { name } }) => {
    if (groupClass !== undefined && groupClass !== "STANDARD") return false;
    return name.startsWith(prefix ?? "") && name.toLowerCase().includes(wanted);
  });
  const { items, next } = page(groups, ({ settings }) => settings.name, input);
  return { logGroups: items.map(describeGroup), ...next };
}

/**
 * The pattern is one to five texts between bars, each somewhere in the name or, after a `^`, at its beginning (CloudWatch Logs
 * API Reference, ListLogGroups; recorded in localstack's AWS-validated test_logs_groups.py).
 */
export function listGroups(input: Input, store: LogStore): Members {
  const other = ["dataSources", "fieldIndexNames", "logGroupTags"].find((name) => input.has(name));
  if (other !== undefined)
    throw invalid(`${other}: the local runtime lists log groups by name and class only`);
  const wanted = input.optionalText("logGroupNamePattern")?.split("|") ?? [""];
  const isWanted = ({ settings: { name } }: LogGroup) =>
    wanted.some((text) => (text.startsWith("^") ? name.startsWith(text.slice(1)) : name.includes(text)));
  const found = (input.optionalText("logGroupClass") ?? "STANDARD") === "STANDARD" ? store.groups() : [];
  const { items, next } = page(found.filter(isWanted), ({ settings }) => settings.name, input);
  const logGroups = items.map(({ settings: { name, arn } }) => ({
    ...{ logGroupName: name, logGroupArn: arn, logGroupClass: "STANDARD" },
  }));
  return { logGroups, ...next };
}

/** Recorded in localstack's AWS-validated test_logs_groups.py. */
function describeGroup(group: LogGroup): Members {
  const { name, arn, retentionInDays, kmsKeyId } = group.settings;
  return {
    logGroupName: name,
    creationTime: group.creationTime,
    ...(retentionInDays > 0 ? { retentionInDays } : {}),
    metricFilterCount: 0,
    arn: `${arn}:*`,
    storedBytes: group.storedCharacters,
    kmsKeyId,
    logGroupClass: "STANDARD",
    logGroupArn: arn,
    deletionProtectionEnabled: false,
  };
}
