import { createHash } from "node:crypto";
import type { Attributes } from "../../deployment/attributes";
import type { Clock } from "../../kernel/clock";
import { parseAddress } from "./ip-address";
import { forwardedAddresses, readFallback } from "./ip-set";
import { type RateLimit, type RequestView, valuesOf } from "./request-view";
import { type CompileStatement, NotEvaluable, type Outcome } from "./statement";
import { compileTransformations } from "./text-transformations";

/**
 * What a request counts under; `undefined` where a component of the key is missing, so that the rule leaves the request
 * alone; an outcome where the fallback decides without counting.
 */
type Aggregation = { readonly key: string } | { readonly outcome: Outcome };
type Component = (view: RequestView) => string | undefined;

const missing: Aggregation = { outcome: "no match" };

/**
 * Matches the requests beyond the limit in the sliding window, for each aggregation instance. Exact where AWS WAF only
 * estimates, about every 10 seconds: never assert an exact count against AWS.
 */
export const compileRateBased: CompileStatement = (block, context, nested) => {
  const limit = block.number("limit");
  if (!Number.isInteger(limit) || limit < 10) return block.fail("limit", "a whole number of at least 10");
  const window = block.number("evaluation_window_sec", 300) || 300;
  if (![60, 120, 300, 600].includes(window))
    return block.fail("evaluation_window_sec", "60, 120, 300 or 600");

  const scope = block.block("scope_down_statement");
  const scopeDown = scope && nested(scope);
  const aggregateBy = block.optionalString("aggregate_key_type") ?? "IP";
  const aggregate = compileAggregation(aggregateBy, block, scopeDown !== undefined);
  const counter = new RateCounter(window, context.clock);
  return (view) => {
    const inScope = scopeDown?.(view) ?? "match";
    if (inScope !== "match") return inScope;
    const aggregation = aggregate(view);
    if ("outcome" in aggregation) return aggregation.outcome;
    const { key } = aggregation;
    if (view.count(counter, key) <= limit) return "no match";
    const limitKey = limitKeys[aggregateBy] ?? "IP";
    view.rateLimit = {
      limitKey,
      ...(limitKey.endsWith("IP") && { limitValue: key }),
      maxRateAllowed: limit,
      evaluationWindowSec: String(window),
    };
    return "match";
  };
};

const limitKeys: Readonly<Record<string, RateLimit["limitKey"]>> = {
  IP: "IP",
  FORWARDED_IP: "FORWARDED_IP",
  CONSTANT: "CONSTANT",
  CUSTOM_KEYS: "CUSTOMKEYS",
};

function compileAggregation(
  type: string,
  block: Attributes,
  scopedDown: boolean,
): (view: RequestView) => Aggregation {
  switch (type) {
    case "IP":
      return (view) => keyOf(sourceAddress(view));
    case "FORWARDED_IP":
      return forwardedAddress(block);
    case "CONSTANT":
      if (!scopedDown) return block.fail("scope_down_statement", "set where aggregate_key_type is CONSTANT");
      return () => ({ key: "" });
    case "CUSTOM_KEYS":
      return customKeys(block);
    default:
      return block.fail("aggregate_key_type", "IP, FORWARDED_IP, CONSTANT or CUSTOM_KEYS");
  }
}

const keyOf = (component: string | undefined): Aggregation =>
  component === undefined ? missing : { key: component };

const sourceAddress: Component = (view) => view.sourceAddress?.toNormalizedString();

// "ForwardedIPConfig", AWS WAF API reference: only the first address counts; without the header the rule does not apply.
function forwardedAddress(block: Attributes): (view: RequestView) => Aggregation {
  const config = block.block("forwarded_ip_config") ?? block.fail("forwarded_ip_config", "one block");
  const header = config.string("header_name");
  const fallback = readFallback(config);
  return (view) => {
    const listed = forwardedAddresses(view, header);
    if (listed === undefined) return missing;
    const address = parseAddress(listed[0] ?? "");
    return address === undefined ? { outcome: fallback } : { key: address.toNormalizedString() };
  };
}

