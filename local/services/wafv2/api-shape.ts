import type { Value } from "../../deployment/attributes";
import type { Members } from "../../kernel/input";

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
export function toApiShape(block: Block, parent = ""): Members {
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

const isBlock = (value: Value | undefined): value is Block =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isBlockList = (value: Value): value is Value[] => Array.isArray(value) && value.every(isBlock);

function shapeOf(value: Value | undefined, key: string): unknown {
  return isBlock(value) ? toApiShape(value, key) : value;
}
