import { type ComputedAttributes, nameOf, type ResourceType, served } from "../../deployment/resource-type";
import { formatArn } from "../../kernel/arn";
import { seededUuid } from "../../kernel/ids";

/** `kind`: how the ARN calls it. A web ACL's capacity is left out: AWS alone adds it up. */
const entity =
  (kind: string): ComputedAttributes =>
  (own, place) => {
    const name = nameOf(own);
    const id = seededUuid(own.seed("id"));
    // What belongs to CloudFront is global, and global things live in us-east-1.
    const isGlobal = own.string("scope") === "CLOUDFRONT";
    const resource = `${isGlobal ? "global" : "regional"}/${kind}/${name}/${id}`;
    return {
      id,
      name,
      arn: formatArn(place, "wafv2", resource, isGlobal ? { region: "us-east-1" } : {}),
      lock_token: seededUuid(own.seed("lock token")),
    };
  };

export const wafv2ResourceTypes: readonly ResourceType[] = [
  served("aws_wafv2_ip_set", {
    providerOnly: ["lock_token"],
    computed: entity("ipset"),
    shown: ["name", "scope", "description"],
  }),
  served("aws_wafv2_regex_pattern_set", {
    providerOnly: ["lock_token"],
    computed: entity("regexpatternset"),
  }),
  served("aws_wafv2_rule_group", {
    providerOnly: ["lock_token"],
    computed: entity("rulegroup"),
  }),
  served("aws_wafv2_web_acl", {
    providerOnly: ["application_integration_url", "capacity", "lock_token"],
    computed: entity("webacl"),
    inert: {
      "visibility_config.cloudwatch_metrics_enabled": "no metrics are kept here",
      "rule.visibility_config.cloudwatch_metrics_enabled": "no metrics are kept here",
      "rule.override_action": "groups that only AWS has never match here",
    },
    shown: ["scope", "description"],
  }),
  served("aws_wafv2_web_acl_association", {
    computed: (own) => ({ id: `${own.string("web_acl_arn")},${own.string("resource_arn")}` }),
  }),
  served("aws_wafv2_web_acl_logging_configuration", {
    computed: (own) => ({ id: own.string("resource_arn") }),
  }),
];
