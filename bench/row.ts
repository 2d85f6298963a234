/** One line of the benchmark's table: what was measured, again and again, and what it must be. */
export interface Row {
  readonly what: string;
  /** `×` is a ratio to what was measured beside it, in the same run. */
  readonly unit: "×" | "ms" | "kB" | "";
  /** Left out where there is nothing to reach: the figure is for whoever wants to know it. */
  readonly goal?: { readonly atMost: number } | { readonly atLeast: number };
  /** In the order in which they were taken; empty where this system does not tell them (CPU time without `/proc`). */
  readonly values: readonly number[];
}

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** `undefined` for no values. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  const sorted = [...values].sort((one, other) => one - other);
  const [least, median, most] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  return least === undefined || median === undefined || most === undefined
    ? undefined
    : { median, least, most };
}

export type Verdict = "met" | "missed" | "in its range" | "not measured" | "";

/**
 * A goal is missed when all values miss it: one that some values meet and others do not is within what the machine's other work
 * changes.
 */
export function verdictOf({ goal, values }: Row): Verdict {
  const spread = spreadOf(values);
  if (spread === undefined) return "not measured";
  if (goal === undefined) return "";
  const [best, middle] = "atMost" in goal ? [spread.least, spread.median] : [spread.most, spread.median];
  const reaches = (value: number) => ("atMost" in goal ? value <= goal.atMost : value >= goal.atLeast);
  if (reaches(middle)) return "met";
  return reaches(best) ? "in its range" : "missed";
}

/** What one measurement took, in milliseconds. */
export interface Taken {
  /** `undefined` where this system does not tell it. */
  readonly cpu: number | undefined;
  readonly wall: number;
}

/** The ratios of what was measured to its yardstick. */
export interface Ratios {
  readonly cpu: number[];
  readonly wall: number[];
}

/** Measures one beside the other, turn by turn, so that what slows the machine down slows both; both are warmed up first. */
export async function beside(
  times: number,
  measure: () => Promise<Taken>,
  yardstick: () => Promise<Taken>,
): Promise<Ratios> {
  await yardstick();
  await measure();
  const ratios: Ratios = { cpu: [], wall: [] };
  for (let time = 0; time < times; time += 1) {
    const base = await yardstick();
    const own = await measure();
    ratios.wall.push(own.wall / base.wall);
    if (own.cpu !== undefined && base.cpu) ratios.cpu.push(own.cpu / base.cpu);
  }
  return ratios;
}

/** CPU time and the time on the clock, each a goal. */
export function ratioRows(what: string, goal: NonNullable<Row["goal"]>, ratios: Ratios): Row[] {
  return [
    { what: `${what}: CPU`, unit: "×", goal, values: ratios.cpu },
    { what: `${what}: clock`, unit: "×", goal, values: ratios.wall },
  ];
}
