import { AwsError } from "../../kernel/aws-error";
import type { Members } from "../../kernel/input";
import type { Queue } from "./queue";
import { noSuchQueue, type Queues } from "./queues";

/** The queue of `QueueUrl`. */
export function requiredQueue(queues: Queues, input: Members): Queue {
  const queue = queues.byUrl(requiredText(input, "QueueUrl"));
  if (queue === undefined) throw noSuchQueue();
  return queue;
}

export function requiredText(input: Members, key: string): string {
  const value = input[key];
  if (typeof value === "string" && value !== "") return value;
  throw new AwsError("MissingParameter", `The request must contain the parameter ${key}.`);
}

/** A whole number within bounds, `undefined` where it is not given. */
export function optionalNumber(input: Members, key: string, least: number, most: number): number | undefined {
  const value = input[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new AwsError(
    "InvalidParameterValue",
    `Value ${JSON.stringify(value)} for parameter ${key} is invalid. Reason: Must be between ${least} and ${most}, if provided.`,
  );
}

export function texts(input: Members, key: string): readonly string[] {
  const value = input[key];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

export interface BatchFailure {
  readonly Id: string;
  readonly SenderFault: boolean;
  readonly Code: string;
  readonly Message: string;
}

/** Does each entry of a batch on its own; an entry that fails does not hold up the others. */
export function eachEntry(
  input: Members,
  action: (entry: Members) => Members,
): { Successful: Members[]; Failed: BatchFailure[] } {
  const result: { Successful: Members[]; Failed: BatchFailure[] } = { Successful: [], Failed: [] };
  for (const entry of batchEntries(input)) {
    const Id = requiredText(entry, "Id");
    try {
      result.Successful.push({ Id, ...action(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      result.Failed.push({ Id, SenderFault: error.status < 500, Code: error.code, Message: error.message });
    }
  }
  return result;
}

function batchEntries(input: Members): Members[] {
  const entries = Array.isArray(input.Entries) ? input.Entries.filter(isMembers) : [];
  if (entries.length === 0) {
    throw new AwsError("EmptyBatchRequest", "There should be at least one entry in the request.");
  }
  if (entries.length > 10) {
    throw new AwsError(
      "TooManyEntriesInBatchRequest",
      `Maximum number of entries per request are 10. You have sent ${entries.length}.`,
    );
  }
  const ids = entries.map((entry) => requiredText(entry, "Id"));
  const wrong = ids.find((id) => !/^[\w-]{1,80}$/.test(id));
  if (wrong !== undefined) {
    throw new AwsError(
      "InvalidBatchEntryId",
      "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
    );
  }
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined) throw new AwsError("BatchEntryIdsNotDistinct", `Id ${repeated} repeated.`);
  return entries;
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
