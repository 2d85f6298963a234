import type { Value } from "../../../local/deployment/attributes";
import type { StateResource } from "./recorded";

/**
 * What the state of a resource has besides, after a refresh against AWS (AWS provider 5.100.0, the read functions in
 * https://github.com/hashicorp/terraform-provider-aws/tree/v5.100.0/internal/service).
 */
export function filledInByAws(
  { type, values }: StateResource,
  all: readonly StateResource[],
): StateResource["values"] {
  const others = (other: string, key: string, value: Value | undefined) =>
    all.filter((resource) => resource.type === other && resource.values[key] === value);
  switch (type) {
    case "aws_api_gateway_integration":
      return {
        cache_namespace: values.resource_id ?? "",
        cache_key_parameters: [],
        passthrough_behavior: "WHEN_NO_MATCH",
        request_parameters: {},
      };
    case "aws_api_gateway_rest_api":
      return {
        tags: {},
        endpoint_configuration: [{ ip_address_type: "ipv4", types: ["REGIONAL"], vpc_endpoint_ids: [] }],
      };
    case "aws_api_gateway_stage":
      return {
        tags: {},
        variables: {},
        web_acl_arn:
          others("aws_wafv2_web_acl_association", "resource_arn", values.arn)[0]?.values.web_acl_arn ?? "",
      };
    case "aws_cloudwatch_log_group":
      return { tags: {}, log_group_class: "STANDARD" };
    case "aws_cognito_user_pool":
      return {
        domain: others("aws_cognito_user_pool_domain", "user_pool_id", values.id)[0]?.values.domain ?? "",
        sign_in_policy: [{ allowed_first_auth_factors: ["PASSWORD"] }],
        user_pool_tier: "ESSENTIALS",
      };
    case "aws_iam_role":
      return {
        inline_policy: others("aws_iam_role_policy", "role", values.name).map((policy) => ({
          name: policy.values.name ?? "",
          policy: policy.values.policy ?? "",
        })),
        managed_policy_arns: others("aws_iam_role_policy_attachment", "role", values.name).map(
          (attachment) => attachment.values.policy_arn ?? "",
        ),
      };
    case "aws_lambda_function":
      return {
        layers: [],
        logging_config: [
          {
            application_log_level: "",
            log_format: "Text",
            log_group: `/aws/lambda/${values.function_name}`,
            system_log_level: "",
          },
        ],
      };
    case "aws_sns_topic":
      return { policy: others("aws_sns_topic_policy", "arn", values.arn)[0]?.values.policy ?? "" };
    case "aws_sns_topic_subscription":
      return { filter_policy_scope: "" };
    case "aws_sqs_queue":
      return {
        policy: others("aws_sqs_queue_policy", "queue_url", values.url)[0]?.values.policy ?? "",
        sqs_managed_sse_enabled: true,
      };
    default:
      return {};
  }
}
