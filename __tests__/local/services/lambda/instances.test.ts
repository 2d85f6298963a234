import type { InstanceReport } from "../../../../local/services/lambda/instance/instance";
import { type Environment, Instances, type Taken } from "../../../../local/services/lambda/instances";
import { RunLog } from "../../../../local/services/lambda/run-log";
import { TestClock } from "../../../support/test-clock";

/** An instance whose handler is loaded when the test says so. */
class TestInstance implements Environment {
  peakMemoryBytes = 0;
  usable = true;
  rests = false;
  report: (report: InstanceReport) => void = () => {};
  readonly #loaded = new Promise<InstanceReport>((resolve) => {
    this.report = resolve;
  });

  constructor(readonly version: string) {}

  loaded(): Promise<InstanceReport> {
    return this.#loaded;
  }

  run(): Promise<InstanceReport> {
    throw new Error("nothing runs here");
  }

  rest(): void {
    this.rests = true;
  }

  async stop(): Promise<void> {
    this.usable = false;
    this.report({ type: "exit", code: null, signal: "SIGKILL" });
  }
}

const ready: InstanceReport = { type: "ready" };
const failure: InstanceReport = { type: "init-failure", payload: '{"errorType":"Error"}' };

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ["setImmediate", "nextTick", "queueMicrotask"] });
});

const opened: Instances[] = [];
afterEach(() => Promise.all(opened.splice(0).map((instances) => instances.close())));

function setUp(startsAtOnce = 2) {
  const started: TestInstance[] = [];
  const log = new RunLog({ put: () => {} }, new TestClock(), "/aws/lambda/F", "stream", "$LATEST", true);
  const instances = new Instances(
    async (version) => {
      const instance = new TestInstance(version);
      started.push(instance);
      return { instance, version, log, startedWith: "", isWarm: false };
    },
    60_000,
    startsAtOnce,
  );
  opened.push(instances);
  const got: (Taken | undefined)[] = [];
  const take = (version = "$LATEST") =>
    void instances.take(version).then(
      (taken) => got.push(taken),
      () => {},
    );
  return { started, instances, got, take };
}

/** Everything that follows without more coming from outside. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("a function's instances", () => {
  it("serve a burst of short runs with the first that is there, in the order in which they came", async () => {
    const { started, instances, got, take } = setUp();
    for (let run = 0; run < 20; run += 1) take();
    await settled();
    jest.advanceTimersByTime(40);
    started[0]?.report(ready);
    await settled();

    for (let run = 0; run < 20; run += 1) {
      const taken = got[run];
      expect(taken?.instance).toBe(started[0]);
      if (taken !== undefined) await instances.giveBack(taken);
      await settled();
    }

    expect(got).toHaveLength(20);
    expect(started).toHaveLength(1);
    expect(got.map((taken) => taken?.init !== undefined)).toEqual([true, ...Array(19).fill(false)]);
  });

  it("are as many as there are runs that hold theirs longer than a start takes, started a few at a time", async () => {
    const { started, got, take } = setUp();
    for (let run = 0; run < 5; run += 1) take();
    const counts: number[] = [];

    for (let loaded = 0; loaded < 5; loaded += 1) {
      await settled();
      counts.push(started.length);
      jest.advanceTimersByTime(100);
      await settled();
      counts.push(started.length);
      started[loaded]?.report(ready);
    }
    await settled();

    expect(counts).toEqual([1, 2, 2, 3, 3, 4, 4, 5, 5, 5]);
    expect(got.map((taken) => taken?.instance)).toEqual(started);
  });

  it("wait for a next run when nobody needs them any more, and are cold to it", async () => {
    const { started, instances, got, take } = setUp();
    take();
    take();
    jest.advanceTimersByTime(100);
    await settled();
    started[0]?.report(ready);
    await settled();
    if (got[0] !== undefined) await instances.giveBack(got[0]);
    started[1]?.report(ready);
    await settled();
    expect(started[1]?.rests).toBe(true);

    take();
    await settled();

    expect(got[2]?.instance).toBe(started[1]);
    expect(got[2]?.init?.report).toBe(ready);
  });

  it("that cannot be loaded are one run's failure; the next gets another", async () => {
    const { started, got, take } = setUp(1);
    take();
    take();
    await settled();
    started[0]?.report(failure);
    await settled();
    jest.advanceTimersByTime(100);
    await settled();

    expect(got[0]?.init?.report).toBe(failure);
    expect(started).toHaveLength(2);
    started[1]?.report(ready);
    await settled();
    expect(got[1]?.instance).toBe(started[1]);
  });

  it("of code that was replaced while they were loading run nothing", async () => {
    const { started, instances, got, take } = setUp(1);
    take();
    await settled();
    await instances.renew();

    started[0]?.report(ready);
    await settled();

    expect(got).toEqual([]);
    expect(started.map(({ usable }) => usable)).toEqual([false, true]);
    started[1]?.report(ready);
    await settled();
    expect(got[0]?.instance).toBe(started[1]);
  });

  it("run only the version that they were started for", async () => {
    const { started, got, take } = setUp();
    take("1");
    take("2");
    await settled();
    expect(started.map(({ version }) => version)).toEqual(["1", "2"]);

    started[1]?.report(ready);
    await settled();

    expect(got.map((taken) => taken?.version)).toEqual(["2"]);
  });

  it("end with those that are being started, and who waits gets none", async () => {
    const { started, instances, got, take } = setUp();
    for (let run = 0; run < 3; run += 1) take();
    jest.advanceTimersByTime(100);
    await settled();

    await instances.close();
    take();
    await settled();

    expect(got).toEqual([undefined, undefined, undefined, undefined]);
    expect(started.map(({ usable }) => usable)).toEqual([false, false]);
    expect(instances.count).toBe(0);
  });

  it("tell the run that waits why none could be started", async () => {
    const instances = new Instances(() => Promise.reject(new Error("no code")), 60_000, 1);

    await expect(instances.take("$LATEST")).rejects.toThrow("no code");
    await expect(instances.start("$LATEST")).rejects.toThrow("no code");
  });
});
