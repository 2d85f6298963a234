import type { Value } from "../../deployment/attributes";
import type { Deployment } from "../../deployment/deployment";
import { isObject } from "../../kernel/json";
import { addressesOf, type Defence } from "./defence";

const WEB_ACL = "aws_wafv2_web_acl";

type Rule = { [key: string]: Value };

/** A rule with that statement, and what becomes of it. */
function ofRule(
  id: string,
  setting: string,
  has: (rule: unknown) => boolean,
  change: (rule: Rule) => Rule | undefined = () => undefined,
  turnedOnBy?: string,
): Defence {
  return {
    ...{ id, layer: "Web ACL", setting: `${WEB_ACL}.rule: ${setting}` },
    ...(turnedOnBy === undefined ? {} : { turnedOnBy }),
    addresses: (deployment) => addressesOf(deployment, WEB_ACL, ({ rule }) => [rule ?? []].flat().some(has)),
    takeOut(copy) {
      for (const webAcl of copy.ofType(WEB_ACL))
        webAcl.changeBlocks("rule", (rule) => (has(rule) ? change(rule) : rule));
    },
  };
}

/** What is under that key, however deep; a state has empty lists in place of blocks that are not set. */
function valuesUnder(value: unknown, key: string): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesUnder(item, key));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === key ? [inner ?? []].flat() : valuesUnder(inner, key),
  );
}

const hasStatement = (name: string) => (rule: unknown) => valuesUnder(rule, name).length > 0;

/** The rule with other members in the block of that name, however deep. */
function withBlock(value: Value, name: string, members: Rule): Value {
  if (Array.isArray(value)) return value.map((item) => withBlock(item, name, members));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value as Rule).map(([key, inner]) => {
      if (key !== name) return [key, withBlock(inner, name, members)];
      const [block] = [inner].flat();
      const changed = { ...(isObject(block) ? (block as Rule) : {}), ...members };
      return [key, Array.isArray(inner) ? [changed] : changed];
    }),
  );
}

const changed = (name: string, members: Rule) => (rule: Rule) => withBlock(rule, name, members) as Rule;

export const RATE_RULE = ofRule("rate-rule", "rate_based_statement", isWithinReach);
export const SOURCE = ofRule(
  ...(["source-of-rate-rule", "rate_based_statement.aggregate_key_type", isWithinReach] as const),
  changed("rate_based_statement", {
    aggregate_key_type: "FORWARDED_IP",
    forwarded_ip_config: [{ header_name: "X-Forwarded-For", fallback_behavior: "MATCH" }],
  }),
);
export const LARGE_BODY = ofRule(
  "large-body-rule",
  "size_constraint_statement",
  hasStatement("size_constraint_statement"),
);
export const OVERSIZE = ofRule(
  "oversize-handling",
  "size_constraint_statement.field_to_match.body.oversize_handling",
  (rule) => valuesUnder(rule, "oversize_handling").includes("MATCH"),
  changed("body", { oversize_handling: "NO_MATCH" }),
);
export const IP_RULE = ofRule(
  "ip-rule",
  "ip_set_reference_statement",
  (rule) =>
    hasStatement("ip_set_reference_statement")(rule) &&
    isObject(rule) &&
    valuesUnder(rule.action, "block").length > 0,
  undefined,
  "IP_RULE_ACTION=block",
);

export const WELCOME = ofRule(
  ...(["welcome-addresses", "ip_set_reference_statement", isWelcoming] as const),
  changed("ip_set_reference_statement", {
    ip_set_forwarded_ip_config: [
      { header_name: "X-Forwarded-For", fallback_behavior: "NO_MATCH", position: "ANY" },
    ],
  }),
  "IP_RULE_ACTION=allow",
);

/** A rule that lets the addresses of an IP set in, and nobody else. */
function isWelcoming(rule: unknown): boolean {
  return (
    hasStatement("ip_set_reference_statement")(rule) &&
    isObject(rule) &&
    valuesUnder(rule.action, "allow").length > 0
  );
}

/** A rate rule that an attack can exceed in a few seconds. */
function isWithinReach(rule: unknown): boolean {
  return limitsOf(rule).length > 0;
}

function limitsOf(rules: unknown): readonly number[] {
  return valuesUnder(rules, "rate_based_statement")
    .flatMap((statement) => (isObject(statement) ? [Number(statement.limit)] : []))
    .filter((limit) => limit <= 5_000);
}

export function lowestLimit(deployment: Deployment): number {
  return Math.min(...deployment.ofType(WEB_ACL).flatMap(({ values }) => limitsOf(values.rule)));
}

export const REDACTED_FIELDS: Defence = {
  id: "redacted-fields",
  layer: "Web ACL's log",
  setting: "aws_wafv2_web_acl_logging_configuration.redacted_fields",
  turnedOnBy: "WEB_ACL_LOG=true",
  addresses: (deployment) =>
    addressesOf(deployment, "aws_wafv2_web_acl_logging_configuration", ({ redacted_fields: fields }) =>
      JSON.stringify(fields ?? "").includes("authorization"),
    ),
  takeOut(copy) {
    for (const log of copy.ofType("aws_wafv2_web_acl_logging_configuration")) log.unset("redacted_fields");
  },
};
