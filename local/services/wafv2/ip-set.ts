import { type Attributes, DeploymentError } from "../../deployment/attributes";
import { type Address, isWithin, parseAddress, parseRange, type Range } from "./ip-address";
import type { RequestView } from "./request-view";
import { type CompileStatement, type Evaluate, type Outcome, outcomeOf } from "./statement";

/** Matches the request's source address, or an address from a header, against an `aws_wafv2_ip_set`. */
export const compileIpSetReference: CompileStatement = (block, context) => {
  const ranges = readIpSet(context.referenced("aws_wafv2_ip_set", block));
  const contains = (address: Address) => ranges.some((range) => isWithin(address, range));
  const forwarded = block.block("ip_set_forwarded_ip_config");
  if (forwarded !== undefined) return compileForwarded(forwarded, contains);
  return (view) => outcomeOf(view.sourceAddress !== undefined && contains(view.sourceAddress));
};

/** The address ranges of an `aws_wafv2_ip_set`. */
export function readIpSet(set: Attributes): Range[] {
  const version = set.string("ip_address_version");
  if (version !== "IPV4" && version !== "IPV6") return set.fail("ip_address_version", "IPV4 or IPV6");
  return set.strings("addresses").map((text) => {
    const range = parseRange(text, version);
    // AWS WAF takes every prefix length but 0: "IP set match rule statement", AWS WAF Developer Guide.
    if (range !== undefined && range[1] > 0) return range;
    throw new DeploymentError(
      `${set.address}: addresses must hold ${version} CIDR blocks with a prefix length above 0 ` +
        `(a single address is /${version === "IPV4" ? 32 : 128}), received ${JSON.stringify(text)}`,
    );
  });
}

// "IPSetForwardedIPConfig", AWS WAF API reference: without the header the statement does not apply; an address that is
// not valid falls back; ANY looks at the last 10.
function compileForwarded(config: Attributes, contains: (address: Address) => boolean): Evaluate {
  const header = config.string("header_name");
  const fallback = readFallback(config);
  const position = config.string("position");
  if (!["FIRST", "LAST", "ANY"].includes(position)) return config.fail("position", "FIRST, LAST or ANY");

  return (view) => {
    const listed = forwardedAddresses(view, header);
    if (listed === undefined) return "no match";
    const picked =
      position === "FIRST" ? listed.slice(0, 1) : position === "LAST" ? listed.slice(-1) : listed.slice(-10);
    const addresses = picked.map(parseAddress);
    if (addresses.some((address) => address !== undefined && contains(address))) return "match";
    return addresses.includes(undefined) ? fallback : "no match";
  };
}

export function readFallback(config: Attributes): Outcome {
  const fallback = config.string("fallback_behavior");
  if (fallback !== "MATCH" && fallback !== "NO_MATCH")
    return config.fail("fallback_behavior", "MATCH or NO_MATCH");
  return outcomeOf(fallback === "MATCH");
}

/** What the header lists, `undefined` where the request does not have it. */
export function forwardedAddresses(view: RequestView, header: string): string[] | undefined {
  const values = view.header(header);
  if (values.length === 0) return undefined;
  return values
    .join(",")
    .split(",")
    .map((item) => item.trim());
}
