import type { Clock } from "../../kernel/clock";
import type { InspectedRequest } from "../../kernel/web-acl-inspection";
import type { Pair } from "./request-view";
import type { Hit } from "./rule";
import { SampleLog } from "./sample-log";

/** How often a rule did something, since the start. */
export interface RuleCount {
  /** The web ACL's name. */
  readonly webAcl: string;
  /** The rule's name, in a rule group `<rule group>#<rule>`, or `Default_Action`. */
  readonly rule: string;
  readonly action: Hit["action"];
  readonly count: number;
}

export interface Sample {
  readonly hit: Hit;
  readonly request: Omit<InspectedRequest, "headers" | "body" | "queryString">;
  /** As AWS WAF sees them, and as data protection leaves them. */
  readonly headers: readonly Pair[];
  readonly labels: readonly string[];
}

/** Remembers, in bounded memory, what the rules of one web ACL did. */
export class WebAclRecord {
  private readonly totals = new Map<string, RuleCount>();
  private readonly logs: ReadonlyMap<string, SampleLog<Sample>>;

  constructor(
    private readonly webAcl: string,
    /** The metrics of the rules, `Default_Action` among them. */
    metrics: readonly string[],
    clock: Clock,
  ) {
    this.logs = new Map(metrics.map((metric) => [metric, new SampleLog<Sample>(clock)]));
  }

  note(hit: Hit, sample: () => Omit<Sample, "hit">): void {
    const { rule, action } = hit;
    const key = `${rule} ${action}`;
    const count = (this.totals.get(key)?.count ?? 0) + 1;
    this.totals.set(key, { webAcl: this.webAcl, rule, action, count });
    if (hit.metric !== undefined) this.logs.get(hit.metric)?.add({ ...sample(), hit });
  }

  counts(): RuleCount[] {
    return [...this.totals.values()];
  }

  /** The samples of the rules with that metric; `undefined` where there is no such rule. */
  samples(metric: string): SampleLog<Sample> | undefined {
    return this.logs.get(metric);
  }
}
