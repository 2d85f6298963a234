import type { Deployment } from "../deployment/deployment";
import { isObject } from "../kernel/json";

export function webAclAddressOf(deployment: Deployment): { address?: string } {
  const [webAcl] = deployment.ofType("aws_wafv2_web_acl");
  return webAcl === undefined ? {} : { address: webAcl.address };
}

/** What a request is like that the web ACL's rule does not match. */
export function remedyOfRule(deployment: Deployment, name: string): string {
  const rules: readonly unknown[] = deployment
    .ofType("aws_wafv2_web_acl")
    .flatMap(({ values }) => [values.rule ?? []].flat());
  const rule = rules.filter(isObject).find((candidate) => candidate.name === name);
  const [statement] = [rule?.statement ?? []].flat();
  const [[kind, block] = ["", undefined]] = Object.entries(isObject(statement) ? statement : {}).filter(
    ([, value]) => [value ?? []].flat().length > 0,
  );
  const [settings] = [block ?? []].flat();
  const of = (key: string) => (isObject(settings) ? settings[key] : undefined);
  const remedies: Readonly<Record<string, string>> = {
    rate_based_statement: `The address sent more than ${of("limit")} requests in ${of("evaluation_window_sec") || 300} seconds: wait until fewer are in that time.`,
    size_constraint_statement: `It is larger than the ${of("size")} bytes that the rule lets through: send less.`,
    ip_set_reference_statement:
      "It has the addresses of the IP set: call from another one, or take yours out.",
    managed_rule_group_statement: `AWS keeps the rules of ${of("name")}: the rule that matched is named in the web ACL's log.`,
  };
  return remedies[kind] ?? "Send a request that the rule does not match.";
}
