import ipaddr from "ipaddr.js";
import { binary, type TerraformFunction, ternary, unary, variadic } from "./terraform-function";
import { ExpressionFailure, toInteger, toText } from "./values";

export const networkFunctions: Readonly<Record<string, TerraformFunction>> = {
  cidrhost: binary((prefix, host) => {
    const network = parse(toText(prefix));
    const number = BigInt(toInteger(host));
    const size = 1n << BigInt(network.width - network.length);
    const at = number < 0n ? size + number : number;
    if (at < 0n || at >= size)
      throw new ExpressionFailure(`a prefix of ${network.length} bits has no host ${number}`);
    return write(network.start + at, network.width);
  }),
  cidrnetmask: unary((prefix) => {
    const { length, width } = parse(toText(prefix));
    if (width !== 32) throw new ExpressionFailure("IPv6 addresses have no netmask");
    return write(((1n << BigInt(length)) - 1n) << BigInt(width - length), width);
  }),
  cidrsubnet: ternary((prefix, bits, number) =>
    subnet(parse(toText(prefix)), toInteger(bits), BigInt(toInteger(number))),
  ),
  cidrsubnets: variadic(1, ([prefix = null, ...lengths]) => {
    const network = parse(toText(prefix));
    let next = network.start;
    return lengths.map((bits) => {
      const length = lengthAfter(network, toInteger(bits));
      const size = 1n << BigInt(network.width - length);
      // Each starts at a multiple of its own size.
      const start = ((next + size - 1n) / size) * size;
      next = start + size;
      if (next > network.start + (1n << BigInt(network.width - network.length)))
        throw new ExpressionFailure(`there is not enough room for a subnet of ${length} bits`);
      return `${write(start, network.width)}/${length}`;
    });
  }),
};

interface Network {
  readonly start: bigint;
  readonly length: number;
  /** 32 or 128 */
  readonly width: number;
}

function parse(prefix: string): Network {
  if (!ipaddr.isValidCIDR(prefix))
    throw new ExpressionFailure('a prefix in CIDR notation is required, such as "10.0.0.0/16"');
  const [address, length] = ipaddr.parseCIDR(prefix);
  const width = address.kind() === "ipv4" ? 32 : 128;
  const number = address.toByteArray().reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const host = BigInt(width - length);
  return { start: (number >> host) << host, length, width };
}

function write(number: bigint, width: number): string {
  const bytes = Array.from({ length: width / 8 }, (_, index) =>
    Number((number >> BigInt(width - 8 * (index + 1))) & 255n),
  );
  // `toString` of an IPv6 address shortens it as RFC 5952 does.
  return ipaddr.fromByteArray(bytes).toString();
}

function subnet(network: Network, bits: number, number: bigint): string {
  const length = lengthAfter(network, bits);
  if (number < 0n || number >= 1n << BigInt(bits))
    throw new ExpressionFailure(`${bits} more bits do not hold the number ${number}`);
  return `${write(network.start + (number << BigInt(network.width - length)), network.width)}/${length}`;
}

function lengthAfter({ length, width }: Network, bits: number): number {
  if (bits < 0 || length + bits > width)
    throw new ExpressionFailure(`a prefix of ${length} bits cannot be longer by ${bits}`);
  return length + bits;
}
