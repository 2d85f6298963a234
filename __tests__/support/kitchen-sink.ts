import type { Deployment } from "../../local/deployment/deployment";
import { type RunningServices, startAllServices } from "./running-services";
import { type Block, type EditableStack, synthesizedDeployment } from "./synthesized-folder";

export interface KitchenSink extends RunningServices {
  readonly deployment: Deployment;
}

/**
 * Every service at work on a deployment with a resource of every type that the runtime serves, and with the blocks in them
 * that it reads: the app itself and what the app does without. A new type or block gets its example here.
 */
export async function startKitchenSink(): Promise<KitchenSink> {
  const deployment = synthesizedDeployment({
    edit: ({ edge, messaging }) => {
      addAll(messaging, messagingResources);
      addAll(edge, edgeResources);
    },
  });
  return { ...(await startAllServices(deployment)), deployment };
}

function addAll(stack: EditableStack, resources: Readonly<Record<string, Block>>): void {
  for (const [address, body] of Object.entries(resources)) stack.add(address, body);
}

const allowNothing = (resource: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Deny",
        Principal: "*",
        Action: "*",
        Resource: resource,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  });

const queue = "${aws_sqs_queue.Sink.id}";

const messagingResources: Readonly<Record<string, Block>> = {
  "aws_iam_policy.Sink": {
    name: "Sink",
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "sts:GetCallerIdentity", Resource: "*" }],
    }),
  },
  "aws_iam_role_policy_attachment.Sink": {
    role: "${aws_iam_role.InternalLambda.name}",
    policy_arn: "${aws_iam_policy.Sink.arn}",
  },
  "aws_iam_policy_attachment.Sink": {
    name: "Sink",
    roles: ["${aws_iam_role.InternalLambda.name}"],
    policy_arn: "${aws_iam_policy.Sink.arn}",
  },
  "aws_lambda_alias.Sink": {
    name: "live",
    function_name: "${aws_lambda_function.InternalLambda.function_name}",
    function_version: "$LATEST",
  },
  "aws_lambda_layer_version.Sink": { layer_name: "Sink", filename: "sink.zip" },
  "aws_iam_role_policy_attachment.SinkQueue": {
    role: "${aws_iam_role.InternalLambda.name}",
    policy_arn: "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole",
  },
  "aws_lambda_event_source_mapping.Sink": {
    event_source_arn: "${aws_sqs_queue.Sink.arn}",
    function_name: "${aws_lambda_function.InternalLambda.arn}",
    filter_criteria: { filter: [{ pattern: '{"body": ["never"]}' }] },
    scaling_config: { maximum_concurrency: 2 },
    depends_on: ["aws_iam_role_policy_attachment.SinkQueue"],
  },
  "aws_secretsmanager_secret.Sink": { name: "Sink" },
  "aws_secretsmanager_secret_version.Sink": {
    secret_id: "${aws_secretsmanager_secret.Sink.id}",
    secret_binary: "aGk=",
  },
  "aws_secretsmanager_secret_policy.Sink": {
    secret_arn: "${aws_secretsmanager_secret.Sink.arn}",
    policy: allowNothing("*"),
  },
  "aws_sqs_queue.Sink": { name: "Sink" },
  "aws_sqs_queue_redrive_policy.Sink": {
    queue_url: queue,
    redrive_policy: JSON.stringify({
      deadLetterTargetArn: "arn:aws:sqs:us-east-1:123456789012:InternalLambdaDLQ",
      maxReceiveCount: 3,
    }),
  },
  "aws_sqs_queue_redrive_allow_policy.Sink": {
    queue_url: queue,
    redrive_allow_policy: JSON.stringify({ redrivePermission: "denyAll" }),
  },
};

const method = {
  rest_api_id: "${aws_api_gateway_rest_api.api.id}",
  resource_id: "${aws_api_gateway_resource.Sink.id}",
  http_method: "GET",
};
const visibility = {
  cloudwatch_metrics_enabled: false,
  metric_name: "Sink",
  sampled_requests_enabled: false,
};

