import * as v from "valibot";

/** What the provider says that one unit of the base is worth. */
export interface RateTable {
  readonly base: string;
  readonly rates: ReadonlyMap<string, number>;
  /** Seconds since the epoch. */
  readonly timestamp: number;
}

const currencySchema = v.pipe(v.string(), v.regex(/^[A-Z]{3}$/));

const schema = v.object({
  base: currencySchema,
  timestamp: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(253_402_300_799)),
  rates: v.pipe(
    v.custom<object>((value) => typeof value === "object" && !Array.isArray(value)),
    v.record(currencySchema, v.pipe(v.number(), v.finite(), v.gtValue(0))),
    v.check((rates) => Object.keys(rates).length <= 1_000),
  ),
});

/**
 * The table in the provider's answer, of which nothing else is kept; `undefined` for anything but a table.
 *
 * Source: Open Exchange Rates, `latest.json`, https://docs.openexchangerates.org/reference/latest-json
 */
export function rateTableIn(answer: unknown): RateTable | undefined {
  const result = v.safeParse(schema, answer);
  if (!result.success) return undefined;
  const { base, timestamp, rates } = result.output;
  return { base, timestamp, rates: new Map(Object.entries(rates)) };
}
