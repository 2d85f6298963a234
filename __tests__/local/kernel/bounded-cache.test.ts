import { BoundedCache } from "../../../local/kernel/bounded-cache";

test("a bounded cache never grows over its limit and forgets the oldest first", () => {
  const cache = new BoundedCache<number>(2);

  cache.set("a", 1);
  cache.set("b", 2);
  cache.set("c", 3);

  expect(cache.size).toBe(2);
  expect([cache.get("a"), cache.get("b"), cache.get("c")]).toEqual([undefined, 2, 3]);
});
