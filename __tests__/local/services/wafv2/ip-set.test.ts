import fc from "fast-check";
import type { Block } from "./fixture";
import { arnOf, inspectorOf, ipSet, rule } from "./fixture";

const reference = (more: Block = {}): Block => ({
  ip_set_reference_statement: { arn: arnOf("ipset", "Known"), ...more },
});

const forwarded = (position: string, fallback_behavior = "NO_MATCH"): Block =>
  reference({
    ip_set_forwarded_ip_config: { header_name: "X-Forwarded-For", position, fallback_behavior },
  });

const xff = (value: string): readonly (readonly [string, string])[] => [["x-forwarded-for", value]];

describe("an IP set rule on the source address", () => {
  it.each([
    ["192.0.2.10", ["192.0.2.0/24"], "BLOCK"],
    ["192.0.3.10", ["192.0.2.0/24"], "ALLOW"],
    ["192.0.2.10", ["192.0.2.10/32"], "BLOCK"],
    ["192.0.2.11", ["192.0.2.10/32"], "ALLOW"],
    ["::ffff:192.0.2.10", ["192.0.2.10/32"], "BLOCK"],
    ["192.0.2.10", [], "ALLOW"],
    ["not an address", ["192.0.2.0/24"], "ALLOW"],
  ])("takes %s against %j for %s", (sourceIp, addresses, action) => {
    const { inspect } = inspectorOf([rule(reference())], [ipSet("Known", addresses)]);

    const verdict = inspect({ sourceIp });

    expect(verdict.action).toBe(action);
  });

  it.each([
    ["2001:db8::1", "BLOCK"],
    ["2001:db9::1", "ALLOW"],
    ["192.0.2.1", "ALLOW"],
  ])("compares %s with an IPv6 set: %s", (sourceIp, action) => {
    const { inspect } = inspectorOf([rule(reference())], [ipSet("Known", ["2001:db8::/32"], "IPV6")]);

    expect(inspect({ sourceIp }).action).toBe(action);
  });

  it("lets the request through when the rule is taken out", () => {
    const guarded = inspectorOf([rule(reference())], [ipSet("Known", ["192.0.2.0/24"])]);
    const bare = inspectorOf([], [ipSet("Known", ["192.0.2.0/24"])]);

    expect(guarded.inspect().action).toBe("BLOCK");
    expect(bare.inspect().action).toBe("ALLOW");
  });

  it("agrees with the arithmetic of addresses, whatever the block", () => {
    const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
    const near = fc.tuple(octets, octets, fc.integer({ min: 1, max: 32 }), fc.boolean());
    const dotted = (bytes: readonly number[]) => bytes.join(".");
    const numeric = (bytes: readonly number[]) => bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

    fc.assert(
      fc.property(near, ([network, random, length, share]) => {
        const source = share ? network.map((byte, at) => (at === 3 ? (random[3] ?? 0) : byte)) : random;
        const { inspect } = inspectorOf(
          [rule(reference())],
          [ipSet("Known", [`${dotted(network)}/${length}`])],
        );

        const blocked = inspect({ sourceIp: dotted(source) }).action === "BLOCK";

        const shift = BigInt(32 - length);
        expect(blocked).toBe(numeric(source) >> shift === numeric(network) >> shift);
      }),
    );
  });

  it("agrees with the arithmetic of IPv6 addresses too", () => {
    const words = fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 });
    const colons = (groups: readonly number[]) => groups.map((group) => group.toString(16)).join(":");
    const numeric = (groups: readonly number[]) =>
      groups.reduce((sum, group) => (sum << 16n) | BigInt(group), 0n);

    fc.assert(
      fc.property(words, fc.nat(127), fc.integer({ min: 1, max: 128 }), (network, flipped, length) => {
        const source = network.map((group, at) =>
          at === flipped >> 4 ? group ^ (1 << (15 - (flipped & 15))) : group,
        );
        const set = ipSet("Known", [`${colons(network)}/${length}`], "IPV6");
        const { inspect } = inspectorOf([rule(reference())], [set]);

        const blocked = inspect({ sourceIp: colons(source) }).action === "BLOCK";

        const shift = BigInt(128 - length);
        expect(blocked).toBe(numeric(source) >> shift === numeric(network) >> shift);
      }),
    );
  });

  it.each(["192.0.2.0", "192.0.2.0/33", "0.0.0.0/0", "2001:db8::/32", "0300.0.2.0/24", "anything"])(
    "stops the start at the address %s, which AWS refuses",
    (address) => {
      const start = () => inspectorOf([rule(reference())], [ipSet("Known", [address])]);

      expect(start).toThrow(`aws_wafv2_ip_set.Known: addresses must hold IPV4 CIDR blocks`);
      expect(start).toThrow(JSON.stringify(address));
    },
  );

  it("stops the start when the set is not in the deployment", () => {
    expect(() => inspectorOf([rule(reference())])).toThrow(
      /ip_set_reference_statement\[0\]: arn must be that of an aws_wafv2_ip_set in the deployment, received arn:aws:wafv2:/,
    );
  });
});

