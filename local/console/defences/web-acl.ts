import type { Value } from "../../deployment/attributes";
import type { Deployment } from "../../deployment/deployment";
import { isObject } from "../../kernel/json";
import { CallError } from "../routes/call";
import type { Attacker, Shot } from "./attacker";
import { nested } from "./bodies";
import { type Attack, addressesOf, type Defence, OWASP, oneRequest } from "./defence";

const WEB_ACL = "aws_wafv2_web_acl";
/** Linux and Windows have all of 127.0.0.0/8; the rate rule counts this one, and does not lock the visitor out. */
const OTHER_ADDRESS = "127.0.0.66";
/** Larger than what the web ACL's rule and AWS's own rule for bodies let through. */
const LARGE_BYTES = 9_000;
/** The web ACL sees so much of a body ("Handling oversize request components", AWS WAF Developer Guide). */
const INSPECTED_BYTES = 16_384;

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

/** What is under that key, however deep; a state has empty lists in the place of blocks that are not set. */
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

const RATE_RULE = ofRule("rate-rule", "rate_based_statement", isWithinReach);
const SOURCE = ofRule(
  ...(["source-of-rate-rule", "rate_based_statement.aggregate_key_type", isWithinReach] as const),
  changed("rate_based_statement", {
    aggregate_key_type: "FORWARDED_IP",
    forwarded_ip_config: [{ header_name: "X-Forwarded-For", fallback_behavior: "MATCH" }],
  }),
);
const LARGE_BODY = ofRule(
  "large-body-rule",
  "size_constraint_statement",
  hasStatement("size_constraint_statement"),
);
const OVERSIZE = ofRule(
  "oversize-handling",
  "size_constraint_statement.field_to_match.body.oversize_handling",
  (rule) => valuesUnder(rule, "oversize_handling").includes("MATCH"),
  changed("body", { oversize_handling: "NO_MATCH" }),
);
const IP_RULE = ofRule(
  "ip-rule",
  "ip_set_reference_statement",
  (rule) =>
    hasStatement("ip_set_reference_statement")(rule) &&
    isObject(rule) &&
    valuesUnder(rule.action, "block").length > 0,
  undefined,
  "IP_RULE_ACTION=block",
);

