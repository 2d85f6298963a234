import { AwsError } from "../kernel/aws-error";
import type { Members } from "../kernel/input";

/**
 * Parses a JSON body; an empty one has no members.
 *
 * @throws AwsError `SerializationException` for anything else than an object
 */
export function parseJsonBody(body: Buffer): Members {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    throw new AwsError("SerializationException", "The request body is not valid JSON.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new AwsError("SerializationException", "The request body must be a JSON object.");
  }
  return { ...value };
}
