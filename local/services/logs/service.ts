import type { Permission } from "../../aws-api/service";
import { formatArn } from "../../kernel/arn";
import { AwsError } from "../../kernel/aws-error";
import { type Members, validation } from "../../kernel/input";
import type { ServiceDefinition } from "../service";
import { compileFilterPattern } from "./filter-pattern";
import * as read from "./inputs";
import { type LogGroup, LogStore, type LogStream } from "./log-store";
import { eventsAfter, listPage, streamPage } from "./paging";
import { logsResourceTypes } from "./resources";

/** CloudWatch Logs for reading: what the functions and the gateway wrote to the log groups of the deployment. */
export const logs: ServiceDefinition<LogStore> = {
  name: "logs",
  title: "Amazon CloudWatch Logs",
  wire: { protocol: "json", version: "1.1", targetPrefix: "Logs_20140328", messageKey: "message" },
  errors: {
    denied: { code: "AccessDeniedException", status: 400 },
    internal: {
      code: "ServiceUnavailableException",
      message: "The service cannot complete the request.",
      status: 500,
    },
    throttled: { code: "ThrottlingException", message: "Rate exceeded", status: 400 },
    input: { error: validation("InvalidParameterException", { shows: true }) },
  },
  resourceTypes: logsResourceTypes,
  operations: {
    DescribeLogGroups: {
      permission: {
        action: "logs:DescribeLogGroups",
        resource: (_input, { place }) => formatArn(place, "logs", "log-group::log-stream:"),
      },
      handle: ({ members }, store) => describeGroups(store, members),
    },
    DescribeLogStreams: {
      permission: onGroup("logs:DescribeLogStreams"),
      handle: ({ members }, store) => describeStreams(store, members),
    },
    GetLogEvents: {
      permission: {
        action: "logs:GetLogEvents",
        resource: ({ members }, { place }) =>
          formatArn(
            place,
            "logs",
            `log-group:${read.groupName(members)}:log-stream:${read.text(members, "logStreamName")}`,
          ),
      },
      handle: ({ members }, store) => getEvents(store, members),
    },
    FilterLogEvents: {
      permission: onGroup("logs:FilterLogEvents"),
      handle: ({ members }, store) => filterEvents(store, members),
    },
  },
  create: ({ deployment, clock }) => new LogStore(deployment, { clock }),
  ports: (store) => ({ logs: store }),
};

function onGroup(action: string): Permission<LogStore> {
  return {
    action,
    resource: ({ members }, { place }) =>
      formatArn(place, "logs", `log-group:${read.groupName(members)}:log-stream:`),
  };
}

function describeGroups(store: LogStore, input: Members): Members {
  const prefix = read.optionalText(input, "logGroupNamePrefix") ?? "";
  const pattern = read.optionalText(input, "logGroupNamePattern");
  if (prefix !== "" && pattern !== undefined) {
    throw new AwsError(
      "InvalidParameterException",
      "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
    );
  }
  // The pattern is a substring, in any case (CloudWatch Logs API Reference, DescribeLogGroups).
  const wanted = (pattern ?? "").toLowerCase();
  const groups = store
    .groups()
    .filter((group) => group.name.startsWith(prefix) && group.name.toLowerCase().includes(wanted));
  const page = listPage(groups, (group) => group.name, pageOf(input, 50));
  return { logGroups: page.items.map(describeGroup), ...next(page.nextToken) };
}

function describeGroup(group: LogGroup): Members {
  return {
    logGroupName: group.name,
    creationTime: group.creationTime,
    ...(group.retentionInDays > 0 ? { retentionInDays: group.retentionInDays } : {}),
    metricFilterCount: 0,
    arn: `${group.arn}:*`,
    storedBytes: group.storedCharacters,
    logGroupClass: "STANDARD",
    logGroupArn: group.arn,
  };
}

