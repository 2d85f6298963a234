import { beside, type Row, spreadOf, verdictOf } from "../../bench/row";

const row = (goal: Row["goal"], ...values: number[]): Row => ({
  ...{ what: "w", unit: "×", values },
  ...(goal !== undefined && { goal }),
});

describe("a goal of the benchmark", () => {
  test.each([
    [{ atMost: 2 }, [1, 2, 3], "met"],
    [{ atMost: 2 }, [1, 3, 4], "in its range"],
    [{ atMost: 2 }, [3, 4, 2.1], "missed"],
    [{ atLeast: 2 }, [1, 2, 3], "met"],
    [{ atLeast: 2 }, [1, 1.5, 2], "in its range"],
    [{ atLeast: 2 }, [1, 1.5, 1.9], "missed"],
    [{ atMost: 2 }, [], "not measured"],
    [undefined, [9], ""],
  ] as const)("of %j is, with %j, %s", (goal, values, verdict) => {
    expect(verdictOf(row(goal, ...values))).toBe(verdict);
  });

  test("has a spread that does not depend on the order of its values", () => {
    expect(spreadOf([3, 1, 10, 2])).toEqual({ least: 1, median: 3, most: 10 });
    expect(spreadOf([])).toBeUndefined();
  });
});

describe("two measurements beside each other", () => {
  const taken = (cpu: number | undefined, wall: number) => () => Promise.resolve({ cpu, wall });

  test("take turns after both were warmed up, and give a ratio for each turn", async () => {
    const order: string[] = [];
    const ratios = await beside(
      2,
      async () => {
        order.push("own");
        return { cpu: 6, wall: 8 };
      },
      async () => {
        order.push("yardstick");
        return { cpu: 2, wall: 4 };
      },
    );

    expect(ratios).toEqual({ cpu: [3, 3], wall: [2, 2] });
    expect(order).toEqual(Array.from({ length: 3 }, () => ["yardstick", "own"]).flat());
  });

  test("have no ratio of CPU times where the system tells none, or less than it can tell", async () => {
    expect(await beside(1, taken(undefined, 1), taken(1, 1))).toEqual({ cpu: [], wall: [1] });
    expect(await beside(1, taken(1, 1), taken(0, 1))).toEqual({ cpu: [], wall: [1] });
  });
});
