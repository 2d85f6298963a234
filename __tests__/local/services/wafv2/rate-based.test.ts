import fc from "fast-check";
import { RateCounter } from "../../../../local/services/wafv2/rate-based";
import { TestClock } from "../../../support/test-clock";
import { type Block, byteMatch, inspectorOf, noTransformation, type RequestParts, rule } from "./fixture";

const rate = (more: Block = {}): Block => ({
  rate_based_statement: { limit: 10, evaluation_window_sec: 60, aggregate_key_type: "IP", ...more },
});

function limiter(more: Block = {}) {
  const clock = new TestClock();
  const { inspect, webAcls } = inspectorOf([rule(rate(more), { name: "flood" })], [], clock);
  const blocked = (times: number, sent: RequestParts = {}): number =>
    Array.from({ length: times }, () => inspect(sent).action).filter((action) => action === "BLOCK").length;
  return { clock, inspect, blocked, webAcls };
}

const from = (sourceIp: string): RequestParts => ({ sourceIp });
const header = (name: string, value: string): RequestParts => ({ headers: [[name, value]] });

describe("a rate-based rule", () => {
  it("lets the limit through and takes its action on what is beyond", () => {
    const { blocked, webAcls } = limiter();

    expect(blocked(10)).toBe(0);
    expect(blocked(5)).toBe(5);
    expect(webAcls.counts()).toContainEqual({
      ...{ webAcl: "SecureApi", rule: "flood", action: "BLOCK", count: 5 },
    });
  });

  it("counts each address for itself", () => {
    const { blocked } = limiter();

    expect(blocked(12, from("192.0.2.1"))).toBe(2);
    expect(blocked(10, from("192.0.2.2"))).toBe(0);
  });

  it.each([60, 120, 300, 600])("looks back %d seconds and forgets what is older", (evaluation_window_sec) => {
    const { blocked, clock } = limiter({ evaluation_window_sec });
    blocked(10);

    clock.advance({ seconds: evaluation_window_sec / 2 });
    expect(blocked(1)).toBe(1);
    clock.advance({ seconds: evaluation_window_sec / 2 });
    expect(blocked(9)).toBe(0);
    expect(blocked(1)).toBe(1);
  });

  it("goes on blocking a client that does not slow down, and stops when it does", () => {
    const { blocked, clock } = limiter();

    for (let minute = 0; minute < 3; minute++) {
      expect(blocked(30)).toBe(minute === 0 ? 20 : 30);
      clock.advance({ seconds: 30 });
    }
    clock.advance({ seconds: 60 });
    expect(blocked(10)).toBe(0);
  });

  it("lets the flood through when the rule is taken out", () => {
    const { inspect } = inspectorOf([]);

    expect(Array.from({ length: 100 }, () => inspect().action)).not.toContain("BLOCK");
  });

  it("has a window of 300 seconds and the source address by default", () => {
    const clock = new TestClock();
    const { inspect } = inspectorOf([rule({ rate_based_statement: { limit: 10 } })], [], clock);
    for (let count = 0; count < 10; count++) inspect();

    clock.advance({ seconds: 290 });
    expect(inspect().action).toBe("BLOCK");
    expect(inspect(from("192.0.2.77")).action).toBe("ALLOW");
  });

  it("counts only what the scope-down statement matches", () => {
    const { blocked } = limiter({ scope_down_statement: byteMatch("/login") });

    expect(blocked(50, { path: "/other" })).toBe(0);
    expect(blocked(12, { path: "/login" })).toBe(2);
    expect(blocked(1, { path: "/other" })).toBe(0);
  });

  it("is not evaluated where its scope-down statement is not", () => {
    const { blocked, webAcls } = limiter({
      scope_down_statement: { geo_match_statement: { country_codes: ["US"] } },
    });

    expect(blocked(20)).toBe(0);
    expect(webAcls.counts()).toContainEqual({
      ...{ webAcl: "SecureApi", rule: "flood", action: "NOT_EVALUATED", count: 20 },
    });
  });

  it("counts all in one with CONSTANT", () => {
    const { blocked } = limiter({ aggregate_key_type: "CONSTANT", scope_down_statement: byteMatch("/") });

    expect(blocked(10, from("192.0.2.1"))).toBe(0);
    expect(blocked(3, from("192.0.2.2"))).toBe(3);
  });

  it("counts by the first forwarded address, falls back, and leaves requests without the header alone", () => {
    const forwarded_ip_config = { header_name: "X-Forwarded-For", fallback_behavior: "MATCH" };
    const { blocked } = limiter({ aggregate_key_type: "FORWARDED_IP", forwarded_ip_config });

    expect(blocked(12, header("x-forwarded-for", "198.51.100.1, 203.0.113.1"))).toBe(2);
    expect(blocked(10, header("x-forwarded-for", "198.51.100.2, 203.0.113.1"))).toBe(0);
    expect(blocked(3, header("x-forwarded-for", "garbage"))).toBe(3);
    expect(blocked(50)).toBe(0);
  });

  it.each<[string, Block, RequestParts, RequestParts, RequestParts | undefined]>([
    ["ip", { ip: {} }, from("192.0.2.1"), from("192.0.2.2"), from("none")],
    ["http_method", { http_method: {} }, { method: "GET" }, { method: "PUT" }, undefined],
    ["header", { header: { name: "X-A" } }, header("x-a", "1"), header("x-a", "2"), header("x-b", "1")],
    [
      "cookie",
      { cookie: { name: "a" } },
      header("cookie", "a=1"),
      header("cookie", "a=2"),
      header("cookie", "b=1"),
    ],
    [
      "query_argument",
      { query_argument: { name: "a" } },
      { queryString: "a=1" },
      { queryString: "a=2" },
      { queryString: "b=1" },
    ],
    ["query_string", { query_string: {} }, { queryString: "a" }, { queryString: "b" }, { queryString: "" }],
    ["uri_path", { uri_path: {} }, { path: "/a" }, { path: "/b" }, undefined],
  ])("counts by the custom key %s, and leaves requests without it alone", (_, key, one, other, without) => {
    const [[name, block] = ["", {}]] = Object.entries(key);
    const transformed: Block = { [name]: { ...Object(block), text_transformation: [noTransformation] } };
    const { blocked } = limiter({ aggregate_key_type: "CUSTOM_KEYS", custom_key: [transformed] });

    expect(blocked(12, one)).toBe(2);
    expect(blocked(10, other)).toBe(0);
    if (without !== undefined) expect(blocked(50, without)).toBe(0);
  });

  it("combines custom keys, transformed, without mixing them up", () => {
    const text_transformation = { priority: 0, type: "LOWERCASE" };
    const custom_key: Block[] = [
      { header: { name: "a", text_transformation } },
      { header: { name: "b", text_transformation } },
      { forwarded_ip: {} },
    ];
    const forwarded_ip_config = { header_name: "ip", fallback_behavior: "NO_MATCH" };
    const { blocked } = limiter({ aggregate_key_type: "CUSTOM_KEYS", custom_key, forwarded_ip_config });
    const sent = (a: string, b: string): RequestParts => ({
      headers: [
        ["a", a],
        ["b", b],
        ["ip", "198.51.100.1"],
      ],
    });

    expect(blocked(10, sent("x", "yz"))).toBe(0);
    expect(blocked(10, sent("xy", "z"))).toBe(0);
    expect(blocked(1, sent("X", "YZ"))).toBe(1);
    expect(blocked(50, header("a", "x"))).toBe(0);
  });

  it.each<Block>([{ ja3_fingerprint: {} }, { label_namespace: { namespace: "a:" } }])(
    "is not evaluated with the custom key %j",
    (key) => {
      const { blocked, webAcls } = limiter({ aggregate_key_type: "CUSTOM_KEYS", custom_key: [key] });

      expect(blocked(20)).toBe(0);
      expect(webAcls.warnings[0]).toContain(`the custom key ${Object.keys(key)[0]} is not available`);
    },
  );

  it.each<[Block, string]>([
    [{ limit: 9 }, "limit must be a whole number of at least 10, received 9"],
    [{ evaluation_window_sec: 90 }, "evaluation_window_sec must be 60, 120, 300 or 600, received 90"],
    [
      { aggregate_key_type: "CONSTANT" },
      "scope_down_statement must be set where aggregate_key_type is CONSTANT",
    ],
    [
      { aggregate_key_type: "COLOUR" },
      "aggregate_key_type must be IP, FORWARDED_IP, CONSTANT or CUSTOM_KEYS",
    ],
    [{ aggregate_key_type: "FORWARDED_IP" }, "forwarded_ip_config must be one block"],
    [{ aggregate_key_type: "CUSTOM_KEYS" }, "custom_key must be at least one block"],
  ])("stops the start with %j", (more, message) => {
    expect(() => limiter(more)).toThrow(message);
  });
});

