import { AwsError } from "../../kernel/aws-error";
import type { Members } from "../../kernel/input";
import type { LogGroup, LogStore, LogStream } from "./log-store";

/** The group that a call names, by `logGroupName` or by `logGroupIdentifier` (a name or an ARN). */
export function requiredGroup(store: LogStore, input: Members): LogGroup {
  const group = store.group(groupName(input));
  if (group === undefined) {
    throw new AwsError("ResourceNotFoundException", "The specified log group does not exist.");
  }
  return group;
}

export function requiredStream(group: LogGroup, name: string): LogStream {
  const stream = group.streams.get(name);
  if (stream === undefined) {
    throw new AwsError("ResourceNotFoundException", "The specified log stream does not exist.");
  }
  return stream;
}

export function groupName(input: Members): string {
  const name = optionalText(input, "logGroupName");
  const identifier = optionalText(input, "logGroupIdentifier");
  if ((name === undefined) === (identifier === undefined)) {
    throw new AwsError(
      "InvalidParameterException",
      "Exactly one of the parameters logGroupName and logGroupIdentifier must be given.",
    );
  }
  return name ?? (identifier ?? "").replace(/^arn:[^:]+:logs:[^:]*:[^:]*:log-group:/, "").replace(/:\*$/, "");
}

export function optionalText(input: Members, key: string): string | undefined {
  const value = input[key];
  if (value === undefined || value === null) return undefined;
  return typeof value === "string" && value !== "" ? value : invalid(key, value, "a string");
}

export function text(input: Members, key: string): string {
  return optionalText(input, key) ?? invalid(key, undefined, "a string");
}

export function optionalTime(input: Members, key: string): number | undefined {
  const value = input[key];
  if (value === undefined || value === null) return undefined;
  return typeof value === "number" && value >= 0 ? value : invalid(key, value, "milliseconds since 1970");
}

/** The page size, within the bounds of the API. */
export function limit(input: Members, most: number): number {
  const value = input.limit;
  if (value === undefined || value === null) return most;
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= most) return value;
  return invalid("limit", value, `a whole number from 1 to ${most}`);
}

export function optionalTexts(input: Members, key: string): readonly string[] | undefined {
  const value = input[key];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) return invalid(key, value, "a list of strings");
  return value.map((item: unknown) =>
    typeof item === "string" ? item : invalid(key, value, "a list of strings"),
  );
}

function invalid(key: string, value: unknown, expected: string): never {
  throw new AwsError(
    "InvalidParameterException",
    `1 validation error detected: Value '${JSON.stringify(value) ?? "null"}' at '${key}' failed to satisfy constraint: Member must be ${expected}`,
  );
}
