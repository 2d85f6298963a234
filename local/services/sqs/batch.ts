import { AwsError } from "../../kernel/aws-error";
import type { Input, Members } from "../../kernel/input";

interface Entry {
  readonly entry: Input;
}

/** The entries of a batch, as far as SQS looks at them together (recorded in localstack's test_sqs.py). */
export function entriesOf(input: Input): Entry[] {
  const entries = input.structures("Entries");
  if (entries.length === 0)
    throw new AwsError("EmptyBatchRequest", "There should be at least one entry in the request.");
  if (entries.length > 10)
    throw new AwsError(
      "TooManyEntriesInBatchRequest",
      `Maximum number of entries per request are 10. You have sent ${entries.length}.`,
    );
  const ids = entries.map((entry) => entry.text("Id"));
  if (ids.some((id) => !/^[\w-]{1,80}$/.test(id)))
    throw new AwsError(
      "InvalidBatchEntryId",
      "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
    );
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined) throw new AwsError("BatchEntryIdsNotDistinct", `Id ${repeated} repeated.`);
  return entries.map((entry) => ({ entry }));
}

/** Does each entry of a batch on its own; an entry that fails does not hold up the others. */
export function eachEntry<E extends Entry>(entries: readonly E[], action: (entry: E) => Members): Members {
  const Successful: Members[] = [];
  const Failed: Members[] = [];
  for (const each of entries) {
    const Id = each.entry.text("Id");
    const result = attempt(() => action(each));
    if (result instanceof AwsError) {
      const { code, message, status } = result;
      Failed.push({ Id, SenderFault: status < 500, Code: code, Message: message });
    } else Successful.push({ Id, ...result });
  }
  return { Successful, Failed };
}

/** What `action` gives, or the error that AWS would answer with. */
export function attempt<T>(action: () => T): T | AwsError {
  try {
    return action();
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
}