function describeStreams(store: LogStore, input: Members): Members {
  const group = read.requiredGroup(store, input);
  group.events(store.clock.now());
  const prefix = read.optionalText(input, "logStreamNamePrefix");
  const byTime = input.orderBy === "LastEventTime";
  if (byTime && prefix !== undefined) {
    throw new AwsError(
      "InvalidParameterException",
      "Cannot order by LastEventTime with a logStreamNamePrefix.",
    );
  }
  const streams = [...group.streams.values()]
    .filter((stream) => stream.name.startsWith(prefix ?? ""))
    .sort((a, b) => (byTime ? a.lastEventTimestamp - b.lastEventTimestamp : a.name < b.name ? -1 : 1));
  if (input.descending === true) streams.reverse();
  const page = listPage(streams, (stream) => stream.name, pageOf(input, 50));
  return { logStreams: page.items.map((stream) => describeStream(group, stream)), ...next(page.nextToken) };
}

function describeStream(group: LogGroup, stream: LogStream): Members {
  return {
    logStreamName: stream.name,
    creationTime: stream.creationTime,
    firstEventTimestamp: stream.firstEventTimestamp,
    lastEventTimestamp: stream.lastEventTimestamp,
    lastIngestionTime: stream.lastIngestionTime,
    uploadSequenceToken: "1",
    arn: `${group.arn}:log-stream:${stream.name}`,
    storedBytes: 0,
  };
}

function getEvents(store: LogStore, input: Members): Members {
  const group = read.requiredGroup(store, input);
  const now = store.clock.now();
  const kept = group.events(now);
  const stream = read.requiredStream(group, read.text(input, "logStreamName"));
  const start = read.optionalTime(input, "startTime") ?? 0;
  const end = read.optionalTime(input, "endTime") ?? Number.POSITIVE_INFINITY;
  const events = kept.filter(
    (event) => event.stream === stream.name && event.timestamp >= start && event.timestamp < end,
  );
  const page = streamPage(events, { ...pageOf(input, 10_000), fromHead: input.startFromHead === true });
  return {
    events: page.events.map(({ timestamp, message, ingestionTime }) => ({
      timestamp,
      message,
      ingestionTime,
    })),
    nextForwardToken: page.nextForwardToken,
    nextBackwardToken: page.nextBackwardToken,
  };
}

function filterEvents(store: LogStore, input: Members): Members {
  const group = read.requiredGroup(store, input);
  const names = read.optionalTexts(input, "logStreamNames");
  const prefix = read.optionalText(input, "logStreamNamePrefix");
  if (names !== undefined && prefix !== undefined) {
    throw new AwsError(
      "InvalidParameterException",
      "logStreamNames and logStreamNamePrefix exclude each other.",
    );
  }
  const kept = group.events(store.clock.now());
  for (const name of names ?? []) read.requiredStream(group, name);
  const start = read.optionalTime(input, "startTime") ?? 0;
  const end = read.optionalTime(input, "endTime") ?? Number.POSITIVE_INFINITY;
  const matches = compileFilterPattern(
    input.filterPattern === "" ? "" : (read.optionalText(input, "filterPattern") ?? ""),
  );
  const events = kept.filter(
    (event) =>
      (names?.includes(event.stream) ?? event.stream.startsWith(prefix ?? "")) &&
      event.timestamp >= start &&
      event.timestamp <= end &&
      matches(event.message),
  );
  const { token, limit } = pageOf(input, 10_000);
  const page = listPage(eventsAfter(events, token), (event) => event.id, { limit });
  return {
    events: page.items.map((event) => ({
      logStreamName: event.stream,
      timestamp: event.timestamp,
      message: event.message,
      ingestionTime: event.ingestionTime,
      eventId: event.id,
    })),
    searchedLogStreams: [],
    ...next(page.nextToken),
  };
}

function pageOf(input: Members, most: number): { token?: string; limit: number } {
  const token = read.optionalText(input, "nextToken");
  return { limit: read.limit(input, most), ...(token === undefined ? {} : { token }) };
}

function next(token: string | undefined): Members {
  return token === undefined ? {} : { nextToken: token };
}
