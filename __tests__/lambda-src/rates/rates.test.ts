import { DependencyError } from "../../../lambda-src/common/dependency-error";
import { type RateTable, rateTableIn } from "../../../lambda-src/rates/rate-table";
import { Rates } from "../../../lambda-src/rates/rates";
import { RATES } from "../../support/rates-provider";

const signal = new AbortController().signal;
const tableOf = (rate: number): RateTable => ({ base: "USD", timestamp: 1, rates: new Map([["EUR", rate]]) });
const down = new DependencyError("failed", { operation: "rates:latest", reason: "an error" });

/** Rates over a provider that the test sets, and a clock that the test moves. */
function scene() {
  const state = {
    provider: tableOf(1) as RateTable | Error,
    calls: 0,
    time: 1_000_000,
    troubles: [] as string[],
  };
  const rates = new Rates({
    fetch: async () => {
      state.calls += 1;
      if (state.provider instanceof Error) throw state.provider;
      return state.provider;
    },
    now: () => state.time,
    onTrouble: ({ details }) => state.troubles.push(details.reason),
  });
  return { state, rates };
}

describe("The rates", () => {
  it("are asked for once a minute, by one call for all who want them at once", async () => {
    const { state, rates } = scene();

    await Promise.all([rates.current(signal), rates.current(signal)]);
    state.time += 59_999;
    await rates.current(signal);
    expect(state.calls).toBe(1);

    state.provider = tableOf(2);
    state.time += 1;
    expect(await rates.current(signal)).toEqual({ table: tableOf(2), stale: false });
  });

  it("are the last ones while the provider is down, and say so", async () => {
    const { state, rates } = scene();
    await rates.current(signal);
    state.provider = down;
    state.time += 60_000;

    expect(await rates.current(signal)).toEqual({ table: tableOf(1), stale: true });
    expect(state.troubles).toEqual(["an error"]);
  });

  it("are not given when they are an hour old", async () => {
    const { state, rates } = scene();
    await rates.current(signal);
    state.provider = down;

    state.time += 60 * 60_000 - 1;
    expect(await rates.current(signal)).toMatchObject({ stale: true });
    state.time += 1;
    await expect(rates.current(signal)).rejects.toBe(down);
  });

  it("fail while the provider is down and has never answered", async () => {
    const { state, rates } = scene();
    state.provider = down;

    await expect(rates.current(signal)).rejects.toBe(down);
  });

  it("are not asked for during half a minute after three failures, and then by one call", async () => {
    const { state, rates } = scene();
    state.provider = down;
    for (let call = 0; call < 3; call++) await expect(rates.current(signal)).rejects.toBe(down);

    await expect(rates.current(signal)).rejects.toMatchObject({
      trouble: "unavailable",
      details: { reason: "the circuit is open" },
    });
    state.time += 29_999;
    await expect(rates.current(signal)).rejects.toMatchObject({ trouble: "unavailable" });
    expect(state.calls).toBe(3);

    state.time += 1;
    const both = await Promise.allSettled([rates.current(signal), rates.current(signal)]);
    expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(state.calls).toBe(4);
    await expect(rates.current(signal)).rejects.toMatchObject({ details: { reason: "the circuit is open" } });
  });

  it("recover by themselves", async () => {
    const { state, rates } = scene();
    state.provider = down;
    for (let call = 0; call < 3; call++) await expect(rates.current(signal)).rejects.toBe(down);
    state.provider = tableOf(3);
    state.time += 30_000;

    expect(await rates.current(signal)).toEqual({ table: tableOf(3), stale: false });
    state.provider = down;
    state.time += 60_000;
    await rates.current(signal);
    await rates.current(signal);
    expect(state.calls).toBe(6);
  });

  it("do not take a defect for a provider that is down", async () => {
    const { state, rates } = scene();
    await rates.current(signal);
    state.provider = new TypeError("undefined is not a function");
    state.time += 60_000;

    await expect(rates.current(signal)).rejects.toBe(state.provider);
  });
});

describe("A table of rates", () => {
  it("is what the provider's answer says, and nothing else of it", () => {
    expect(rateTableIn(RATES)).toEqual({
      base: "USD",
      timestamp: RATES.timestamp,
      rates: new Map(Object.entries(RATES.rates)),
    });
  });

  it.each<[string, unknown]>([
    ["text", "USD"],
    ["a list", []],
    ["nothing", {}],
    ["no rates", { ...RATES, rates: undefined }],
    ["a list of rates", { ...RATES, rates: [1] }],
    ["a rate in words", { ...RATES, rates: { EUR: "0.92" } }],
    ["a rate of nothing", { ...RATES, rates: { EUR: 0 } }],
    ["a rate below nothing", { ...RATES, rates: { EUR: -1 } }],
    ["a rate without an end", { ...RATES, rates: { EUR: Number.POSITIVE_INFINITY } }],
    ["something else for a currency", { ...RATES, rates: { "<script>": 1 } }],
    ["a base in words", { ...RATES, base: "dollars" }],
    ["a time in words", { ...RATES, timestamp: "now" }],
    ["a time that no date has", { ...RATES, timestamp: 1e300 }],
    [
      "more currencies than there are",
      { ...RATES, rates: Object.fromEntries(letters().map((code) => [code, 1])) },
    ],
  ])("is not in %s", (_, answer) => {
    expect(rateTableIn(answer)).toBeUndefined();
  });
});

/** 1,014 codes. */
function letters(): string[] {
  const alphabet = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  return alphabet.flatMap((a) => alphabet.flatMap((b) => [`${a}${b}A`, `${a}${b}B`])).slice(0, 1_014);
}
