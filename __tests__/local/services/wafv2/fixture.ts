import type { Value } from "../../../../local/deployment/attributes";
import type { Resource } from "../../../../local/deployment/deployment";
import type { InspectedRequest, Verdict } from "../../../../local/kernel/web-acl-inspection";
import type { WebAclOptions } from "../../../../local/services/wafv2/web-acl";
import { WebAcls } from "../../../../local/services/wafv2/web-acls";
import { ACCOUNT, deploymentOf, REGION, resourceAt } from "../../../support/deployment";
import { TestClock } from "../../../support/test-clock";

export type Block = { [key: string]: Value };

export const accountId = ACCOUNT;
export const region = REGION;
export const stageArn = `arn:aws:apigateway:${region}::/restapis/abc123/stages/development`;

export function arnOf(kind: "webacl" | "ipset" | "regexpatternset" | "rulegroup", name: string): string {
  return `arn:aws:wafv2:${region}:${accountId}:regional/${kind}/${name}/${idOf(name)}`;
}

export function idOf(name: string): string {
  return `00000000-0000-4000-8000-${Buffer.from(name.padEnd(6, "_").slice(0, 6)).toString("hex")}`;
}

function resource(type: string, label: string, values: Block): Resource {
  return resourceAt(`${type}.${label}`, values);
}

export function ipSet(name: string, addresses: string[], version = "IPV4"): Resource {
  return resource("aws_wafv2_ip_set", name, {
    ...{ name, id: idOf(name), arn: arnOf("ipset", name), scope: "REGIONAL" },
    ...{ ip_address_version: version, addresses },
  });
}

export function patternSet(name: string, patterns: string[]): Resource {
  return resource("aws_wafv2_regex_pattern_set", name, {
    ...{ name, id: idOf(name), arn: arnOf("regexpatternset", name), scope: "REGIONAL" },
    regular_expression: patterns.map((regex_string) => ({ regex_string })),
  });
}

export function ruleGroup(name: string, rules: Block[], more: Block = {}): Resource {
  return resource("aws_wafv2_rule_group", name, {
    ...{ name, id: idOf(name), arn: arnOf("rulegroup", name), scope: "REGIONAL", capacity: 500 },
    ...{ rule: rules, visibility_config: visibility(name), ...more },
  });
}

export function webAcl(rules: Block[], more: Block = {}): Resource {
  return resource("aws_wafv2_web_acl", "SecureApi", {
    ...{ name: "SecureApi", id: idOf("SecureApi"), arn: arnOf("webacl", "SecureApi"), scope: "REGIONAL" },
    ...{ default_action: { allow: {} }, rule: rules, visibility_config: visibility("SecureApi"), ...more },
  });
}

export function association(resourceArn = stageArn): Resource {
  return resource("aws_wafv2_web_acl_association", "Stage", {
    resource_arn: resourceArn,
    web_acl_arn: arnOf("webacl", "SecureApi"),
  });
}

export function visibility(metric_name: string, sampled_requests_enabled = true): Block {
  return { metric_name, sampled_requests_enabled, cloudwatch_metrics_enabled: true };
}

let names = 0;

/** A rule that blocks what the statement matches, unless `more` says otherwise. */
export function rule(statement: Block, more: Block = {}): Block {
  const name = typeof more.name === "string" ? more.name : `rule-${++names}`;
  const action: Block = "override_action" in more ? {} : { action: { block: {} } };
  return { name, priority: 0, statement, visibility_config: visibility(name), ...action, ...more };
}

export const noTransformation: Block = { priority: 0, type: "NONE" };

export function byteMatch(search_string: string, field: Block = { uri_path: {} }, more: Block = {}): Block {
  return {
    byte_match_statement: {
      ...{ search_string, positional_constraint: "CONTAINS", field_to_match: field },
      ...{ text_transformation: noTransformation, ...more },
    },
  };
}

export function webAclsOf(resources: Resource[], clock = new TestClock()): WebAcls {
  return new WebAcls(deploymentOf(...resources, association()), optionsOf(clock));
}

/** Options with which nothing is logged, and nothing predicted that needs a detector. */
export function optionsOf(clock = new TestClock(), more: Partial<WebAclOptions> = {}): WebAclOptions {
  return { clock, logs: () => ({ put: () => {} }), managedRules: "show", detector: undefined, ...more };
}

/** What a web ACL with that one rule answers; `others` are the sets and groups it refers to. */
export function inspectorOf(rules: Block[], others: Resource[] = [], clock = new TestClock()) {
  const webAcls = webAclsOf([webAcl(rules), ...others], clock);
  return { webAcls, inspect: (sent: RequestParts = {}) => inspect(webAcls, sent) };
}

/** What the web ACL decides; `verdictOf` has the trace with it. */
export function inspect(webAcls: WebAcls, sent: RequestParts = {}): Verdict {
  const { trace: _, ...verdict } = verdictOf(webAcls, sent);
  return verdict;
}

export function verdictOf(webAcls: WebAcls, sent: RequestParts = {}): Verdict {
  const inspector = webAcls.inspectorFor(stageArn);
  if (inspector === undefined) throw new Error("the stage has no web ACL");
  return inspector.inspect(request(sent));
}

export type RequestParts = Partial<Omit<InspectedRequest, "body" | "headers">> & {
  readonly body?: string | Buffer;
  readonly headers?: readonly (readonly [string, string])[];
};

export function request({ body = "", headers = [], ...parts }: RequestParts = {}): InspectedRequest {
  return {
    ...{ sourceIp: "192.0.2.10", method: "POST", path: "/development/lambda1", queryString: "" },
    ...{ httpVersion: "HTTP/1.1", headers, body: Buffer.from(body), ...parts },
  };
}
