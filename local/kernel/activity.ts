import { Newest } from "./newest";
import type { Principal } from "./principal";

/** One run of a function. */
export interface RunRecord {
  readonly functionArn: string;
  readonly functionName: string;
  /** Lambda's request id. The retries of an event share it. */
  readonly requestId: string;
  /** The API's request, or the message, that the run is because of, by its id. */
  readonly cause: string | undefined;
  readonly at: number;
  readonly logGroup: string;
  readonly logStream: string;
  readonly cold: boolean;
  /** Not set while it runs. */
  durationMs?: number;
  initMs?: number;
  outcome: "running" | "succeeded" | "failed" | "timed out" | "crashed";
  /** What it called, at most the first 100. */
  readonly calls: CallRecord[];
}

type RolePrincipal = Extract<Principal, { readonly kind: "role" }>;

/** A call of an AWS API with the credentials of a role: never what was sent or answered. */
export interface CallRecord {
  readonly at: number;
  readonly service: string;
  readonly operation: string;
  readonly principal: RolePrincipal;
  /** What the permission was asked for; not set where the call never got so far, or needs none. */
  readonly action?: string;
  readonly resource?: string;
  readonly allowed: boolean;
  readonly status: number;
  /** The error's code. */
  readonly error?: string;
  readonly durationMs: number;
  /** The ids of messages that it published or sent. */
  readonly messageIds: readonly string[];
}

/** What became of a message at one of the places that it goes to. */
export interface Hop {
  readonly at: number;
  readonly kind: "filtered" | "delivered" | "failed" | "dead letter" | "lost";
  /** ARN of the subscription, function or queue. */
  readonly to: string;
  /** The run that a delivery started. */
  readonly requestId?: string;
  readonly attempt?: number;
  /** One short phrase; never the message. */
  readonly detail: string;
}

/** A message, or an asynchronous event, on its way. */
export interface MessageRecord {
  readonly messageId: string;
  readonly at: number;
  topicArn?: string;
  /** The run that sent it, by Lambda's request id. */
  cause?: string;
  /** At most the first 20. */
  readonly hops: Hop[];
}

const CALLS_A_RUN = 100;
const HOPS_A_MESSAGE = 20;

/**
 * What goes on after the API: the functions' runs, what they called, and where messages went. Everything is linked by the
 * identifiers that AWS gives: Lambda's request id, the trace header that a function's SDK sends along, the message id.
 * The newest of each are kept, and nothing of what was sent.
 */
export class Activity {
  readonly runs: Newest<RunRecord>;
  readonly messages: Newest<MessageRecord>;
  /** By the trace header's parent, which is another for each run. */
  private readonly byParent = new Map<string, RunRecord>();
  private readonly byRequestId = new Map<string, RunRecord>();
  private readonly byMessage = new Map<string, MessageRecord>();
  private readonly causes = new Map<string, string>();
  private readonly listeners = new Set<(changed: RunRecord | MessageRecord) => void>();

  constructor(capacity = 10_000) {
    this.runs = new Newest(capacity);
    this.messages = new Newest(capacity);
  }

  /** Remembers a run from its start; the caller sets what is known at its end and says so to `finished`. */
  started(run: RunRecord, traceHeader: string): void {
    this.runs.add(run);
    const parent = parentOf(traceHeader);
    setBounded(this.byRequestId, run.requestId, run, this.runs.capacity);
    if (parent !== undefined) setBounded(this.byParent, parent, run, this.runs.capacity);
    this.tell(run);
  }

  finished(run: RunRecord): void {
    this.tell(run);
  }

  /** @param traceHeader `X-Amzn-Trace-Id`, which every AWS SDK sends from inside of a function */
  called(call: CallRecord, traceHeader: string | undefined): void {
    const run = this.byParent.get(parentOf(traceHeader ?? "") ?? "");
    if (run === undefined) return;
    if (run.calls.length < CALLS_A_RUN) run.calls.push(call);
    for (const id of call.messageIds) this.message(id, call.at).cause = run.requestId;
    this.tell(run);
  }

  went(messageId: string, hop: Hop, topicArn?: string): void {
    const message = this.message(messageId, hop.at);
    if (topicArn !== undefined) message.topicArn = topicArn;
    if (message.hops.length < HOPS_A_MESSAGE) message.hops.push(hop);
    this.tell(message);
  }

  /** Remembers what a message was sent for, such as the notification that a queue got, without a record of its own. */
  sentFor(messageId: string, cause: string): void {
    setBounded(this.causes, messageId, cause, this.messages.capacity);
  }

  /**
   * What everything began with, by its id: the API's request, as far as that is known. `undefined` for what somebody invoked or
   * published from outside.
   */
  beginningOf(changed: RunRecord | MessageRecord): string | undefined {
    let cause = changed.cause;
    // A function may publish to a topic that invokes it: the way back has an end nevertheless.
    for (let steps = 0; cause !== undefined && steps < 100; steps += 1) {
      const before = this.byMessage.get(cause) ?? this.byRequestId.get(cause);
      const earlier = before === undefined ? this.causes.get(cause) : before.cause;
      if ((before === undefined && earlier === undefined) || before === changed) return cause;
      cause = earlier;
    }
    return undefined;
  }

  clear(): void {
    this.runs.clear();
    this.messages.clear();
    this.byParent.clear();
    this.byRequestId.clear();
    this.byMessage.clear();
    this.causes.clear();
  }

  /** Calls the listener whenever a run or a message changes. @returns what ends that */
  onChanged(listener: (changed: RunRecord | MessageRecord) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private message(messageId: string, at: number): MessageRecord {
    const known = this.byMessage.get(messageId);
    if (known !== undefined) return known;
    const cause = this.causes.get(messageId);
    const message: MessageRecord = { messageId, at, hops: [], ...(cause === undefined ? {} : { cause }) };
    this.messages.add(message);
    setBounded(this.byMessage, messageId, message, this.messages.capacity);
    return message;
  }

  private tell(changed: RunRecord | MessageRecord): void {
    for (const listener of this.listeners) listener(changed);
  }
}

function parentOf(traceHeader: string): string | undefined {
  return /Parent=([0-9a-f]{16})/.exec(traceHeader)?.[1];
}

/** The oldest entry goes where there are too many. */
function setBounded<V>(map: Map<string, V>, key: string, value: V, most: number): void {
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}
