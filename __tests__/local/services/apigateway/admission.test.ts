import { periodStart, QuotaCounter } from "../../../../local/services/apigateway/edge/quota";
import type { Resources, Values } from "../../../support/deployment";
import {
  Bench,
  baseResources,
  headersOf,
  lambdaMethod,
  NOW,
  openMethod,
  resource,
  type Sent,
  textOf,
  usagePlan,
} from "./fixture";

const settings = (methodPath: string, values: Values): Resources => ({
  [`aws_api_gateway_method_settings.${methodPath}`]: {
    rest_api_id: "a1b2c3d4e5",
    stage_name: "development",
    method_path: methodPath,
    settings: [values],
  },
});
const limit = (rate: number, burst: number): Values => ({
  throttling_rate_limit: rate,
  throttling_burst_limit: burst,
});
const keyed: Resources = {
  ...baseResources(),
  ...resource("open", "res002"),
  ...lambdaMethod("open", "res002", "GET", { api_key_required: true }),
};
const withKey: Sent["headers"] = [["X-API-Key", "client-key-value-0001"]];

async function statuses(
  bench: Bench,
  count: number,
  target = "/development/open",
  headers: Sent["headers"] = [],
) {
  const all: number[] = [];
  for (let index = 0; index < count; index += 1) all.push((await bench.get(target, headers)).status);
  return all;
}

test("a method's own limit goes before the stage's, which holds for each of the others by itself", async () => {
  const bench = new Bench({
    ...baseResources(),
    ...openMethod,
    ...resource("other", "res003"),
    ...lambdaMethod("other", "res003", "GET"),
    ...settings("*/*", limit(1, 2)),
    ...settings("open/GET", limit(1, 1)),
  });

  const open = await statuses(bench, 2);
  const other = await statuses(bench, 3, "/development/other");

  expect(open).toEqual([200, 429]);
  expect(other).toEqual([200, 200, 429]);
});

test("a limit of -1 is no limit, a limit of 0 lets nothing through", async () => {
  const unlimited = new Bench({ ...baseResources(), ...openMethod, ...settings("*/*", limit(-1, -1)) });
  const closed = new Bench({ ...baseResources(), ...openMethod, ...settings("*/*", limit(0, 0)) });

  expect(new Set(await statuses(unlimited, 100))).toEqual(new Set([200]));
  expect(await statuses(closed, 1)).toEqual([429]);
});

test("settings for a nested path find it with the slash escaped or not", async () => {
  for (const methodPath of ["a~1b/GET", "a/b/GET", "/a/b/GET", "a/b/ANY"]) {
    const bench = new Bench({
      ...baseResources(),
      ...resource("a", "res003"),
      ...resource("b", "res004", "res003"),
      ...lambdaMethod("b", "res004", methodPath.endsWith("ANY") ? "ANY" : "GET"),
      ...settings(methodPath, limit(1, 1)),
    });

    expect(await statuses(bench, 2, "/development/a/b")).toEqual([200, 429]);
  }
});

test("a throttled client is admitted again as tokens come in, and learns no Retry-After", async () => {
  const bench = new Bench({ ...baseResources(), ...openMethod, ...settings("*/*", limit(2, 1)) });
  await bench.get("/development/open");

  const refused = await bench.get("/development/open");
  bench.clock.advance({ milliseconds: 500 });
  const admitted = await bench.get("/development/open");

  expect([refused.status, admitted.status]).toEqual([429, 200]);
  expect(headersOf(refused)).not.toHaveProperty("retry-after");
  expect(refused.decision.detail).toBe("stage development GET /open: 2 a second, burst 1");
});

test("a flood without tokens is not throttled by the stage: the authorizer comes first", async () => {
  const bench = new Bench({ ...baseResources(), ...settings("*/*", limit(1, 1)) });

  const flood = await Promise.all([1, 2, 3].map(() => bench.send({ headers: [] })));
  const signedIn = await bench.send();

  expect(flood.map(({ status }) => status)).toEqual([401, 401, 401]);
  expect(signedIn.status).toBe(200);
});

test("the account's limit holds where no other does", async () => {
  const bench = new Bench({ ...baseResources(), ...openMethod });

  const all = await statuses(bench, 5001);

  expect(all.slice(0, 5000).every((status) => status === 200)).toBe(true);
  expect(all[5000]).toBe(429);
});

