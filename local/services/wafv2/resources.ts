import { apiModel } from "../../deployment/api-model";
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

const METRICS = "no metrics are kept here";
const GROUP_METRICS = "the rule that refers to the group says how its requests are sampled and counted";
const PUZZLES =
  "CAPTCHA and Challenge are not evaluated here, as the start says of each rule with such an action";

const takes = apiModel(__dirname);

export const wafv2ResourceTypes: readonly ResourceType[] = [
  served("aws_wafv2_ip_set", {
    inputs: takes(["CreateIPSet"]),
    providerOnly: ["lock_token"],
    computed: entity("ipset"),
    inert: { name_prefix: "the name that the provider composes is read" },
    shown: ["name", "scope", "description"],
  }),
  served("aws_wafv2_regex_pattern_set", {
    inputs: takes(["CreateRegexPatternSet"], { regular_expression: "RegularExpressionList" }),
    providerOnly: ["lock_token"],
    computed: entity("regexpatternset"),
    inert: {
      name: "rules refer to the set by its ARN",
      name_prefix: "rules refer to the set by its ARN",
      scope: "rules refer to the set by its ARN",
      description: "for people",
    },
  }),
  served("aws_wafv2_rule_group", {
    inputs: takes(["CreateRuleGroup"]),
    providerOnly: ["lock_token"],
    computed: entity("rulegroup"),
    inert: {
      name_prefix: "the name that the provider composes is read",
      scope: "rules refer to the group by its ARN",
      description: "for people",
      "visibility_config.cloudwatch_metrics_enabled": GROUP_METRICS,
      "rule.visibility_config.cloudwatch_metrics_enabled": GROUP_METRICS,
      "rule.captcha_config": PUZZLES,
    },
  }),
  served("aws_wafv2_web_acl", {
    inputs: takes(["CreateWebACL"]),
    providerOnly: ["application_integration_url", "capacity", "lock_token"],
    computed: entity("webacl"),
    inert: {
      name_prefix: "the name that the provider composes is read",
      "visibility_config.cloudwatch_metrics_enabled": METRICS,
      "rule.visibility_config.cloudwatch_metrics_enabled": METRICS,
      token_domains: PUZZLES,
      captcha_config: PUZZLES,
      challenge_config: PUZZLES,
      "rule.captcha_config": PUZZLES,
      "rule.challenge_config": PUZZLES,
      "association_config.request_body.app_runner_service": "only stages of REST APIs are protected here",
      "association_config.request_body.cloudfront": "only stages of REST APIs are protected here",
      "association_config.request_body.cognito_user_pool": "only stages of REST APIs are protected here",
      "association_config.request_body.verified_access_instance":
        "only stages of REST APIs are protected here",
      "data_protection_config.data_protection.exclude_rate_based_details":
        "the details that are logged here hold no values of protected fields",
      "data_protection_config.data_protection.exclude_rule_match_details":
        "the details that are logged here hold no values of protected fields",
    },
    shown: ["description"],
  }),
  served("aws_wafv2_web_acl_association", {
    parent: { attribute: "resource_arn", type: "aws_api_gateway_stage" },
    inputs: takes(["AssociateWebACL"]),
    computed: (own) => ({ id: `${own.string("web_acl_arn")},${own.string("resource_arn")}` }),
  }),
  served("aws_wafv2_web_acl_logging_configuration", {
    inputs: takes(["PutLoggingConfiguration"], {
      resource_arn: "LoggingConfiguration.ResourceArn",
      log_destination_configs: "LoggingConfiguration.LogDestinationConfigs",
      logging_filter: "LoggingConfiguration.LoggingFilter",
      redacted_fields: "LoggingConfiguration.RedactedFields",
    }),
    computed: (own) => ({ id: own.string("resource_arn") }),
  }),
];