describe("an IP set rule on a forwarded address", () => {
  const set = [ipSet("Known", ["192.0.2.0/24"])];
  const behind = Array.from({ length: 10 }, (_, index) => `203.0.113.${index}`).join(", ");

  it.each([
    ["FIRST", "192.0.2.1, 203.0.113.9", "BLOCK"],
    ["FIRST", "203.0.113.9, 192.0.2.1", "ALLOW"],
    ["LAST", "203.0.113.9, 192.0.2.1", "BLOCK"],
    ["LAST", "192.0.2.1, 203.0.113.9", "ALLOW"],
    ["ANY", "203.0.113.9, 192.0.2.1, 203.0.113.8", "BLOCK"],
    ["ANY", "203.0.113.9, 203.0.113.8", "ALLOW"],
    ["ANY", `192.0.2.1, ${behind}`, "ALLOW"],
  ])("looks at the %s of %j: %s", (position, value, action) => {
    const { inspect } = inspectorOf([rule(forwarded(position))], set);

    expect(inspect({ headers: xff(value), sourceIp: "198.51.100.1" }).action).toBe(action);
  });

  it.each(["", "garbage", "192.0.2.1:80", "3221225985", "0300.0.2.1", "192.0.2"])(
    "falls back as configured where %j is in place of an address",
    (value) => {
      const matching = inspectorOf([rule(forwarded("FIRST", "MATCH"))], set);
      const passing = inspectorOf([rule(forwarded("FIRST", "NO_MATCH"))], set);

      expect(matching.inspect({ headers: xff(value) }).action).toBe("BLOCK");
      expect(passing.inspect({ headers: xff(value) }).action).toBe("ALLOW");
    },
  );

  it("takes an IPv6 address with a zone for none", () => {
    const local = [ipSet("Known", ["fe80::/10"], "IPV6")];
    const { inspect } = inspectorOf([rule(forwarded("FIRST"))], local);

    expect(inspect({ headers: xff("fe80::1") }).action).toBe("BLOCK");
    expect(inspect({ headers: xff("fe80::1%eth0") }).action).toBe("ALLOW");
  });

  it("leaves a request without the header alone, whatever the fallback", () => {
    const { inspect } = inspectorOf([rule(forwarded("FIRST", "MATCH"))], set);

    expect(inspect().action).toBe("ALLOW");
  });

  it("refuses positions and fallbacks that AWS does not have", () => {
    expect(() => inspectorOf([rule(forwarded("MIDDLE"))], set)).toThrow(
      "position must be FIRST, LAST or ANY",
    );
    expect(() => inspectorOf([rule(forwarded("ANY", "MAYBE"))], set)).toThrow(
      "fallback_behavior must be MATCH or NO_MATCH",
    );
  });
});