describe("the rate counter", () => {
  it("agrees with a list of all requests in the window, to a sixtieth of it", () => {
    const steps = fc.array(fc.tuple(fc.nat(30), fc.constantFrom("a", "b")), { maxLength: 200 });

    fc.assert(
      fc.property(steps, (arrivals) => {
        const clock = new TestClock(0);
        const counter = new RateCounter(60, clock);
        const seen: { key: string; at: number }[] = [];
        for (const [wait, key] of arrivals) {
          clock.advance({ seconds: wait });
          seen.push({ key, at: clock.now() });

          const inWindow = seen.filter((one) => one.key === key && one.at > clock.now() - 60_000);
          expect(counter.count(key)).toBe(inWindow.length);
        }
      }),
    );
  });

  it("forgets keys that were idle for a window", () => {
    const clock = new TestClock();
    const counter = new RateCounter(60, clock);
    for (let key = 0; key < 500; key++) counter.count(`${key}`);

    clock.advance({ seconds: 61 });
    counter.count("new");

    expect(counter.size).toBe(1);
  });

  it("keeps at most 10,000 keys, those of the latest requests", () => {
    const counter = new RateCounter(60, new TestClock());
    counter.count("steady");
    for (let key = 0; key < 30_000; key++) {
      counter.count(`spoofed-${key}`);
      if (key % 1000 === 0) counter.count("steady");
    }

    expect(counter.size).toBe(10_000);
    expect(counter.count("steady")).toBe(32);
    expect(counter.size).toBe(10_000);
  });

  it("tells long keys apart", () => {
    const counter = new RateCounter(60, new TestClock());
    const long = "x".repeat(8000);

    expect(counter.count(`${long}a`)).toBe(1);
    expect(counter.count(`${long}b`)).toBe(1);
    expect(counter.count(`${long}a`)).toBe(2);
  });
});
