import fc from "fast-check";
import { TokenBucket } from "../../../../local/services/apigateway/edge/token-bucket";
import { TestClock } from "../../../support/test-clock";

const steps = fc.array(
  fc.record({ wait: fc.integer({ min: 0, max: 3000 }), requests: fc.integer({ min: 0, max: 9 }) }),
  {
    maxLength: 40,
  },
);
const limit = fc.record({ rate: fc.integer({ min: 0, max: 50 }), burst: fc.integer({ min: 0, max: 20 }) });

/** What a bucket grants, request by request. */
function run(
  rate: number,
  burst: number,
  sequence: readonly { wait: number; requests: number }[],
): boolean[] {
  const clock = new TestClock();
  const bucket = new TokenBucket(clock, { rate, burst });
  return sequence.flatMap(({ wait, requests }) => {
    clock.advance({ milliseconds: wait });
    return Array.from({ length: requests }, () => bucket.take());
  });
}

/** The same in exact arithmetic, millisecond by millisecond. */
function reference(
  rate: number,
  burst: number,
  sequence: readonly { wait: number; requests: number }[],
): boolean[] {
  let level = BigInt(burst) * 1000n;
  return sequence.flatMap(({ wait, requests }) => {
    for (let elapsed = 0; elapsed < wait; elapsed += 1) {
      level += BigInt(rate);
      if (level > BigInt(burst) * 1000n) level = BigInt(burst) * 1000n;
    }
    return Array.from({ length: requests }, () => {
      if (level < 1000n) return false;
      level -= 1000n;
      return true;
    });
  });
}

test("grants exactly what a bucket in exact arithmetic grants", () => {
  fc.assert(
    fc.property(limit, steps, ({ rate, burst }, sequence) => {
      expect(run(rate, burst, sequence)).toEqual(reference(rate, burst, sequence));
    }),
  );
});

test("never grants more than burst + rate × time", () => {
  fc.assert(
    fc.property(limit, steps, ({ rate, burst }, sequence) => {
      const granted = run(rate, burst, sequence).filter(Boolean).length;
      const seconds = sequence.reduce((sum, { wait }) => sum + wait, 0) / 1000;

      expect(granted).toBeLessThanOrEqual(burst + rate * seconds);
    }),
  );
});

test("grants a whole burst at first, then one request a token", () => {
  const clock = new TestClock();
  const bucket = new TokenBucket(clock, { rate: 2, burst: 3 });

  const first = [1, 2, 3, 4].map(() => bucket.take());
  clock.advance({ milliseconds: 499 });
  const early = bucket.take();
  clock.advance({ milliseconds: 1 });
  const due = bucket.take();

  expect([first, early, due]).toEqual([[true, true, true, false], false, true]);
});

test("a clock that is set back takes nothing away, and grants nothing twice when it comes forward again", () => {
  const clock = new TestClock();
  const bucket = new TokenBucket(clock, { rate: 1, burst: 2 });
  bucket.take();

  clock.advance({ milliseconds: -10_000 });
  const back = [bucket.take(), bucket.take()];
  clock.advance({ milliseconds: 10_000 });
  const again = bucket.take();

  expect([back, again]).toEqual([[true, false], false]);
});

test("asking for a token takes none", () => {
  const bucket = new TokenBucket(new TestClock(), { rate: 0, burst: 1 });

  expect([bucket.hasToken(), bucket.hasToken(), bucket.take(), bucket.hasToken()]).toEqual([
    true,
    true,
    true,
    false,
  ]);
});
