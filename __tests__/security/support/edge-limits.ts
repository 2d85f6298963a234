import type { Block, EditableStack } from "../../support/synthesized-folder";

/** The stage lets everything through that gets as far as its throttle. */
export function takeThrottleOut(edge: EditableStack): void {
  const { settings } = edge.resource("aws_api_gateway_method_settings.stage");
  Object.assign(settings as object, { throttling_rate_limit: -1, throttling_burst_limit: -1 });
}

/** The web ACL's rule of that name, to be changed in place. */
export function webAclRule(edge: EditableStack, name: string): Block {
  const rule = webAclRules(edge).find((candidate) => candidate.name === name);
  if (rule === undefined) throw new Error(`the web ACL has no rule ${name}`);
  return rule;
}

export function removeWebAclRule(edge: EditableStack, name: string): void {
  webAclRule(edge, name);
  edge.resource("aws_wafv2_web_acl.edge").rule = webAclRules(edge).filter((rule) => rule.name !== name);
}

function webAclRules(edge: EditableStack): Block[] {
  const rules = edge.resource("aws_wafv2_web_acl.edge").rule;
  if (!Array.isArray(rules)) throw new Error("the web ACL has no list of rules");
  return rules as Block[];
}
