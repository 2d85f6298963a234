import type { Attributes, Value } from "../../deployment/attributes";
import type { Resource } from "../../deployment/deployment";
import type { Members } from "../../kernel/input";
import { isObject } from "../../kernel/json";

const described = ["default_action", "rule", "visibility_config", "data_protection_config", "captcha_config"];
const alsoDescribed = ["challenge_config", "association_config", "token_domains", "description"];

/** A web ACL as `GetWebACL` answers it. */
export function describeWebAcl(resource: Resource, accountId: string): Members {
  const name = resource.string("name");
  const bodies = resource
    .blocks("custom_response_body")
    .map((body) => [
      body.string("key"),
      { ContentType: body.string("content_type"), Content: body.string("content") },
    ]);
  const settings = [...described, ...alsoDescribed].map((key) => [key, resource.values[key] ?? null]);
  return {
    Rules: [],
    ...toApiShape(Object.fromEntries(settings)),
    ...identity(resource),
    LabelNamespace: `awswaf:${accountId}:webacl:${name}:`,
    ManagedByFirewallManager: false,
    ...(bodies.length > 0 && { CustomResponseBodies: Object.fromEntries(bodies) }),
    ...(resource.has("capacity") && { Capacity: resource.number("capacity") }),
  };
}

/** An IP set as `GetIPSet` answers it. */
export function describeIpSet(resource: Resource): Members {
  return {
    ...identity(resource),
    Description: resource.optionalString("description") ?? "",
    IPAddressVersion: resource.string("ip_address_version"),
    Addresses: resource.strings("addresses"),
  };
}

/** A web ACL or IP set as lists show it. */
export function summarize(resource: Resource): Members {
  return {
    ...identity(resource),
    Description: resource.optionalString("description") ?? "",
    ...lockToken(resource),
  };
}

/** The token that goes with a description, where the deployment has one. */
export function lockToken(resource: Attributes): Members {
  const token = resource.optionalString("lock_token");
  return token === undefined ? {} : { LockToken: token };
}

function identity(resource: Resource): Members {
  return { Name: resource.string("name"), Id: resource.string("id"), ARN: resource.string("arn") };
}

type Block = { readonly [key: string]: Value };

/** Words that AWS WAF's API does not spell with one capital letter. */
const spellings: Readonly<Record<string, string>> = {
  arn: "ARN",
  ip: "IP",
  http: "HTTP",
  ja3: "JA3",
  ja4: "JA4",
  cloudwatch: "CloudWatch",
};

/** Blocks that are lists in the API, with their names there. */
const lists: Readonly<Record<string, string>> = {
  rule: "Rules",
  rule_label: "RuleLabels",
  text_transformation: "TextTransformations",
  custom_key: "CustomKeys",
  insert_header: "InsertHeaders",
  response_header: "ResponseHeaders",
  rule_action_override: "RuleActionOverrides",
  managed_rule_group_configs: "ManagedRuleGroupConfigs",
  data_protection: "DataProtections",
};

/**
 * A block of Terraform as AWS WAF's API shows it: names in its spelling, one-element lists as structures, what is not
 * set left out.
 */
function toApiShape(block: Block, parent = ""): Members {
  const members: Members = {};
  for (const [key, value] of Object.entries(block)) {
    if (value === null || value === "" || (Array.isArray(value) && value.length === 0)) continue;
    const list = listName(key, parent);
    if (list !== undefined)
      members[list] = (Array.isArray(value) ? value : [value]).map((item) => shapeOf(item, key));
    else if (key === "search_string") members.SearchString = Buffer.from(String(value)).toString("base64");
    else members[memberName(key, parent)] = shapeOf(isBlockList(value) ? value[0] : value, key);
  }
  return members;
}

function listName(key: string, parent: string): string | undefined {
  if (key === "statement" && (parent === "and_statement" || parent === "or_statement")) return "Statements";
  return lists[key];
}

function memberName(key: string, parent: string): string {
  // A map by resource type, not a structure: `API_GATEWAY`.
  if (parent === "request_body") return key.toUpperCase();
  const words = key.split("_");
  return words.map((word) => spellings[word] ?? word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

const isBlock = (value: Value | undefined): value is Block => isObject(value);

const isBlockList = (value: Value): value is Value[] => Array.isArray(value) && value.every(isBlock);

function shapeOf(value: Value | undefined, key: string): unknown {
  return isBlock(value) ? toApiShape(value, key) : value;
}
