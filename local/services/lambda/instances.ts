import { availableParallelism } from "node:os";
import { within } from "../../kernel/within";
import type { Instance, InstanceReport } from "./instance/instance";
import type { RunLog } from "./run-log";
import { errorTypeOf, outcomeOf } from "./run-outcome";

/** What an instance's process is to those that run events on it. */
export type Environment = Pick<Instance, keyof Instance>;

export interface StartedInstance {
  readonly instance: Environment;
  /** The function's version: `$LATEST`, or the number that was published. */
  readonly version: string;
  readonly log: RunLog;
  /** What it was started with; a warm one of the same is as good. */
  readonly startedWith: string;
  /** Whether it ran events before the services were started anew. */
  readonly isWarm: boolean;
}

/** How an instance's handler was loaded; its first run tells it. */
export interface Init {
  readonly ms: number;
  /** `undefined` where it takes longer than it may: it goes on with the first run. */
  readonly report: InstanceReport | undefined;
  readonly loaded: Promise<InstanceReport>;
}

/** An instance for a run, which gives it back. */
export interface Taken extends StartedInstance {
  /** On the first run alone. */
  readonly init?: Init;
}

interface Waiting {
  readonly version: string;
  readonly since: number;
  readonly take: (taken: Taken | undefined) => void;
  readonly fail: (error: unknown) => void;
}

/** In milliseconds: longer than this no run waits for a busy instance before another is started. */
const MOST_PATIENCE_MS = 250;

/**
 * A function's instances, which grow with need. A run gets a warm one, else whichever comes first: one that another run gives
 * back, or a new one. Another one is started where those that are there do not get to a run in the time that a start takes. So
 * a burst of short runs is not met by as many processes, each with its code to load and to compile; AWS, which starts an
 * environment for every one of them, has more cores. The run that has waited longest is served first.
 */
export class Instances {
  readonly #idle: Taken[] = [];
  /** With their versions. */
  readonly #all = new Map<Environment, string>();
  readonly #waiting: Waiting[] = [];
  /** The versions of those that are being started. */
  readonly #starting: string[] = [];
  readonly #starts = new Set<Promise<unknown>>();
  /** A guess until one was started. */
  #patienceMs = 100;
  /** When the newest one was there. */
  #grownAt = 0;
  #impatience: NodeJS.Timeout | undefined;
  /** Counts how often the code was replaced. */
  #generation = 0;
  readonly #generations = new WeakMap<Environment, number>();
  #closed = false;

  constructor(
    private readonly startInstance: (version: string) => Promise<StartedInstance>,
    private readonly initLimitMs: number,
    /** More at once would only slow each other down, and what runs already. */
    private readonly startsAtOnce = availableParallelism(),
  ) {}

