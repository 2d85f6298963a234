import type { Deployment } from "../../deployment/deployment";
import type { Place } from "../../kernel/arn";
import { type Clock, systemClock } from "../../kernel/clock";
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
  firstEventTimestamp: number;
  lastEventTimestamp: number;
  lastIngestionTime: number;
}

export interface LogStoreOptions {
  readonly clock?: Clock;
  /** Most events that a group keeps; older ones are dropped. @default 10000 */
  readonly maxEventsPerGroup?: number;
  /** Most characters of messages that a group keeps; older events are dropped. @default 16 million */
  readonly maxCharactersPerGroup?: number;
}

const millisecondsPerDay = 86_400_000;

/** A log group of the deployment, with its newest events in the order of their time. */
export class LogGroup {
  readonly streams = new Map<string, LogStream>();
  #events: LogEvent[] = [];
  #characters = 0;

  constructor(
    readonly settings: LogGroupSettings,
    readonly creationTime: number,
    private readonly maxEvents: number,
    private readonly maxCharacters: number,
  ) {}

  get storedCharacters(): number {
    return this.#characters;
  }

  add(event: LogEvent): void {
    const after = this.#events.findLastIndex((other) => other.id < event.id);
    this.#events.splice(after + 1, 0, event);
    this.#characters += event.message.length;
    this.#touchStream(event);
    this.#drop(this.#excess());
  }

  /** The events that retention has not removed by `now`. */
  events(now: number): readonly LogEvent[] {
    const { retentionInDays } = this.settings;
    if (retentionInDays > 0) {
      const oldest = now - retentionInDays * millisecondsPerDay;
      const kept = this.#events.findIndex((event) => event.timestamp >= oldest);
      this.#drop(kept === -1 ? this.#events.length : kept);
    }
    return this.#events;
  }

  #touchStream(event: LogEvent): void {
    const stream = this.streams.get(event.stream) ?? {
      name: event.stream,
      creationTime: event.ingestionTime,
      firstEventTimestamp: event.timestamp,
      lastEventTimestamp: event.timestamp,
      lastIngestionTime: event.ingestionTime,
    };
    stream.firstEventTimestamp = Math.min(stream.firstEventTimestamp, event.timestamp);
    stream.lastEventTimestamp = Math.max(stream.lastEventTimestamp, event.timestamp);
    stream.lastIngestionTime = event.ingestionTime;
    this.streams.set(event.stream, stream);
  }

  /** How many of the oldest events are too many: a tenth more than needed, so that not every event moves the list. */
  #excess(): number {
    if (this.#events.length <= this.maxEvents && this.#characters <= this.maxCharacters) return 0;
    let count = Math.max(0, this.#events.length - Math.floor(this.maxEvents * 0.9));
    let characters = this.#characters;
    for (const [index, event] of this.#events.entries()) {
      if (index >= count && characters <= this.maxCharacters) break;
      characters -= event.message.length;
      count = Math.max(count, index + 1);
    }
    return count;
  }

  #drop(count: number): void {
    if (count === 0) return;
    for (const event of this.#events.splice(0, count)) this.#characters -= event.message.length;
    const left = new Set(this.#events.map((event) => event.stream));
    for (const name of this.streams.keys()) if (!left.has(name)) this.streams.delete(name);
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
  #sequence = 0;
  readonly #watchers = new Map<string, Set<(line: WatchedLine) => void>>();

  constructor(deployment: Deployment, options: LogStoreOptions = {}) {
    this.clock = options.clock ?? systemClock;
    this.place = deployment;
    const { maxEventsPerGroup = 10_000, maxCharactersPerGroup = 16_000_000 } = options;
    for (const settings of readLogGroups(deployment)) {
      const group = new LogGroup(settings, this.clock.now(), maxEventsPerGroup, maxCharactersPerGroup);
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
    this.#sequence += 1;
    const id = String(timestamp).padStart(20, "0") + String(this.#sequence).padStart(36, "0");
    this.#groups.get(group)?.add({ id, stream, message, timestamp, ingestionTime: this.clock.now() });
    for (const tell of this.#watchers.get(group) ?? []) tell({ stream, message, timestamp });
  }
}
