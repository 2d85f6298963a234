import { DependencyError, type Trouble } from "../../../lambda-src/common/dependency-error";
import { KeptValue } from "../../../lambda-src/common/kept-value";

const signal = new AbortController().signal;
const trouble = (kind: Trouble) =>
  new DependencyError(kind, { operation: "secretsmanager:GetSecretValue", reason: kind });

/** A value over a secret that the test sets, and a clock that the test moves. */
function scene(maxAgeMs = 60_000) {
  const state = { secret: "old" as string | Error, reads: 0, time: 0, stale: [] as DependencyError[] };
  const kept = new KeptValue<string>({
    read: async () => {
      state.reads += 1;
      if (state.secret instanceof Error) throw state.secret;
      return state.secret;
    },
    maxAgeMs,
    now: () => state.time,
    onStale: (error) => state.stale.push(error),
  });
  return { state, kept };
}

describe("A value that is kept", () => {
  it("is read once until its age is over, and then again", async () => {
    const { state, kept } = scene();
    await kept.current(signal);
    state.secret = "new";

    state.time = 59_999;
    const before = await kept.current(signal);
    state.time = 60_000;
    const after = await kept.current(signal);

    expect([before, after]).toEqual(["old", "new"]);
    expect(state.reads).toBe(2);
  });

  it("is read by one call for all who ask at once", async () => {
    const { state, kept } = scene();

    const all = await Promise.all([kept.current(signal), kept.current(signal), kept.current(signal)]);

    expect(all).toEqual(["old", "old", "old"]);
    expect(state.reads).toBe(1);
  });

  it("fails for all who asked at once, and is read anew by the next", async () => {
    const { state, kept } = scene();
    state.secret = trouble("unavailable");

    const all = await Promise.allSettled([kept.current(signal), kept.current(signal)]);
    state.secret = "new";

    expect(all.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(state.reads).toBe(1);
    await expect(kept.current(signal)).resolves.toBe("new");
  });

  it.each<Trouble>(["failed", "unavailable"])(
    "stays in use past its age while the secret can't be read (%s), with a word about it",
    async (kind) => {
      const { state, kept } = scene();
      await kept.current(signal);
      state.secret = trouble(kind);
      state.time = 60_000;

      const address = await kept.current(signal);

      expect(address).toBe("old");
      expect(state.stale).toEqual([state.secret]);
    },
  );

  it("is not asked for with every request during an outage, but soon again", async () => {
    const { state, kept } = scene();
    await kept.current(signal);
    state.secret = trouble("unavailable");
    state.time = 60_000;

    for (let request = 0; request < 5; request += 1) await kept.current(signal);
    const readsInOutage = state.reads;
    state.secret = "new";
    state.time += 10_000;

    expect(readsInOutage).toBe(2);
    await expect(kept.current(signal)).resolves.toBe("new");
  });

  it("is not used past its age when the secret is refused, nor in an outage after that", async () => {
    const { state, kept } = scene();
    await kept.current(signal);
    state.time = 60_000;

    state.secret = trouble("refused");
    await expect(kept.current(signal)).rejects.toBe(state.secret);
    state.secret = trouble("unavailable");

    await expect(kept.current(signal)).rejects.toBe(state.secret);
    expect(state.stale).toEqual([]);
  });

  it("is not used past its age when something else goes wrong", async () => {
    const { state, kept } = scene();
    await kept.current(signal);
    state.time = 60_000;
    state.secret = new TypeError("a defect");

    await expect(kept.current(signal)).rejects.toBe(state.secret);
  });
});

describe("The address instead of one that is gone", () => {
  it("is read at once, and kept", async () => {
    const { state, kept } = scene();
    const gone = await kept.current(signal);
    state.secret = "new";

    const replacement = await kept.insteadOf(gone, signal);

    expect(replacement).toBe("new");
    await expect(kept.current(signal)).resolves.toBe("new");
    expect(state.reads).toBe(2);
  });

  it("is not read again by those who learn later that the old one is gone", async () => {
    const { state, kept } = scene();
    const gone = await kept.current(signal);
    state.secret = "new";
    await kept.insteadOf(gone, signal);

    const replacement = await kept.insteadOf(gone, signal);

    expect(replacement).toBe("new");
    expect(state.reads).toBe(2);
  });

  it("is never the old one for want of a new one", async () => {
    const { state, kept } = scene();
    const gone = await kept.current(signal);
    state.secret = trouble("unavailable");

    await expect(kept.insteadOf(gone, signal)).rejects.toBe(state.secret);
    expect(state.stale).toEqual([]);
  });
});
