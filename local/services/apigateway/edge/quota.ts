export type QuotaPeriod = "DAY" | "WEEK" | "MONTH";

export interface QuotaLimit {
  readonly limit: number;
  readonly period: QuotaPeriod;
  /**
   * The day on which a period starts: 0 is Sunday, or the month's first. (The AWS provider accepts 0 for DAY, 0 to 6
   * for WEEK and 0 to 27 for MONTH, which only days explain, whatever the API reference says.)
   */
  readonly offset: number;
}

const DAY = 86_400_000;

/** When the period that has `now` in it began, in UTC. */
export function periodStart({ period, offset }: QuotaLimit, now: number): number {
  const date = new Date(now);
  const midnight = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  if (period === "DAY") return midnight;
  if (period === "WEEK") return midnight - ((date.getUTCDay() - offset + 7) % 7) * DAY;
  const month = date.getUTCDate() > offset ? date.getUTCMonth() : date.getUTCMonth() - 1;
  return Date.UTC(date.getUTCFullYear(), month, 1 + offset);
}

/** Counts one client's requests of the current period: one number, however many requests. */
export class QuotaCounter {
  private start = Number.NaN;
  private count = 0;

  constructor(readonly quota: QuotaLimit) {}

  /** Requests of the period that was last looked at. */
  get used(): number {
    return this.count;
  }

  hasRoom(now: number): boolean {
    this.roll(now);
    return this.count < this.quota.limit;
  }

  add(now: number): void {
    this.roll(now);
    this.count += 1;
  }

  private roll(now: number): void {
    const start = periodStart(this.quota, now);
    if (start === this.start) return;
    this.start = start;
    this.count = 0;
  }
}
