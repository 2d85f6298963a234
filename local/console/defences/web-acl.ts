import { CallError } from "../routes/call";
import type { Attacker, Shot } from "./attacker";
import { nested } from "./bodies";
import { type Attack, OWASP, oneRequest } from "./defence";
import {
  IP_RULE,
  LARGE_BODY,
  lowestLimit,
  OVERSIZE,
  RATE_RULE,
  REDACTED_FIELDS,
  SOURCE,
  WELCOME,
} from "./web-acl-defences";

/** Linux and Windows have all of 127.0.0.0/8; the rate rule counts this one, and does not lock the visitor out. */
const OTHER_ADDRESS = "127.0.0.66";
/** Larger than what the web ACL's rule and AWS's own rule for bodies let through. */
const LARGE_BYTES = 9_000;
/** The web ACL sees so much of a body ("Handling oversize request components", AWS WAF Developer Guide). */
const INSPECTED_BYTES = 16_384;

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
    threat: "Somebody without a token floods an API, which the throttle after the authorizer never sees",
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
    defence: REDACTED_FIELDS,
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
