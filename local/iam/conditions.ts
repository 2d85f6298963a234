import ipaddr from "ipaddr.js";
import { Pattern, type RequestContext } from "./pattern";

/** One key of a statement's `Condition`, under one operator. */
export interface Condition {
  readonly key: string;
  holds(context: RequestContext): boolean;
}

/** Whether a value of the request fits one of the policy. */
type Comparison = (received: string, context: RequestContext) => boolean;

interface Operator {
  /** Reads a value of the policy. `undefined`: IAM would not accept it. */
  compare(expected: string, variables: boolean): Comparison | undefined;
}

const text = (wildcards: boolean, ignoreCase = false): Operator => ({
  compare: (expected, variables) => {
    const pattern = new Pattern(expected, { wildcards, variables, ignoreCase });
    return (received, context) => pattern.matches(received, context);
  },
});

/** Each of the six parts is checked by itself ("Amazon Resource Name (ARN) condition operators", IAM user guide). */
const arn: Operator = {
  compare: (expected, variables) => {
    const parts = partsOf(expected).map((part) => new Pattern(part, { wildcards: true, variables }));
    return (received, context) => {
      const receivedParts = partsOf(received);
      return (
        receivedParts.length === parts.length &&
        parts.every((part, index) => part.matches(receivedParts[index] ?? "", context))
      );
    };
  },
};

/** `arn:partition:service:region:account:resource`; the resource may have colons. */
function partsOf(value: string): string[] {
  const [a, b, c, d, e, ...resource] = splitOutsideVariables(value);
  const parts = [a, b, c, d, e, resource.length === 0 ? undefined : resource.join(":")];
  return parts.filter((part) => part !== undefined);
}

function splitOutsideVariables(value: string): string[] {
  return value.match(/(?:\$\{[^}]*\}|[^:])+|(?<=:|^)(?=:|$)/g) ?? [];
}

const number = (fits: (received: number, expected: number) => boolean): Operator => ({
  compare: (expected) => {
    const bound = numberOf(expected);
    if (bound === undefined) return undefined;
    return (received) => {
      const value = numberOf(received);
      return value !== undefined && fits(value, bound);
    };
  },
});

function numberOf(value: string): number | undefined {
  return value.trim() !== "" && Number.isFinite(Number(value)) ? Number(value) : undefined;
}

const date = (fits: (received: number, expected: number) => boolean): Operator => ({
  compare: (expected) => {
    const bound = timeOf(expected);
    if (bound === undefined) return undefined;
    return (received) => {
      const value = timeOf(received);
      return value !== undefined && fits(value, bound);
    };
  },
});

/** ISO 8601, or seconds since the epoch. */
function timeOf(value: string): number | undefined {
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const time = /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

const bool: Operator = {
  compare: (expected) => {
    const wanted = expected.toLowerCase();
    if (wanted !== "true" && wanted !== "false") return undefined;
    return (received) => received.toLowerCase() === wanted;
  },
};

const binary: Operator = { compare: (expected) => (received) => received === expected };

const ip: Operator = {
  compare: (expected) => {
    const range = rangeOf(expected);
    if (range === undefined) return undefined;
    const [network] = range;
    return (received) => {
      if (!ipaddr.isValid(received)) return false;
      const address = ipaddr.process(received);
      return address.kind() === network.kind() && address.match(range);
    };
  },
};

function rangeOf(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] | undefined {
  const [address = ""] = text.split("/", 1);
  // The library also takes the forms of old, such as 127.1.
  if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !ipaddr.IPv6.isValid(address)) return undefined;
  if (address !== text) return ipaddr.isValidCIDR(text) ? ipaddr.parseCIDR(text) : undefined;
  const network = ipaddr.parse(text);
  return [network, network.kind() === "ipv4" ? 32 : 128];
}

/** "IAM JSON policy elements: Condition operators" in the IAM user guide. */
const operators: Readonly<Record<string, Operator>> = {
  StringEquals: text(false),
  StringEqualsIgnoreCase: text(false, true),
  StringLike: text(true),
  NumericEquals: number((received, expected) => received === expected),
  NumericLessThan: number((received, expected) => received < expected),
  NumericLessThanEquals: number((received, expected) => received <= expected),
  NumericGreaterThan: number((received, expected) => received > expected),
  NumericGreaterThanEquals: number((received, expected) => received >= expected),
  DateEquals: date((received, expected) => received === expected),
  DateLessThan: date((received, expected) => received < expected),
  DateLessThanEquals: date((received, expected) => received <= expected),
  DateGreaterThan: date((received, expected) => received > expected),
  DateGreaterThanEquals: date((received, expected) => received >= expected),
  Bool: bool,
  BinaryEquals: binary,
  IpAddress: ip,
  ArnEquals: arn,
  ArnLike: arn,
};

const negations: Readonly<Record<string, string>> = {
  StringNotEquals: "StringEquals",
  StringNotEqualsIgnoreCase: "StringEqualsIgnoreCase",
  StringNotLike: "StringLike",
  NumericNotEquals: "NumericEquals",
  DateNotEquals: "DateEquals",
  NotIpAddress: "IpAddress",
  ArnNotEquals: "ArnEquals",
  ArnNotLike: "ArnLike",
};

/**
 * Reads the test of one key.
 *
 * @param name of the operator, with its prefix and suffix: `ForAnyValue:StringLikeIfExists`
 * @param variables whether values may have variables
 * @returns in words what is wrong with it, where IAM would not accept it
 */
export function readCondition(
  name: string,
  key: string,
  values: readonly string[],
  variables: boolean,
): Condition | string {
  const [, quantifier, operatorName = "", ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(name) ?? [];
  if (operatorName === "Null") {
    if (ifExists !== undefined) return "Null has no form with IfExists";
    return { key, holds: (context) => values.includes(String(context(key) === undefined)) };
  }
  const positive = negations[operatorName] ?? operatorName;
  const operator = operators[positive];
  if (operator === undefined) return `${JSON.stringify(name)} is not a condition operator`;
  const comparisons: Comparison[] = [];
  for (const value of values) {
    const comparison = operator.compare(value, variables);
    if (comparison === undefined) return `${JSON.stringify(value)} is not a value for ${name}`;
    comparisons.push(comparison);
  }
  const negated = positive !== operatorName;
  const fits = (received: string, context: RequestContext) =>
    comparisons.some((comparison) => comparison(received, context)) !== negated;
  return {
    key,
    holds: (context) => {
      const received = context(key);
      if (received === undefined || received.length === 0) {
        if (quantifier === "ForAnyValue") return ifExists !== undefined;
        return negated || ifExists !== undefined || quantifier === "ForAllValues";
      }
      const test = (value: string) => fits(value, context);
      if (quantifier === "ForAllValues" || (quantifier === undefined && negated)) return received.every(test);
      return received.some(test);
    },
  };
}