const WELCOME = ofRule(
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

function lowestLimit(deployment: Deployment): number {
  return Math.min(...deployment.ofType(WEB_ACL).flatMap(({ values }) => limitsOf(values.rule)));
}

/** More requests from one address than the rate rule takes, none of which gets past the authorizer. */
function flood(shot: Pick<Shot, "headersOf" | "isPipelined">): Attack["run"] {
  return async (attacker: Attacker) => {
    const times = lowestLimit(attacker.scene.host.original) + 20;
    const title = `${times} requests of one address${shot.isPipelined ? ", over one connection" : ""}`;
    const answers = await fromOutside(attacker.send({ title, sourceIp: OTHER_ADDRESS, times, ...shot }));
    const blocked = answers.filter(
      (answer) => answer.status === 403 && attacker.layerOf(answer) === "web ACL",
    ).length;
    return {
      succeeded: blocked === 0,
      summary:
        blocked === 0
          ? `All ${times} get past the web ACL.`
          : `The web ACL blocks the address after ${times - blocked} requests.`,
    };
  };
}

/** @throws CallError where this machine does not have the other address */
function fromOutside<T>(sent: Promise<T>): Promise<T> {
  return sent.catch((error: unknown) => {
    if (!(error instanceof Error && "code" in error && error.code === "EADDRNOTAVAIL")) throw error;
    throw new CallError(
      409,
      `the attack comes from ${OTHER_ADDRESS}, which this machine does not have: sudo ifconfig lo0 alias ${OTHER_ADDRESS}`,
    );
  });
}

const padded = (bytes: number) =>
  oneRequest("web ACL", async (attacker) => ({
    title: `a body of ${bytes} bytes`,
    token: await attacker.token(),
    body: attacker.target.body.padEnd(bytes),
  }));

/** The attacks that the web ACL keeps off. */
export const webAclAttacks: readonly Attack[] = [
  {
    id: "flood-without-token",
    owasp: OWASP.API4,
    threat: "Somebody without a token floods an API, which the throttle behind the authorizer never sees",
    defence: RATE_RULE,
    run: flood({}),
  },
  {
    id: "flood-of-many-sources",
    owasp: OWASP.API4,
    threat: "A flood pretends to come from many sources",
    defence: SOURCE,
    run: flood({ headersOf: (index) => [["X-Forwarded-For", `198.51.${index >> 8}.${index & 255}`]] }),
  },
  {
    id: "pipelined-flood",
    owasp: OWASP.API4,
    threat: "A flood comes pipelined over one connection",
    defence: RATE_RULE,
    run: flood({ isPipelined: true }),
  },
  {
    id: "nested-body",
    owasp: OWASP.API3,
    threat: "Nested arrays beyond 8 KB",
    defence: LARGE_BODY,
    run: oneRequest("web ACL", async (attacker) => ({
      title: `${LARGE_BYTES / 2} levels of arrays`,
      token: await attacker.token(),
      body: nested(LARGE_BYTES / 2),
    })),
  },
  {
    id: "large-body",
    owasp: OWASP.API4,
    threat: "A body is larger than any request of ours",
    defence: LARGE_BODY,
    run: padded(LARGE_BYTES),
  },
  {
    id: "oversize-body",
    owasp: OWASP.API4,
    threat: "A body is larger than what the web ACL inspects",
    defence: OVERSIZE,
    run: padded(INSPECTED_BYTES + 1),
  },
  {
    id: "unwanted-address",
    owasp: OWASP.API8,
    threat: "An unwanted address calls",
    defence: IP_RULE,
    run: oneRequest("web ACL", () => ({ title: "a request from an address of the IP set" })),
  },
  {
    id: "welcome-address",
    owasp: OWASP.API8,
    threat: "A client pretends to come from a welcome address",
    defence: WELCOME,
    async run(attacker) {
      const [ipSet] = attacker.scene.host.original.ofType("aws_wafv2_ip_set");
      const [welcome] = [ipSet?.value("addresses") ?? []].flat();
      const address = String(welcome).replace(/\/.*/, "");
      const headers = [["X-Forwarded-For", address]] as const;
      const title = `a request of ${OTHER_ADDRESS} that claims to be of ${address}`;
      const [answer] = await fromOutside(attacker.send({ title, headers, sourceIp: OTHER_ADDRESS }));
      const succeeded = answer?.status !== 403;
      return {
        succeeded,
        summary: succeeded
          ? "The web ACL believes the header."
          : "The web ACL goes by the connection's address.",
      };
    },
  },
  {
    id: "token-in-web-acl-log",
    owasp: OWASP.API8,
    threat: "A token ends in the web ACL's log",
    defence: {
      id: "redacted-fields",
      layer: "Web ACL's log",
      setting: "aws_wafv2_web_acl_logging_configuration.redacted_fields",
      turnedOnBy: "WEB_ACL_LOG=true",
      addresses: (deployment) =>
        addressesOf(deployment, "aws_wafv2_web_acl_logging_configuration", ({ redacted_fields: fields }) =>
          JSON.stringify(fields ?? "").includes("authorization"),
        ),
      takeOut(copy) {
        for (const log of copy.ofType("aws_wafv2_web_acl_logging_configuration"))
          log.unset("redacted_fields");
      },
    },
    async run(attacker) {
      const { runtime } = attacker;
      const token = await attacker.token();
      await attacker.send({ title: "a request with a token", token });
      await runtime.settled();
      const groups = runtime.inside.deployment
        .ofType("aws_cloudwatch_log_group")
        .map((group) => group.string("name"))
        .filter((name) => name.startsWith("aws-waf-logs-"));
      const logged = await Promise.all(
        groups.map((logGroupName) => runtime.inside.call("logs", "FilterLogEvents", { logGroupName })),
      );
      const succeeded = JSON.stringify(logged).includes(token);
      return {
        succeeded,
        summary: succeeded
          ? "Whoever reads the log has the token, and can call as its user."
          : "The log says REDACTED in its place.",
      };
    },
  },
];