  /** How many there are, warm and working. */
  get count(): number {
    return [...this.#all.keys()].filter(({ usable }) => usable).length;
  }

  /** Resolves with an instance that runs nothing else, `undefined` after the end. */
  take(version: string): Promise<Taken | undefined> {
    if (this.#closed) return Promise.resolve(undefined);
    for (const gone of this.#idle.filter(({ instance }) => !instance.usable)) this.#forget(gone);
    const index = this.#idle.findLastIndex((idle) => idle.version === version);
    const [warm] = index < 0 ? [] : this.#idle.splice(index, 1);
    if (warm !== undefined) return Promise.resolve(warm);
    return new Promise((take, fail) => {
      this.#waiting.push({ version, since: performance.now(), take, fail });
      this.#grow();
    });
  }

  async giveBack({ init: _, ...taken }: Taken): Promise<void> {
    const { instance } = taken;
    if (instance.usable && this.#isCurrent(instance)) return this.#offer(taken);
    this.#all.delete(instance);
    await instance.stop();
    this.#grow();
  }

  /** Starts an instance that waits for its first run. */
  async start(version: string): Promise<void> {
    const error = await this.#start(version);
    if (error !== undefined) throw error;
  }

  /** Makes the next run start an instance of its own; what runs ends on the instance that it has. */
  async renew(): Promise<void> {
    this.#generation += 1;
    const idle = this.#idle.splice(0);
    for (const { instance } of idle) this.#all.delete(instance);
    await Promise.all(idle.map(({ instance }) => instance.stop()));
  }

  /** Stops all that run; those that wait get none. @returns those that waited for their next run */
  async close(): Promise<StartedInstance[]> {
    this.#closed = true;
    clearTimeout(this.#impatience);
    for (const { take } of this.#waiting.splice(0)) take(undefined);
    const idle = this.#idle.splice(0).filter(({ instance }) => instance.usable);
    for (const { instance } of idle) this.#all.delete(instance);
    await Promise.all([...this.#all.keys()].map((instance) => instance.stop()));
    await Promise.allSettled(this.#starts);
    return idle;
  }

  /** Starts one for each run that has waited long enough, or has none to wait for. */
  #grow(): void {
    const coming = [...this.#starting];
    const busy = new Set(this.#all.values());
    const now = performance.now();
    let nextMs: number | undefined;
    for (const { version, since } of [...this.#waiting]) {
      const index = coming.indexOf(version);
      const hasOne = busy.has(version) || this.#starting.includes(version);
      const restMs = hasOne ? Math.max(since, this.#grownAt) + this.#patienceMs - now : 0;
      if (index >= 0) coming.splice(index, 1);
      else if (restMs > 0) nextMs ??= restMs;
      else if (this.#starting.length < this.startsAtOnce) void this.#start(version);
    }
    if (nextMs === undefined || this.#impatience !== undefined || this.#closed) return;
    this.#impatience = setTimeout(() => {
      this.#impatience = undefined;
      this.#grow();
    }, Math.ceil(nextMs));
  }

  /** Resolves with an error that no run waits to be told. */
  async #start(version: string): Promise<unknown> {
    this.#starting.push(version);
    const loading = this.#load(version);
    this.#starts.add(loading);
    let untold: unknown;
    try {
      const loaded = await loading.finally(() => this.#ended(version, loading));
      this.#offer(loaded);
    } catch (error) {
      const waiting = this.#nextFor(version);
      if (waiting === undefined) untold = error;
      else waiting.fail(error);
    }
    this.#grow();
    return untold;
  }

  #ended(version: string, loading: Promise<unknown>): void {
    this.#starting.splice(this.#starting.indexOf(version), 1);
    this.#starts.delete(loading);
  }

  async #load(version: string): Promise<Taken> {
    const generation = this.#generation;
    const started = await this.startInstance(version);
    const { instance, log } = started;
    this.#all.set(instance, version);
    this.#generations.set(instance, generation);
    if (this.#closed) await instance.stop();
    if (started.isWarm) return started;
    const begin = performance.now();
    const loaded = instance.loaded();
    const report = await within(this.initLimitMs, loaded);
    const ms = performance.now() - begin;
    this.#grownAt = begin + ms;
    this.#patienceMs = Math.min(ms, MOST_PATIENCE_MS);
    if (report === undefined) log.initTimedOut(ms);
    else if (report.type !== "ready") log.initFailed(ms, errorTypeOf(outcomeOf(report, "").payload));
    return { ...started, init: { ms, report, loaded } };
  }

  /** To the run that waits longest, else it rests. The run that waits is told what could not be loaded, and nobody else. */
  #offer(offered: Taken): void {
    const { instance, version, init } = offered;
    const isLoaded = init?.report === undefined || init.report.type === "ready";
    const waiting = this.#isCurrent(instance) ? this.#nextFor(version) : undefined;
    if (waiting !== undefined) {
      waiting.take(offered);
    } else if (isLoaded && instance.usable && this.#isCurrent(instance)) {
      instance.rest();
      this.#idle.push(offered);
    } else {
      this.#all.delete(instance);
      void instance.stop();
    }
  }

  #isCurrent(instance: Environment): boolean {
    return this.#generations.get(instance) === this.#generation;
  }

  #nextFor(version: string): Waiting | undefined {
    const index = this.#waiting.findIndex((waiting) => waiting.version === version);
    return index < 0 ? undefined : this.#waiting.splice(index, 1)[0];
  }

  #forget(gone: Taken): void {
    this.#all.delete(gone.instance);
    this.#idle.splice(this.#idle.indexOf(gone), 1);
  }
}
