import ipaddr from "ipaddr.js";

export type Address = ipaddr.IPv4 | ipaddr.IPv6;
export type Range = readonly [Address, number];

/**
 * Reads an address as a header or a socket gives it, `undefined` where it is not one. Strict: ipaddr.js alone takes
 * `0x7f.1` or `2130706433` for addresses too, and a zone id after an IPv6 address. An IPv4 address mapped into IPv6 is
 * the IPv4 address.
 */
export function parseAddress(text: string): Address | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (!text.includes(":") || text.includes("%") || !ipaddr.IPv6.isValid(text)) return undefined;
  return ipaddr.process(text);
}

/** `undefined` where the text is not a CIDR block of that family. */
export function parseRange(text: string, family: "IPV4" | "IPV6"): Range | undefined {
  const [address = "", length = ""] = text.split("/");
  const valid = family === "IPV4" ? ipaddr.IPv4.isValidFourPartDecimal(address) : address.includes(":");
  if (!valid || !/^\d{1,3}$/.test(length) || !ipaddr.isValidCIDR(text)) return undefined;
  return ipaddr.parseCIDR(text);
}

export function isWithin(address: Address, [network, length]: Range): boolean {
  return address.kind() === network.kind() && address.match(network, length);
}
