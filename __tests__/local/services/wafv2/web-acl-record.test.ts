import { SampleLog } from "../../../../local/services/wafv2/web-acl-record";
import { TestClock } from "../../../support/test-clock";

describe("the sample log", () => {
  it("keeps 500 samples, the newest, however many are asked for", () => {
    const clock = new TestClock();
    const log = new SampleLog<number>(clock);
    for (let sample = 0; sample < 1700; sample++) log.add(sample);

    const { samples, population } = log.within({ start: 0, end: clock.now() }, 100_000);

    expect(samples.map(({ sample }) => sample)).toEqual(Array.from({ length: 500 }, (_, at) => 1200 + at));
    expect(population).toBe(1700);
  });
});
