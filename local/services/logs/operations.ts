import type { Operation, Operations, Permission } from "../../aws-api/service";
import { formatArn, parseArn } from "../../kernel/arn";
import { AwsError } from "../../kernel/aws-error";
import type { Input, Members } from "../../kernel/input";
import { pageOf } from "../../kernel/paging";
import { compileFilterPattern } from "./filter-pattern";
import { describeGroups, listGroups } from "./groups";
import type { LogGroup, LogStore, LogStream } from "./log-store";
import { eventsAfter, invalid, invalidToken, page, streamPage } from "./paging";
import { streamArn } from "./resources";

export const logsOperations: Operations<LogStore> = {
  DescribeLogGroups: {
    permission: {
      action: "logs:DescribeLogGroups",
      resource: (_input, { place }) => formatArn(place, "logs", "log-group::log-stream:"),
    },
    handle: describeGroups,
  },
  ListLogGroups: { permission: { action: "logs:ListLogGroups" }, handle: listGroups },
  DescribeLogStreams: { permission: onGroup("logs:DescribeLogStreams"), handle: describeStreams },
  GetLogEvents: {
    permission: {
      action: "logs:GetLogEvents",
      resource: (input, { place }) =>
        formatArn(place, "logs", `log-group:${groupName(input)}:log-stream:${input.text("logStreamName")}`),
    },
    handle: getEvents,
  },
  FilterLogEvents: { permission: onGroup("logs:FilterLogEvents"), handle: filterEvents },
  ListTagsForResource: tagsOf("logs:ListTagsForResource", (input) => {
    const resource = parseArn(input.text("resourceArn"))?.resource ?? "";
    return resource.replace(/^log-group:/, "");
  }),
  ListTagsLogGroup: tagsOf("logs:ListTagsLogGroup", (input) => input.text("logGroupName")),
};

function onGroup(action: string): Permission<LogStore> {
  return {
    action,
    resource: (input, { place }) => formatArn(place, "logs", `log-group:${groupName(input)}:log-stream:`),
  };
}

function tagsOf(action: string, nameOf: (input: Input) => string): Operation<LogStore> {
  return {
    permission: {
      action,
      resource: (input, { place }) => formatArn(place, "logs", `log-group:${nameOf(input)}`),
    },
    handle: (input, store) => ({ tags: groupNamed(store, nameOf(input)).settings.tags }),
  };
}

/** By `logGroupName` or by `logGroupIdentifier`, which is a name or an ARN. Both at once: recorded in test_logs_streams.py. */
function groupName(input: Input): string {
  const name = input.optionalText("logGroupName");
  const identifier = input.optionalText("logGroupIdentifier");
  if (name !== undefined && identifier !== undefined)
    throw new AwsError(
      "ValidationException",
      "LogGroup name and LogGroup ARN are mutually exclusive parameters.",
    );
  if (name !== undefined) return name;
  if (identifier === undefined)
    throw invalid("Exactly one of the parameters logGroupName and logGroupIdentifier must be given.");
  const resource = parseArn(identifier)?.resource;
  return resource === undefined ? identifier : resource.replace(/^log-group:/, "").replace(/:\*$/, "");
}

function groupOf(store: LogStore, input: Input): LogGroup {
  return groupNamed(store, groupName(input));
}

function groupNamed(store: LogStore, name: string): LogGroup {
  const group = store.group(name);
  if (group === undefined) throw notFound("The specified log group does not exist.");
  return group;
}

function streamOf(group: LogGroup, name: string): LogStream {
  const stream = group.streams.get(name);
  if (stream === undefined) throw notFound("The specified log stream does not exist.");
  return stream;
}

function notFound(message: string): AwsError {
  return new AwsError("ResourceNotFoundException", message);
}

function describeStreams(input: Input, store: LogStore): Members {
  const group = groupOf(store, input);
  group.events(store.clock.now());
  const prefix = input.optionalText("logStreamNamePrefix");
  const byTime = input.optionalText("orderBy") === "LastEventTime";
  if (byTime && prefix !== undefined)
    throw invalid("Cannot order by LastEventTime with a logStreamNamePrefix.");
  const streams = [...group.streams.values()]
    .filter((stream) => stream.name.startsWith(prefix ?? ""))
    .sort((a, b) => (byTime ? lastEventOf(a) - lastEventOf(b) : a.name < b.name ? -1 : 1));
  if (input.boolean("descending")) streams.reverse();
  const { items, next } = page(streams, ({ name }) => name, input);
  return { logStreams: items.map((stream) => describeStream(group, stream)), ...next };
}

function lastEventOf({ times }: LogStream): number {
  return times?.lastEventTimestamp ?? 0;
}

/** A stream without events has neither times nor a token (inspec-aws, integration test of `aws_cloudwatchlogs_log_streams`). */
function describeStream({ settings }: LogGroup, { name, creationTime, times }: LogStream): Members {
  return {
    logStreamName: name,
    creationTime,
    ...(times && { ...times, uploadSequenceToken: "1" }),
    arn: streamArn(settings.arn, name),
    storedBytes: 0,
  };
}

function timesOf(input: Input): { start: number; end: number } {
  return {
    start: input.optionalInteger("startTime") ?? 0,
    end: input.optionalInteger("endTime") ?? Number.POSITIVE_INFINITY,
  };
}

function getEvents(input: Input, store: LogStore): Members {
  const group = groupOf(store, input);
  const kept = group.events(store.clock.now());
  const stream = streamOf(group, input.text("logStreamName"));
  const { start, end } = timesOf(input);
  const events = kept.filter(
    (event) => event.stream === stream.name && event.timestamp >= start && event.timestamp < end,
  );
  const token = input.optionalText("nextToken");
  const { events: found, ...tokens } = streamPage(events, {
    ...(token === undefined ? {} : { token }),
    limit: input.optionalInteger("limit") ?? 10_000,
    fromHead: input.boolean("startFromHead"),
  });
  return {
    events: found.map(({ timestamp, message, ingestionTime }) => ({ timestamp, message, ingestionTime })),
    ...tokens,
  };
}

function filterEvents(input: Input, store: LogStore): Members {
  const group = groupOf(store, input);
  const names = input.optionalTexts("logStreamNames");
  const prefix = input.optionalText("logStreamNamePrefix") ?? "";
  if (names !== undefined && prefix !== "")
    throw invalid("logStreamNames and logStreamNamePrefix exclude each other.");
  const kept = group.events(store.clock.now());
  for (const name of names ?? []) streamOf(group, name);
  const { start, end } = timesOf(input);
  const matches = compileFilterPattern(input.optionalText("filterPattern") ?? "");
  const events = kept.filter(
    (event) =>
      (names?.includes(event.stream) ?? event.stream.startsWith(prefix)) &&
      event.timestamp >= start &&
      event.timestamp <= end &&
      matches(event),
  );
  // The event that a token names may itself be gone by now.
  const { items, nextToken } = pageOf(eventsAfter(events, input.optionalText("nextToken")), {
    keyOf: ({ id }) => id,
    token: undefined,
    limit: input.optionalInteger("limit") ?? 10_000,
    invalidToken,
  });
  return {
    events: items.map(({ stream, timestamp, message, ingestionTime, id }) => ({
      logStreamName: stream,
      timestamp,
      message,
      ingestionTime,
      eventId: id,
    })),
    searchedLogStreams: [],
    ...(nextToken === undefined ? {} : { nextToken }),
  };
}
