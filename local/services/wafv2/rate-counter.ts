import { createHash } from "node:crypto";
import type { Clock } from "../../kernel/clock";

/** As many addresses as one rule can limit: "Listing IP addresses that are being rate limited", AWS WAF Developer Guide. */
const maximumKeys = 10_000;
/** A window is counted in so many slices: requests leave it with that resolution. */
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
