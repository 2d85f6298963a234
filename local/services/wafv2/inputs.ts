import { AwsError } from "../../kernel/aws-error";
import type { Members } from "../../kernel/input";
import type { TimeWindow } from "./sample-log";

/** AWS WAF's error for an input that is not valid, with the members of its shape. */
export function invalidParameter(reason: string, field: string, parameter: string): AwsError {
  const message = `Error reason: ${reason}, field: ${field}, parameter: ${parameter}`;
  return new AwsError("WAFInvalidParameterException", message, 400, {
    // The service spells an error's message with a capital, this one error without.
    message,
    Field: field,
    Parameter: parameter,
    Reason: reason,
  });
}

export function nonexistentItem(): AwsError {
  return new AwsError(
    "WAFNonexistentItemException",
    "AWS WAF couldn’t perform the operation because your resource doesn’t exist.",
  );
}

export function readText(input: Members, name: string, field: string): string {
  const value = input[name];
  if (typeof value === "string" && value !== "") return value;
  throw invalidParameter(`${name} is required`, field, String(value ?? ""));
}

export function readScope(input: Members): string {
  const scope = readText(input, "Scope", "SCOPE_VALUE");
  if (scope === "REGIONAL" || scope === "CLOUDFRONT") return scope;
  throw invalidParameter("The scope is not valid.", "SCOPE_VALUE", scope);
}

export function readMaxItems(input: Members): number {
  const value = input.MaxItems;
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 500) return value;
  throw invalidParameter(
    "MaxItems must be a whole number from 1 to 500",
    "ENTITY_LIMIT",
    String(value ?? ""),
  );
}

/** The window in milliseconds; on the wire a timestamp is in seconds. */
export function readTimeWindow(input: Members): TimeWindow {
  const { StartTime, EndTime } = asMembers(input.TimeWindow);
  if (typeof StartTime === "number" && typeof EndTime === "number" && StartTime <= EndTime)
    return { start: StartTime * 1000, end: EndTime * 1000 };
  throw invalidParameter(
    "TimeWindow must have a StartTime and an EndTime that is not before it",
    "EXPIRE_TIMESTAMP",
    JSON.stringify(input.TimeWindow ?? ""),
  );
}

function asMembers(value: unknown): Members {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
