import type { Resource } from "../deployment/deployment";
import { isObject } from "../kernel/json";
import type { RequestTrace, TraceStep } from "../kernel/trace";
import type { Count, SampledRequest, WebAclOverview, WebAclView } from "./contract";
import type { View } from "./view";

const MOST_ROWS = 20;
const MOST_SAMPLES = 100;
const BARS = 60;
const MINUTE_MS = 60_000;

/** Kinds of device by user agent, in this order: a phone's browser calls itself a desktop's as well. */
const DEVICES: readonly (readonly [pattern: RegExp, kind: string])[] = [
  [/bot\b|crawl|spider|slurp|facebookexternalhit/i, "bot"],
  [
    /curl|wget|python|okhttp|axios|node|undici|go-http|java\/|libwww|postman|insomnia|httpie|aws-sdk|aws-cli|boto/i,
    "program",
  ],
  [/ipad|tablet|kindle|silk|(?=.*android)(?!.*mobile)/i, "tablet"],
  [/mobi|iphone|ipod|android/i, "phone"],
  [/smart-?tv|appletv|roku|playstation|xbox/i, "television"],
  [/windows|macintosh|x11|linux|cros/i, "desktop"],
];

/** A request that the web ACL looked at. */
interface Seen {
  readonly trace: RequestTrace;
  readonly step: TraceStep;
  readonly action: SampledRequest["action"];
}

/** The traffic of the last minutes as the web ACL saw it, from the newest 10,000 requests. */
export function webAclOverview(view: View, minutes: number): WebAclOverview {
  const { host } = view;
  const now = host.now();
  const since = now - minutes * MINUTE_MS;
  const seen = host.runtime.traces.recent().flatMap((trace) => (trace.at >= since ? seenBy(trace) : []));
  const bucketMs = Math.max(1_000, Math.ceil((minutes * MINUTE_MS) / BARS));
  return {
    webAcls: host.runtime.inside.deployment
      .ofType("aws_wafv2_web_acl")
      .map((webAcl) => webAclView(webAcl, seen)),
    bucketMs,
    overTime: overTime(seen, now, bucketMs, Math.ceil((minutes * MINUTE_MS) / bucketMs)),
    totals: totalsOf(seen),
    byRule: counted(seen, ({ step }) => rulesOf(step)),
    bySource: counted(seen, ({ trace }) => [trace.sourceIp]),
    byPath: counted(seen, ({ trace }) => [trace.path]),
    byMethod: counted(seen, ({ trace }) => [trace.method]),
    byDevice: counted(seen, ({ trace }) => [deviceOf(trace.userAgent)]),
    predictions: counted(seen, ({ step }) =>
      step.facts.prediction === undefined ? [] : [step.facts.prediction],
    ),
    sampled: seen.slice(0, MOST_SAMPLES).map(sampled),
  };
}

function seenBy(trace: RequestTrace): Seen[] {
  const step = trace.steps.find(({ layer }) => layer === "web ACL");
  if (step === undefined || step.verdict === "not evaluated") return [];
  const action = step.verdict === "refused" ? "BLOCK" : step.verdict === "counted" ? "COUNT" : "ALLOW";
  return [{ trace, step, action }];
}

function totalsOf(seen: readonly Seen[]) {
  const of = (wanted: Seen["action"]) => seen.filter(({ action }) => action === wanted).length;
  // What is counted is let through: it is in both numbers, as in AWS's overview.
  return { allowed: of("ALLOW") + of("COUNT"), blocked: of("BLOCK"), counted: of("COUNT") };
}

function overTime(
  seen: readonly Seen[],
  now: number,
  bucketMs: number,
  count: number,
): WebAclOverview["overTime"] {
  const last = Math.floor(now / bucketMs);
  const byBucket = new Map<number, Seen[]>();
  for (const one of seen) {
    const bucket = Math.floor(one.trace.at / bucketMs);
    const own = byBucket.get(bucket);
    if (own === undefined) byBucket.set(bucket, [one]);
    else own.push(one);
  }
  return Array.from({ length: count }, (_item, index) => {
    const bucket = last - count + 1 + index;
    return { at: bucket * bucketMs, ...totalsOf(byBucket.get(bucket) ?? []) };
  });
}

/** The rules that matched, else the default action. */
function rulesOf({ facts, detail }: TraceStep): string[] {
  const matched = (facts.rules ?? []).filter(({ outcome }) => outcome === "match").map(({ rule }) => rule);
  return matched.length > 0 ? [...new Set(matched)] : [detail];
}

function counted(seen: readonly Seen[], namesOf: (one: Seen) => readonly string[]): Count[] {
  const counts = new Map<string, { count: number; blocked: number }>();
  for (const one of seen) {
    for (const name of namesOf(one)) {
      const known = counts.get(name) ?? { count: 0, blocked: 0 };
      known.count += 1;
      if (one.action === "BLOCK") known.blocked += 1;
      counts.set(name, known);
    }
  }
  return [...counts]
    .map(([name, count]) => ({ name, ...count }))
    .sort((one, other) => other.count - one.count || (one.name < other.name ? -1 : 1))
    .slice(0, MOST_ROWS);
}

function sampled({ trace, step, action }: Seen): SampledRequest {
  const { id, at, method, path, sourceIp, userAgent } = trace;
  const { rules = [] } = step.facts;
  return {
    ...{ id, at, method, path, sourceIp, userAgent },
    // What is counted goes on, until a rule or the default action ends it.
    ...(action === "COUNT"
      ? { action: "ALLOW", rule: `${step.detail}, counted by ${rulesOf(step).join(", ")}` }
      : { action, rule: step.detail }),
    labels: [...new Set(rules.flatMap(({ labels }) => labels))],
  };
}

function webAclView(webAcl: Resource, seen: readonly Seen[]): WebAclView {
  const own = seen.filter(({ step }) => step.facts.webAclArn === webAcl.string("arn"));
  const matched = (name: string) =>
    own.filter(({ step }) =>
      (step.facts.rules ?? []).some(
        ({ rule, outcome }) => outcome === "match" && (rule === name || rule.startsWith(`${name}#`)),
      ),
    ).length;
  const rules = webAcl.blocks("rule").map((rule) => {
    const name = rule.string("name");
    return {
      name,
      priority: rule.number("priority"),
      action:
        actionOf(rule.values.action) ??
        `group${actionOf(rule.values.override_action) === "COUNT" ? ", counts" : ""}`,
      isManaged: rule.block("statement")?.has("managed_rule_group_statement") === true,
      matched: matched(name),
    };
  });
  return {
    name: webAcl.string("name"),
    arn: webAcl.string("arn"),
    address: webAcl.address,
    defaultAction: actionOf(webAcl.values.default_action) === "BLOCK" ? "BLOCK" : "ALLOW",
    rules: rules.sort((one, other) => one.priority - other.priority),
  };
}

/** `BLOCK` of `{ block: {} }`; a state has the block in a list, and the other ones empty. */
function actionOf(value: unknown): string | undefined {
  const [block] = [value ?? []].flat();
  if (!isObject(block)) return undefined;
  const set = Object.entries(block).find(
    ([, inner]) => inner !== null && !(Array.isArray(inner) && inner.length === 0),
  );
  return set?.[0].toUpperCase();
}

/** The kind of device that a user agent names, as the traffic overview of AWS WAF groups requests. */
function deviceOf(userAgent: string | undefined): string {
  if (userAgent === undefined || userAgent === "") return "none named";
  return DEVICES.find(([pattern]) => pattern.test(userAgent))?.[1] ?? "other";
}
