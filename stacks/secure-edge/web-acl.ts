import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { Wafv2IpSet } from "@cdktf/provider-aws/lib/wafv2-ip-set";
import {
  Wafv2WebAcl,
  type Wafv2WebAclConfig,
  type Wafv2WebAclRule,
} from "@cdktf/provider-aws/lib/wafv2-web-acl";
import { Wafv2WebAclLoggingConfiguration } from "@cdktf/provider-aws/lib/wafv2-web-acl-logging-configuration";
import { Construct } from "constructs";
import type { LogProps } from "../common/handler-function";
import { renderStatement, type WebAclStatement } from "./web-acl-statement";

export interface WebAclProps {
  /** The physical name; the IP set's and the metrics' names start with it. */
  readonly webAclName: string;
  /** IPv4 blocks. */
  readonly cidrs: readonly string[];
  /** `allow` lets the IP set in and nobody else; `count` and `block` leave everybody else alone. */
  readonly ipSetAction: "count" | "allow" | "block";
  /** Requests in five minutes from one source IP. */
  readonly rateLimit: number;
  /** How the log of every request is kept; `undefined` for none. */
  readonly log: LogProps | undefined;
}

interface Rule {
  readonly name: string;
  readonly statement: WebAclStatement;
  /** `managed`: the rules of the group decide. */
  readonly action: "count" | "allow" | "block" | "managed";
}

const FIVE_MINUTES_IN_SECONDS = 300;
/** The handlers take 256 characters: whatever is larger than this is not a request of theirs. */
const LARGEST_BODY_IN_BYTES = 8192;
/** Whoever may read the log must not find anybody's credentials in it. */
const CREDENTIAL_HEADERS = ["authorization", "cookie", "x-api-key"];

/**
 * The first thing a request meets: counts, blocks or lets in an IP set, stops floods from one address, large bodies,
 * and the attacks that AWS's managed rules know. Stage throttling comes after the authorizer, so only a rule here
 * holds a flood of requests without tokens.
 *
 * Creates `aws_wafv2_web_acl`, `aws_wafv2_ip_set`; for a log `aws_cloudwatch_log_group`,
 * `aws_wafv2_web_acl_logging_configuration`.
 */
export class WebAcl extends Construct {
  readonly arn: string;
  /** By rule: the name of its metric. */
  readonly ruleMetrics: ReadonlyMap<string, string>;
  readonly logGroupName: string | undefined;

  constructor(scope: Construct, id: string, props: WebAclProps) {
    super(scope, id);
    const ipSet = this.createIpSet(props);
    const sourceIp: Rule = {
      name: "SourceIp",
      statement: { kind: "ip-set", ipSetArn: ipSet.arn },
      action: props.ipSetAction,
    };
    const guards: Rule[] = [
      {
        name: "RateLimit",
        statement: { kind: "rate", limit: props.rateLimit, windowSeconds: FIVE_MINUTES_IN_SECONDS },
        action: "block",
      },
      {
        name: "LargeBody",
        statement: { kind: "body-larger-than", bytes: LARGEST_BODY_IN_BYTES },
        action: "block",
      },
      managed("AWSManagedRulesAmazonIpReputationList"),
      managed("AWSManagedRulesKnownBadInputsRuleSet"),
      managed("AWSManagedRulesCommonRuleSet"),
    ];
    // Allow ends the evaluation: it comes last, so that nobody is let past the other rules.
    const rules = props.ipSetAction === "allow" ? [...guards, sourceIp] : [sourceIp, ...guards];
    const webAcl = this.createWebAcl(props, rules);

    this.arn = webAcl.arn;
    this.ruleMetrics = new Map(rules.map(({ name }) => [name, ruleMetric(props, name)]));
    this.logGroupName = props.log && this.createLog(webAcl, props.webAclName, props.log);
  }

  /** The name's start is AWS WAF's condition. Source: https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html */
  private createLog(webAcl: Wafv2WebAcl, webAclName: string, log: LogProps): string {
    const { arn, name } = new CloudwatchLogGroup(this, "web-acl-log", {
      name: `aws-waf-logs-${webAclName}`,
      ...log,
    });
    new Wafv2WebAclLoggingConfiguration(this, "web-acl-logging-configuration", {
      resourceArn: webAcl.arn,
      logDestinationConfigs: [arn],
      redactedFields: CREDENTIAL_HEADERS.map((header) => ({ singleHeader: { name: header } })),
    });
    return name;
  }

  private createIpSet({ webAclName, cidrs }: WebAclProps): Wafv2IpSet {
    return new Wafv2IpSet(this, "ip-set", {
      name: `${webAclName}-ip-set`,
      scope: "REGIONAL",
      ipAddressVersion: "IPV4",
      addresses: [...cidrs],
    });
  }

  private createWebAcl({ webAclName, ipSetAction }: WebAclProps, rules: readonly Rule[]): Wafv2WebAcl {
    const metrics = (name: string): Wafv2WebAclConfig["visibilityConfig"] => ({
      cloudwatchMetricsEnabled: true,
      sampledRequestsEnabled: true,
      metricName: name,
    });
    return new Wafv2WebAcl(this, "web-acl", {
      name: webAclName,
      scope: "REGIONAL",
      defaultAction: ipSetAction === "allow" ? { block: {} } : { allow: {} },
      visibilityConfig: metrics(webAclName),
      rule: rules.map(
        ({ name, statement, action }, priority): Wafv2WebAclRule => ({
          name,
          priority,
          statement: renderStatement(statement),
          ...(action === "managed" ? { overrideAction: { none: {} } } : { action: { [action]: {} } }),
          visibilityConfig: metrics(ruleMetric({ webAclName }, name)),
        }),
      ),
    });
  }
}

function ruleMetric({ webAclName }: Pick<WebAclProps, "webAclName">, rule: string): string {
  return `${webAclName}-${rule}`;
}

function managed(group: string): Rule {
  return { name: group, statement: { kind: "managed-rule-group", vendor: "AWS", group }, action: "managed" };
}
