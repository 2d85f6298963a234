import type { Clock } from "../../kernel/clock";
import type { InspectedRequest } from "../../kernel/web-acl-inspection";
import type { Pair } from "./request-view";
import type { FlatHit } from "./rule-group";

/** How often a rule did something, since the start. */
export interface RuleCount {
  /** The web ACL's name. */
  readonly webAcl: string;
  /** The rule's name, in a rule group `<rule group>#<rule>`, or `Default_Action`. */
  readonly rule: string;
  readonly action: "ALLOW" | "BLOCK" | "COUNT" | "NOT_EVALUATED";
  readonly count: number;
}

export interface Sample {
  readonly hit: FlatHit;
  readonly request: Omit<InspectedRequest, "headers" | "body" | "queryString">;
  /** As AWS WAF sees them, and as data protection leaves them. */
  readonly headers: readonly Pair[];
  readonly labels: readonly string[];
}

/** What is remembered of a web ACL: it outlives a restart of the services. */
export interface RecordContents {
  readonly totals: Map<string, RuleCount>;
  /** By metric. */
  readonly samples: Map<string, SampleLog<Sample>>;
}

export function emptyRecord(): RecordContents {
  return { totals: new Map(), samples: new Map() };
}

/** Remembers, in bounded memory, what the rules of one web ACL did. */
export class WebAclRecord {
  constructor(
    private readonly webAcl: string,
    /** The metrics of the rules, `Default_Action` among them. */
    private readonly metrics: readonly string[],
    private readonly clock: Clock,
    private readonly contents: RecordContents = emptyRecord(),
  ) {}

  note(hit: FlatHit, sample: () => Omit<Sample, "hit">): void {
    const { rule, outcome } = hit;
    if (outcome === "no match") return;
    const action = hit.action ?? "NOT_EVALUATED";
    const key = `${rule} ${action}`;
    const count = (this.contents.totals.get(key)?.count ?? 0) + 1;
    this.contents.totals.set(key, { webAcl: this.webAcl, rule, action, count });
    if (hit.metric !== undefined) this.samples(hit.metric)?.add({ ...sample(), hit });
  }

  counts(): RuleCount[] {
    return [...this.contents.totals.values()];
  }

  /** The samples of the rules with that metric; `undefined` where there is no such rule. */
  samples(metric: string): SampleLog<Sample> | undefined {
    if (!this.metrics.includes(metric)) return undefined;
    const { samples } = this.contents;
    const log = samples.get(metric) ?? new SampleLog<Sample>(this.clock);
    samples.set(metric, log);
    return log;
  }
}

const threeHours = 3 * 60 * 60 * 1000;
/** AWS WAF picks a sample of up to 500 from 5,000 requests: "GetSampledRequests", AWS WAF API reference. */
const maximumSamples = 500;
const maximumPopulation = 5_000;

export interface TimeWindow {
  /** Milliseconds since the epoch. */
  readonly start: number;
  readonly end: number;
}

export interface Sampled<T> {
  readonly samples: readonly { readonly time: number; readonly sample: T }[];
  /** How many requests there were in the window. */
  readonly population: number;
  /** The window the sample is from: shorter than asked for where older requests are no longer known. */
  readonly window: TimeWindow;
}

/**
 * Remembers the last requests of one metric: 500 in full, the time of 5,000, none older than three hours. Where AWS WAF
 * picks at random, this keeps the newest, so that the request just sent is among them.
 */
export class SampleLog<T> {
  private samples: { readonly time: number; readonly sample: T }[] = [];
  private times: number[] = [];

  constructor(private readonly clock: Clock) {}

  add(sample: T): void {
    const time = this.clock.now();
    this.samples.push({ time, sample });
    this.times.push(time);
    // In batches, since each takes time that grows with what is kept.
    if (this.samples.length >= 2 * maximumSamples || this.times.length >= 2 * maximumPopulation)
      this.forget();
  }

  within(asked: TimeWindow, maximum: number): Sampled<T> {
    this.forget();
    const full = this.times.length === maximumPopulation;
    const oldest = full ? (this.times[0] ?? 0) : this.clock.now() - threeHours;
    const window = { start: Math.max(asked.start, oldest), end: Math.max(asked.end, oldest) };
    const isInside = (time: number) => time >= window.start && time <= window.end;
    return {
      samples: this.samples.filter(({ time }) => isInside(time)).slice(-maximum),
      population: this.times.filter(isInside).length,
      window,
    };
  }

  private forget(): void {
    const oldest = this.clock.now() - threeHours;
    this.samples = this.samples.slice(-maximumSamples).filter(({ time }) => time >= oldest);
    this.times = this.times.slice(-maximumPopulation).filter((time) => time >= oldest);
  }
}