function customKeys(block: Attributes): (view: RequestView) => Aggregation {
  const parts = block.blocks("custom_key").map((part) => compileCustomKey(part, block));
  if (parts.length === 0) return block.fail("custom_key", "at least one block");
  return (view) => {
    const keys: string[] = [];
    for (const part of parts) {
      const aggregation = part(view);
      if ("outcome" in aggregation) return aggregation;
      keys.push(aggregation.key);
    }
    return { key: JSON.stringify(keys) };
  };
}

function compileCustomKey(part: Attributes, statement: Attributes): (view: RequestView) => Aggregation {
  if (part.block("forwarded_ip") !== undefined) return forwardedAddress(statement);
  for (const [name, compile] of Object.entries(components)) {
    const block = part.block(name);
    if (block === undefined) continue;
    const component = compile(block);
    return (view) => keyOf(component(view));
  }
  const unavailable = Object.keys(part.values).filter((name) => part.block(name) !== undefined);
  throw new NotEvaluable(`the custom key ${unavailable.join(", ") || "(none)"} is not available`);
}

const components: Readonly<Record<string, (block: Attributes) => Component>> = {
  ip: () => sourceAddress,
  http_method: () => (view) => view.method,
  uri_path: (block) => transformed(block, (view) => view.path),
  query_string: (block) => transformed(block, (view) => view.queryString || undefined),
  header: (block) => named(block, (view, name) => view.header(name)),
  cookie: (block) => named(block, (view, name) => valuesOf(view.cookies().content, name)),
  query_argument: (block) => named(block, (view, name) => valuesOf(view.queryArguments(), name)),
};

function transformed(block: Attributes, component: Component): Component {
  const transform = compileTransformations(block);
  return (view) => {
    const value = component(view);
    return value === undefined ? undefined : transform(value);
  };
}

function named(block: Attributes, read: (view: RequestView, name: string) => string[]): Component {
  const name = block.string("name");
  return transformed(block, (view) => {
    const values = read(view, name);
    return values.length === 0 ? undefined : values.join(",");
  });
}

/** As many addresses as one rule can limit: "Listing IP addresses that are being rate limited", AWS WAF Developer Guide. */
const maximumKeys = 10_000;
/** The number of slices in which a window is counted: requests leave it slice by slice. */
const slices = 60;

interface Instance {
  /** Pairs of slice number and requests in it, oldest first. */
  readonly counts: { slice: number; requests: number }[];
  total: number;
  lastSlice: number;
}

/**
 * Counts the requests of each aggregation instance in a sliding window. Memory stays bounded: keys that were idle for a
 * whole window go, and of too many keys the one that was idle longest; a long key is kept as its hash.
 */
export class RateCounter {
  /** In order of the last request, the longest idle first. */
  private readonly instances = new Map<string, Instance>();

  constructor(
    private readonly windowSeconds: number,
    private readonly clock: Clock,
  ) {}

  get size(): number {
    return this.instances.size;
  }

  /** Counts one request and tells how many the window now holds, this one included. */
  count(rawKey: string): number {
    const slice = Math.floor((this.clock.now() * slices) / (this.windowSeconds * 1000));
    const key = rawKey.length > 64 ? createHash("sha256").update(rawKey).digest("base64") : rawKey;
    this.makeRoom(slice, this.instances.has(key) ? maximumKeys : maximumKeys - 1);
    const instance = this.instances.get(key) ?? { counts: [], total: 0, lastSlice: slice };
    this.instances.delete(key);
    this.instances.set(key, instance);
    return add(instance, slice);
  }

  private makeRoom(slice: number, allowed: number): void {
    for (const [key, { lastSlice }] of this.instances) {
      if (lastSlice > slice - slices && this.instances.size <= allowed) return;
      this.instances.delete(key);
    }
  }
}

function add(instance: Instance, slice: number): number {
  const { counts } = instance;
  while (counts[0] !== undefined && counts[0].slice <= slice - slices) {
    instance.total -= counts[0].requests;
    counts.shift();
  }
  const newest = counts.at(-1);
  if (newest?.slice === slice) newest.requests++;
  else counts.push({ slice, requests: 1 });
  instance.lastSlice = slice;
  return ++instance.total;
}
