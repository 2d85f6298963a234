import * as v from "valibot";
import type { CommandContext } from "../../local/command/command";
import { DEFAULT_ENDPOINTS_FILE, readEndpoints } from "../../local/command/endpoints";
import { columns, printable } from "../../local/command/terminal";
import { UserError } from "../../local/kernel/user-error";

interface InboxWords {
  readonly endpoints?: string | undefined;
  readonly to?: string | undefined;
  readonly follow: boolean;
  readonly json: boolean;
}

const answerSchema = v.object({
  messages: v.array(
    v.looseObject({
      id: v.string(),
      at: v.number(),
      to: v.string(),
      poolName: v.string(),
      purpose: v.string(),
      subject: v.string(),
      code: v.string(),
    }),
  ),
});

type Message = v.InferOutput<typeof answerSchema>["messages"][number];

/** What the running local runtime's user pools would have sent, the oldest first; with `--follow` also what comes. */
export async function inbox(words: InboxWords, context: CommandContext): Promise<number> {
  const { inboxUrl } = readEndpoints(words.endpoints ?? DEFAULT_ENDPOINTS_FILE);
  const print = (messages: readonly Message[]) => {
    if (words.json) for (const message of messages) context.stdout.write(`${JSON.stringify(message)}\n`);
    else if (messages.length > 0) context.stdout.write(`${columns(messages.map(cells))}\n`);
  };
  const first = await read(inboxUrl, words.to, undefined, context.signal);
  print(first);
  if (first.length === 0 && !words.follow && !words.json) context.stdout.write("the inbox is empty\n");
  let last = first.at(-1)?.id ?? "";
  while (words.follow) {
    const next = await read(inboxUrl, words.to, last, context.signal);
    print(next);
    last = next.at(-1)?.id ?? last;
  }
  return 0;
}

function cells({ at, poolName, purpose, to, code, subject }: Message): string[] {
  return [new Date(at).toTimeString().slice(0, 8), poolName, purpose, to, code, subject].map(printable);
}

/** The oldest first. `after`: waits for what is newer than that. */
async function read(
  url: string,
  to: string | undefined,
  after: string | undefined,
  signal: AbortSignal,
): Promise<Message[]> {
  const query = new URLSearchParams({ format: "json" });
  if (to !== undefined) query.set("to", to);
  if (after !== undefined) query.set("after", after);
  let json: unknown;
  try {
    json = await (await fetch(`${url}?${query}`, { signal })).json();
  } catch (error) {
    signal.throwIfAborted();
    const why = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new UserError(`the local runtime does not answer at ${url} (${why}): start it with npm start`);
  }
  return v.parse(answerSchema, json).messages.reverse();
}