test("a plan's limit for a method goes before its limit for the client, which holds over all methods", async () => {
  const resources: Resources = {
    ...keyed,
    ...resource("other", "res003"),
    ...lambdaMethod("other", "res003", "GET", { api_key_required: true }),
    ...usagePlan(
      { throttle_settings: [{ rate_limit: 1, burst_limit: 1 }] },
      { throttle: [{ path: "/open/GET", rate_limit: 1, burst_limit: 3 }] },
    ),
  };
  const bench = new Bench(resources);

  expect(await statuses(bench, 4, "/development/open", withKey)).toEqual([200, 200, 200, 429]);
  expect(await statuses(bench, 2, "/development/other", withKey)).toEqual([200, 429]);
});

test("one client's limit does not touch another's", async () => {
  const bench = new Bench({
    ...keyed,
    ...usagePlan({ throttle_settings: { rate_limit: 1, burst_limit: 1 } }),
    "aws_api_gateway_api_key.second": { id: "key002", name: "second", value: "second-key-value-0002" },
    "aws_api_gateway_usage_plan_key.second": {
      key_id: "key002",
      key_type: "API_KEY",
      usage_plan_id: "plan01",
    },
  });
  await statuses(bench, 2, "/development/open", withKey);

  const second = await bench.get("/development/open", [["x-api-key", "second-key-value-0002"]]);

  expect(second.status).toBe(200);
});

test("a refused request neither takes a token of another limit nor counts towards a quota", async () => {
  const bench = new Bench({
    ...keyed,
    ...usagePlan({ quota_settings: { limit: 2, period: "DAY" } }),
    ...settings("*/*", limit(1, 1)),
  });

  const first = await statuses(bench, 3, "/development/open", withKey);
  bench.clock.advance({ milliseconds: 1000 });
  const second = await statuses(bench, 1, "/development/open", withKey);
  bench.clock.advance({ milliseconds: 1000 });
  const third = await bench.get("/development/open", withKey);

  expect([first, second]).toEqual([[200, 429, 429], [200]]);
  expect(textOf(third)).toBe('{"message":"Limit Exceeded"}');
});

test("the quota starts again with the next period", async () => {
  const bench = new Bench({ ...keyed, ...usagePlan({ quota_settings: { limit: 1, period: "DAY" } }) });
  await bench.get("/development/open", withKey);
  const spent = await bench.get("/development/open", withKey);

  bench.clock.advance({ milliseconds: 86_400_000 });
  const nextDay = await bench.get("/development/open", withKey);

  expect([spent.status, nextDay.status]).toEqual([429, 200]);
});

test("a method that requires no key looks at none", async () => {
  const bench = new Bench({
    ...baseResources(),
    ...openMethod,
    ...usagePlan({ quota_settings: { limit: 1, period: "DAY" } }),
  });

  const responses = await statuses(bench, 3, "/development/open", withKey);

  expect(responses).toEqual([200, 200, 200]);
  expect(bench.event()).not.toHaveProperty("requestContext.identity.apiKey");
});

test("the function learns the key that a method required", async () => {
  const bench = new Bench({ ...keyed, ...usagePlan() });

  await bench.get("/development/open", withKey);

  expect(bench.event()).toMatchObject({
    requestContext: { identity: { apiKey: "client-key-value-0001", apiKeyId: "key001" } },
  });
});

test("a key without a value of its own gets one", () => {
  const bench = new Bench({ ...keyed, ...usagePlan({}, {}, { value: null }) });

  expect(bench.edge.apiKeys[0]?.value).toMatch(/^[\w-]{40}$/);
});

describe("a quota's period", () => {
  const day = (date: string) => Date.parse(`${date}T00:00:00Z`);
  // 2026-11-22, 15:04:05, is a Sunday.
  test.each([
    ["DAY", 0, "2026-11-22"],
    ["WEEK", 0, "2026-11-22"],
    ["WEEK", 1, "2026-11-16"],
    ["WEEK", 6, "2026-11-21"],
    ["MONTH", 0, "2026-11-01"],
    ["MONTH", 21, "2026-11-22"],
    ["MONTH", 22, "2026-10-23"],
  ] as const)("%s with the offset %i began on %s", (period, offset, start) => {
    expect(periodStart({ limit: 1, period, offset }, NOW)).toBe(day(start));
  });

  test("a counter holds no more than one period", () => {
    const counter = new QuotaCounter({ limit: 1, period: "DAY", offset: 0 });
    counter.add(NOW);

    expect([counter.hasRoom(NOW), counter.hasRoom(NOW + 86_400_000)]).toEqual([false, true]);
  });
});