const edgeResources: Readonly<Record<string, Block>> = {
  "aws_cognito_resource_server.Sink": {
    user_pool_id: "${aws_cognito_user_pool.MyUserPool1.id}",
    identifier: "sink",
    name: "Sink",
    scope: [{ scope_name: "read", scope_description: "Read" }],
  },
  "aws_cognito_user.Sink": {
    user_pool_id: "${aws_cognito_user_pool.MyUserPool1.id}",
    username: "sink@example.com",
    password: "Correct-Horse-7",
    attributes: { email_verified: "true" },
  },
  "aws_cognito_user_group.Sink": {
    user_pool_id: "${aws_cognito_user_pool.MyUserPool1.id}",
    name: "Sink",
  },
  "aws_cognito_user_in_group.Sink": {
    user_pool_id: "${aws_cognito_user_pool.MyUserPool1.id}",
    username: "${aws_cognito_user.Sink.username}",
    group_name: "${aws_cognito_user_group.Sink.name}",
  },
  "aws_api_gateway_resource.Sink": {
    rest_api_id: "${aws_api_gateway_rest_api.api.id}",
    parent_id: "${aws_api_gateway_rest_api.api.root_resource_id}",
    path_part: "sink",
  },
  "aws_api_gateway_rest_api.Sink": {
    name: "Sink",
    endpoint_configuration: { types: ["REGIONAL"] },
    parameters: { basepath: "prepend" },
    body: JSON.stringify({
      swagger: "2.0",
      basePath: "/sink",
      paths: {
        "/described": {
          get: {
            responses: { 200: { description: "ok" } },
            "x-amazon-apigateway-integration": {
              type: "aws_proxy",
              uri: "${aws_lambda_function.ExternalLambda1.invoke_arn}",
            },
          },
        },
      },
    }),
  },
  "aws_iam_role.Gate": {
    name: "Gate",
    assume_role_policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: {
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Principal: { Service: "apigateway.amazonaws.com" },
      },
    }),
  },
  "aws_api_gateway_authorizer.Gate": {
    rest_api_id: "${aws_api_gateway_rest_api.api.id}",
    name: "Gate",
    type: "REQUEST",
    authorizer_uri: "${aws_lambda_function.ExternalLambda1.invoke_arn}",
    authorizer_credentials: "${aws_iam_role.Gate.arn}",
    authorizer_result_ttl_in_seconds: 60,
  },
  "aws_api_gateway_method.Sink": { ...method, authorization: "NONE", api_key_required: true },
  "aws_api_gateway_method_response.Sink": {
    ...method,
    http_method: "${aws_api_gateway_method.Sink.http_method}",
    status_code: "200",
    response_parameters: { "method.response.header.Allow": true },
  },
  "aws_api_gateway_integration.Sink": {
    ...method,
    http_method: "${aws_api_gateway_method.Sink.http_method}",
    type: "MOCK",
    credentials: "${aws_iam_role.Gate.arn}",
    request_templates: { "application/json": '{"statusCode": 200}' },
    request_parameters: { "integration.request.header.X-Stage": "context.stage" },
    content_handling: "CONVERT_TO_TEXT",
  },
  "aws_api_gateway_integration_response.Sink": {
    ...method,
    http_method: "${aws_api_gateway_integration.Sink.http_method}",
    status_code: "200",
    response_parameters: { "method.response.header.Allow": "'GET'" },
    response_templates: { "application/json": "$context.stage" },
    content_handling: "CONVERT_TO_TEXT",
  },
  "aws_api_gateway_usage_plan.Sink": {
    name: "Sink",
    api_stages: [
      { api_id: "${aws_api_gateway_rest_api.api.id}", stage: "${aws_api_gateway_stage.stage.stage_name}" },
    ],
    quota_settings: { limit: 100, period: "DAY" },
    throttle_settings: { burst_limit: 1, rate_limit: 1 },
  },
  "aws_api_gateway_domain_name.Sink": {
    domain_name: "api.example.com",
    regional_certificate_arn: "arn:aws:acm:us-east-1:123456789012:certificate/1",
    security_policy: "TLS_1_2",
    endpoint_configuration: { types: ["REGIONAL"] },
  },
  "aws_api_gateway_api_key.Sink": { name: "Sink" },
  "aws_api_gateway_usage_plan_key.Sink": {
    key_id: "${aws_api_gateway_api_key.Sink.id}",
    key_type: "API_KEY",
    usage_plan_id: "${aws_api_gateway_usage_plan.Sink.id}",
  },
  "aws_wafv2_regex_pattern_set.Sink": {
    name: "Sink",
    scope: "REGIONAL",
    regular_expression: [{ regex_string: "^a$" }],
  },
  "aws_wafv2_rule_group.Sink": {
    name: "Sink",
    scope: "REGIONAL",
    capacity: 1,
    visibility_config: visibility,
    rule: [
      {
        name: "Sink",
        priority: 0,
        action: { count: {} },
        statement: { geo_match_statement: { country_codes: ["AQ"] } },
        visibility_config: visibility,
      },
    ],
  },
  "aws_cloudwatch_log_group.Sink": { name: "aws-waf-logs-sink" },
  "aws_cloudwatch_log_stream.Sink": {
    name: "first",
    log_group_name: "${aws_cloudwatch_log_group.Sink.name}",
  },
  "aws_wafv2_web_acl_logging_configuration.Sink": {
    log_destination_configs: ["${aws_cloudwatch_log_group.Sink.arn}"],
    resource_arn: "${aws_wafv2_web_acl.edge.arn}",
  },
};
