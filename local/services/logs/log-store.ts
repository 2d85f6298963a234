import type { Deployment } from "../../deployment/deployment";
import type { Place } from "../../kernel/arn";
import { type Clock, systemClock } from "../../kernel/clock";
import { Kept } from "../../kernel/kept";
import type { LogSink } from "../../kernel/log-sink";
import type { WatchedLine } from "../ports";
import { type LogGroupSettings, readLogGroups } from "./resources";

export interface LogEvent {
  /** 56 digits: the time, then the order of arrival. Sorts events, and is the position that paging tokens carry. */
  readonly id: string;
  readonly stream: string;
  readonly message: string;
  readonly timestamp: number;
  readonly ingestionTime: number;
}

export interface LogStream {
  readonly name: string;
  readonly creationTime: number;
  /** `undefined` before the first event. */
  times?: {
    readonly firstEventTimestamp: number;
    readonly lastEventTimestamp: number;
    readonly lastIngestionTime: number;
  };
}

export interface LogStoreOptions {
  readonly clock?: Clock;
  /** Most events that a group keeps; older ones are dropped. @default 10000 */
  readonly maxEventsPerGroup?: number;
  /** Most characters of messages that a group keeps; older events are dropped. @default 16 million */
  readonly maxCharactersPerGroup?: number;
  readonly kept?: Kept;
}

const millisecondsPerDay = 86_400_000;

/** What a log group holds: it outlives a restart of the services. */
export interface LogContents {
  readonly streams: Map<string, LogStream>;
  readonly events: LogEvent[];
  characters: number;
}

function emptyLog(): LogContents {
  return { streams: new Map(), events: [], characters: 0 };
}

/** A log group of the deployment, with its newest events in the order of their time. */
export class LogGroup {
  constructor(
    readonly settings: LogGroupSettings,
    readonly creationTime: number,
    private readonly maxEvents: number,
    private readonly maxCharacters: number,
    private readonly contents: LogContents = emptyLog(),
  ) {
    for (const name of settings.streams) this.#stream(name, creationTime);
  }

  get streams(): ReadonlyMap<string, LogStream> {
    return this.contents.streams;
  }

  get storedCharacters(): number {
    return this.contents.characters;
  }

  add(event: LogEvent): void {
    const after = this.contents.events.findLastIndex((other) => other.id < event.id);
    this.contents.events.splice(after + 1, 0, event);
    this.contents.characters += event.message.length;
    this.#touchStream(event);
    this.#drop(this.#excess());
  }

  /** The events that retention has not removed by `now`. */
  events(now: number): readonly LogEvent[] {
    const { retentionInDays } = this.settings;
    if (retentionInDays > 0) {
      const oldest = now - retentionInDays * millisecondsPerDay;
      const kept = this.contents.events.findIndex((event) => event.timestamp >= oldest);
      this.#drop(kept === -1 ? this.contents.events.length : kept);
    }
    return this.contents.events;
  }

  #touchStream({ stream: name, timestamp, ingestionTime }: LogEvent): void {
    const stream = this.#stream(name, ingestionTime);
    const { firstEventTimestamp = timestamp, lastEventTimestamp = timestamp } = stream.times ?? {};
    stream.times = {
      firstEventTimestamp: Math.min(firstEventTimestamp, timestamp),
      lastEventTimestamp: Math.max(lastEventTimestamp, timestamp),
      lastIngestionTime: ingestionTime,
    };
  }

  #stream(name: string, creationTime: number): LogStream {
    const stream = this.streams.get(name) ?? { name, creationTime };
    this.contents.streams.set(name, stream);
    return stream;
  }

  /** How many of the oldest events are too many: a tenth more than needed, so that not every event moves the list. */
  #excess(): number {
    if (this.contents.events.length <= this.maxEvents && this.contents.characters <= this.maxCharacters)
      return 0;
    let count = Math.max(0, this.contents.events.length - Math.floor(this.maxEvents * 0.9));
    let characters = this.contents.characters;
    for (const [index, event] of this.contents.events.entries()) {
      if (index >= count && characters <= this.maxCharacters) break;
      characters -= event.message.length;
      count = Math.max(count, index + 1);
    }
    return count;
  }

  #drop(count: number): void {
    if (count === 0) return;
    for (const event of this.contents.events.splice(0, count))
      this.contents.characters -= event.message.length;
    const left = new Set([...this.settings.streams, ...this.contents.events.map((event) => event.stream)]);
    for (const name of this.streams.keys()) if (!left.has(name)) this.contents.streams.delete(name);
  }
}

/**
 * Keeps what is written to the deployment's log groups, and nothing else: a line for a group that the deployment does
 * not have is dropped without an error, as Lambda drops it. Bounded: each group keeps its newest events.
 */
export class LogStore implements LogSink {
  readonly clock: Clock;
  readonly place: Place;
  readonly #groups = new Map<string, LogGroup>();
  readonly #sequence: { last: number };
  readonly #watchers = new Map<string, Set<(line: WatchedLine) => void>>();

  constructor(deployment: Deployment, options: LogStoreOptions = {}) {
    this.clock = options.clock ?? systemClock;
    this.place = deployment;
    const { maxEventsPerGroup = 10_000, maxCharactersPerGroup = 16_000_000, kept = new Kept() } = options;
    this.#sequence = kept.of("order of log events", () => ({ last: 0 }));
    for (const settings of readLogGroups(deployment)) {
      const contents = kept.of(`log events of ${settings.name}`, emptyLog);
      const group = new LogGroup(
        ...([settings, this.clock.now(), maxEventsPerGroup, maxCharactersPerGroup, contents] as const),
      );
      this.#groups.set(settings.name, group);
    }
  }

  /** The groups in the order of their names. */
  groups(): LogGroup[] {
    return [...this.#groups.values()].sort((a, b) => (a.settings.name < b.settings.name ? -1 : 1));
  }

  group(name: string): LogGroup | undefined {
    return this.#groups.get(name);
  }

  watch(group: string, onLine: (line: WatchedLine) => void): () => void {
    const watchers = this.#watchers.get(group) ?? new Set();
    this.#watchers.set(group, watchers.add(onLine));
    return () => {
      watchers.delete(onLine);
      if (watchers.size === 0) this.#watchers.delete(group);
    };
  }

  put(group: string, stream: string, message: string, timestamp: number): void {
    this.#sequence.last += 1;
    const id = String(timestamp).padStart(20, "0") + String(this.#sequence.last).padStart(36, "0");
    this.#groups.get(group)?.add({ id, stream, message, timestamp, ingestionTime: this.clock.now() });
    for (const tell of this.#watchers.get(group) ?? []) tell({ stream, message, timestamp });
  }
}
